"""Where the checks of an official account play: the simulated platform, shoppers nobody knows yet, and a stopwatch."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from simulator.conformance.check import Inapplicable
from simulator.envelope import Outgoing
from simulator.faults import Rule
from simulator.journal import Entry
from simulator.messages import Inner
from simulator.phones import Done, Phones
from simulator.pusher import Pusher
from simulator.shoppers import Line, Route, Shopper
from simulator.transport import Outcome, Wire
from simulator.world import World

_GLANCE = 0.02
_LARGE = 1 << 20
_IN_PIECES = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Real seconds: how long an answer may take, and how long silence must last to be believed."""

    answer: float = 20.0
    quiet: float = 2.0


@dataclass(slots=True, kw_only=True)
class Stage:
    """The platform, the bot's address, and what the bot usually says to the first question."""

    world: World
    pusher: Pusher
    wire: Wire
    questions: Sequence[str]
    slow_question: str | None
    patience: Patience
    usual: list[Line] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def question(self) -> str:
        """The first question."""
        return self.questions[0]

    @property
    def second(self) -> float:
        """Real seconds in a second of the platform's waiting times."""
        return self.world.knobs.timeout_scale

    def shopper(self, *, following: bool = True) -> Shopper:
        """Somebody new."""
        return self.world.shoppers.ensure(f"visitor-{next(self._numbers)}", following=following)

    def act(self, shopper: Shopper, name: str, data: Mapping[str, object] | None = None) -> Done:
        """What a shopper does on the phone."""
        return Phones(self.world, self.pusher).act(shopper, name, data or {})

    def ask(self, shopper: Shopper, text: str | None = None) -> Done:
        """The shopper types the question, or another text."""
        return self.act(shopper, "say", {"text": text or self.question})

    def words(self, shopper: Shopper) -> list[Line]:
        """What the bot said to the shopper so far: neither notices of the platform nor agents of it."""
        return [line for line in shopper.transcript if line.route in (Route.PASSIVE, Route.CUSTOM)]

    def notices(self, shopper: Shopper) -> int:
        """How often the platform told the shopper that the account is out of order."""
        return sum(line.kind == "notice" for line in shopper.transcript)

    async def answered(self, shopper: Shopper, count: int = 1) -> list[Line]:
        """Wait until the shopper heard so many answers or the time for an answer is up."""
        await self.until(lambda: len(self.words(shopper)) >= count)
        return self.words(shopper)

    async def until(self, holds: Callable[[], bool], *, seconds: float | None = None) -> bool:
        """Wait until something holds; False when it does not in time (default: the time for an answer)."""
        try:
            async with asyncio.timeout(self.patience.answer if seconds is None else seconds):
                while True:
                    seen = self.world.journal.last
                    if holds():
                        return True
                    await self.world.journal.wait_beyond(seen)
        except TimeoutError:
            return holds()

    async def silence(self, shopper: Shopper) -> list[Line]:
        """Wait until nothing has happened about the shopper for longer than the platform waits between attempts.

        Returns everything that the bot said.
        """
        loop = asyncio.get_running_loop()
        needed = max(self.patience.quiet, 1.2 * self.world.knobs.patience)
        seen, since = self.world.journal.last, loop.time()
        while loop.time() - since < needed:
            await asyncio.sleep(_GLANCE)
            news = self.world.journal.after(seen, limit=100_000)
            if news:
                seen = news[-1].number
            if any(entry.shopper == shopper.id for entry in news):
                since = loop.time()
        return self.words(shopper)

    @asynccontextmanager
    async def faults(self, *rules: Rule) -> AsyncIterator[list[str]]:
        """Rules in force within the block; yields their ids."""
        ids = [self.world.faults.add(rule) for rule in rules]
        try:
            yield ids
        finally:
            for key in ids:
                self.world.faults.remove(key)

    def hits(self, key: str) -> int:
        """How often a rule in force struck."""
        rules = cast("list[dict[str, object]]", self.world.faults.as_json()["rules"])
        return next((cast("int", rule["hits"]) for rule in rules if rule["id"] == key), 0)

    def entries(self, kind: str, *, after: int = 0, shopper: Shopper | None = None) -> list[Entry]:
        """What the journal says, of one kind, later than an entry, about one shopper."""
        return [
            entry
            for entry in self.world.journal.after(after, limit=1_000_000)
            if entry.kind == kind and (shopper is None or entry.shopper == shopper.id)
        ]

    def violations(self, shopper: Shopper) -> list[str]:
        """The rules that the bot broke towards a shopper, with details."""
        return [
            f"{entry.data['code']}: {entry.data['detail']}"
            for entry in self.entries("violation", shopper=shopper)
        ]

    def calls(self, path: str, *, after: int, shopper: Shopper | None = None) -> list[Entry]:
        """The bot's calls of one API."""
        return [
            entry
            for entry in self.entries("api.call", after=after, shopper=shopper)
            if entry.data["path"] == path
        ]

    def first_statuses(self, push: str | None) -> list[object]:
        """What came of each attempt of one callback: a status, or ``timeout``, ``unreachable``."""
        return [
            entry.data.get("status", entry.data["outcome"])
            for entry in self.entries("callback.answer")
            if entry.data["push"] == push
        ]

    def text_from(self, shopper: Shopper, text: str) -> Inner:
        """A text message as the platform would push it, but not pushed."""
        return Inner(
            to_user=self.world.settings.original_id,
            from_user=shopper.openid,
            create_time=int(self.world.clock.epoch()),
            msg_type="text",
            fields=(("Content", text),),
            msg_id=self.world.next_msg_id(),
        )

    async def post(self, out: Outgoing) -> Outcome:
        """One request to the bot, outside of all bookkeeping; large bodies go in pieces."""
        return await self.wire.post(
            self.world.knobs.callback_url,
            out,
            patience=max(self.world.knobs.patience, 5.0),
            sent=lambda: None,
            slow_seconds=_IN_PIECES if len(out.body) > _LARGE else 0.0,
        )

    def need_answers(self) -> None:
        """Raises Inapplicable for a bot that never answers the question."""
        if not self.usual:
            raise Inapplicable("the bot does not answer the question at all; try --question")

    def need_api_answers(self) -> None:
        """Raises Inapplicable for a bot that answers the question in the callback itself."""
        self.need_answers()
        if self.usual[0].route is not Route.CUSTOM:
            raise Inapplicable("the bot answers within the callback and does not call message/custom/send")
