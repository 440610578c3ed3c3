"""Follows the platform's log while the storm lasts, and keeps what the ledger needs of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.functional.world import World

WITH_PEOPLE = (2, 3)
_PAGE = 5000
_EVERY_SECONDS = 0.5


@dataclass(slots=True)
class Newsreel:
    """``gave_up`` and ``repeated`` hold msgids of the 公众号; ``touched`` customers whose session people had.

    ``over_people``: messages by API that the platform let through in state 2 or 3, by the order of the log alone.
    """

    gave_up: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    over_people: list[str] = field(default_factory=list)
    moves_to_people: int = 0
    spoke: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    waiting_in_pool: dict[tuple[str, str], float] = field(default_factory=dict)
    _states: dict[tuple[str, str], int] = field(default_factory=dict)
    _after: int = 0
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def follow(self, world: World) -> None:
        """Reads until there is no more for now. Raises AssertionError when the log has overrun us.

        One after the other: who settles the storm reads beside who follows it, and each entry counts once.
        """
        async with self._reading:
            while True:
                page = await world.sim("GET", f"log?after={self._after}&limit={_PAGE}")
                entries = page["entries"]
                if entries:
                    assert entries[0]["number"] == self._after + 1, "the platform's log was overrun"
                    for entry in entries:
                        self.note(entry)
                    self._after = page["last"]
                if not page["more"]:
                    return

    def note(self, entry: Mapping[str, Any]) -> None:
        """One entry, in the order of the log."""
        match entry["kind"]:
            case "callback.gave-up":
                self.gave_up.add(str(entry["msgid"]))
            case "callback.retry":
                self.repeated.add(str(entry["msgid"]))
            case "kefu.state":
                self._state(entry)
            case "kefu.heard" if entry["line"]["by"] == "api":
                self.spoke += 1
                state = self._states.get((entry["shopper"], entry["line"]["open_kfid"]), 0)
                if state in WITH_PEOPLE:
                    self.over_people.append(f"{entry['shopper']} in state {state}: {entry['line']['text']}")
            case "api.call" | "corp.call" if entry["errcode"]:
                self.calls[f"{entry['path']} {entry['errcode']}"] += 1
            case _:
                pass

    def _state(self, entry: Mapping[str, Any]) -> None:
        place = (entry["shopper"], entry["open_kfid"])
        self._states[place] = entry["new"]
        self.waiting_in_pool.pop(place, None)
        if entry["new"] in WITH_PEOPLE:
            self.touched.add(entry["shopper"])
            self.moves_to_people += entry["old"] not in WITH_PEOPLE
        if entry["new"] == WITH_PEOPLE[0] and entry["by"] == "api":
            self.waiting_in_pool[place] = asyncio.get_running_loop().time()


@asynccontextmanager
async def following(world: World, newsreel: Newsreel) -> AsyncIterator[None]:
    """Follows the log while the block runs. Raises what the following raised."""

    async def follow() -> None:
        while True:
            await newsreel.follow(world)
            await asyncio.sleep(_EVERY_SECONDS)

    task = asyncio.create_task(follow())
    try:
        yield
    finally:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended
