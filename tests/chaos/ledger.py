"""Who asked what, what the platform regards as received, and what was heard in the end."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import Counter
from typing import Any

from sqlalchemy import select

from bot.config import load_settings
from storage.database import Database
from storage.schema import deliveries, inbox, outbox
from tests.functional.world import World
from tests.patience import PATIENCE

_NUMBER = re.compile(r"HY2099\d{8}")


class Ledger:
    """Each question names an order number of its own, which any answer to it repeats."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = itertools.count(1)
        self._asked: dict[str, tuple[str, str]] = {}
        self._gave_up: set[str] = set()
        self._repeated: set[str] = set()
        self.received = 0

    async def asks(self, shopper: str) -> None:
        number = f"HY2099{next(self._numbers):08d}"
        answer = await self._world.sim("POST", f"shoppers/{shopper}/say", {"text": f"我的订单{number}到哪了"})
        self._asked[number] = (shopper, answer["msgid"])

    async def settle(self) -> None:
        """Waits until nothing is on its way. What waits for a customer's next word gets one more from each."""
        async with asyncio.timeout(PATIENCE):
            await self._world.sim("POST", f"settle?timeout={PATIENCE}")
            await self._drained()
            for shopper in sorted({shopper for shopper, _ in self._asked.values()}):
                await self.asks(shopper)
            await self._world.sim("POST", f"settle?timeout={PATIENCE}")
            await self._drained()
        await self._read_journal()

    async def not_given_up(self) -> int:
        """How many questions the platform has delivered or is still trying to."""
        await self._read_journal()
        return len(self._asked) - sum(msgid in self._gave_up for _, msgid in self._asked.values())

    async def problems(self) -> list[str]:
        heard = await self._heard()
        rows = await self._rows()
        received = {number for number, (_, msgid) in self._asked.items() if msgid not in self._gave_up}
        self.received = len(received)
        return [
            *self._unanswered(received, heard),
            *self._doubled(heard, rows["unknown"]),
            *self._out_of_order(heard, rows["arrivals"]),
            *await self._broken_rules(),
        ]

    def _unanswered(self, received: set[str], heard: dict[str, list[str]]) -> list[str]:
        told = {number for numbers in heard.values() for number in numbers}
        return [f"{number} was received and never answered" for number in sorted(received - told)]

    def _doubled(self, heard: dict[str, list[str]], unknown: Counter[str]) -> list[str]:
        """Each copy but one needs a record of its own of an attempt whose outcome is unknown."""
        counts = Counter(number for numbers in heard.values() for number in numbers)
        return [
            f"{number} was answered {count} times, with {unknown[number]} outcomes on record as unknown"
            for number, count in counts.items()
            if count - 1 > unknown[number]
        ]

    def _out_of_order(self, heard: dict[str, list[str]], arrivals: dict[str, int]) -> list[str]:
        """Answers follow the order of arrival; a callback that had to be repeated got its answer when it was."""
        problems = []
        for shopper, numbers in heard.items():
            steady = [n for n in dict.fromkeys(numbers) if self._asked[n][1] not in self._repeated]
            if steady != sorted(steady, key=lambda number: arrivals[number]):
                problems.append(
                    f"{shopper} heard {steady}, arrived {sorted(steady, key=lambda n: arrivals[n])}"
                )
        return problems

    async def _broken_rules(self) -> list[str]:
        counts: dict[str, int] = (await self._world.sim("GET", "invariants"))["counts"]
        # A reply sent again after an unknown outcome looks like a double to the platform; counted exactly above.
        return [f"{count} × {code}" for code, count in counts.items() if code != "possible-double"]

    async def _heard(self) -> dict[str, list[str]]:
        shoppers = {shopper for shopper, _ in self._asked.values()}
        return {
            shopper: [number for text in await self._world.heard(shopper) for number in _NUMBER.findall(text)]
            for shopper in shoppers
        }

    async def _drained(self) -> None:
        database = Database(load_settings(self._world.config).database)
        try:
            while True:
                async with database.reading() as connection:
                    waiting = await connection.execute(
                        select(inbox.c.id).where(inbox.c.state == "waiting").limit(1)
                    )
                    states = ("pending", "offered", "sending")
                    unsent = await connection.execute(
                        select(outbox.c.id).where(outbox.c.state.in_(states)).limit(1)
                    )
                    if waiting.first() is None and unsent.first() is None:
                        return
                await asyncio.sleep(0.2)
        finally:
            await database.close()

    async def _rows(self) -> dict[str, Any]:
        database = Database(load_settings(self._world.config).database)
        try:
            async with database.reading() as connection:
                arrivals = await connection.execute(select(inbox.c.id, inbox.c.body).order_by(inbox.c.id))
                unknown = await connection.execute(
                    select(outbox.c.body)
                    .join(deliveries, deliveries.c.outbox_id == outbox.c.id)
                    .where(deliveries.c.outcome == "unknown")
                )
                return {
                    "arrivals": {n: row.id for row in arrivals for n in _NUMBER.findall(row.body)},
                    "unknown": Counter(n for row in unknown for n in _NUMBER.findall(row.body)),
                }
        finally:
            await database.close()

    async def _read_journal(self) -> None:
        after = 0
        while entries := (await self._world.sim("GET", f"log?after={after}"))["entries"]:
            for entry in entries:
                if entry["kind"] == "callback.gave-up":
                    self._gave_up.add(entry["msgid"])
                if entry["kind"] == "callback.retry":
                    self._repeated.add(entry["msgid"])
            after = entries[-1]["number"]
