"""Keeps one shopper's callbacks in the order in which they were sent, and lets a fault break that order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Turn:
    """One callback's place in its shopper's row."""

    before: Turn | None
    sent: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    overtaken: asyncio.Event = field(default_factory=asyncio.Event)


class Rows:
    """One row of turns for each shopper who has callbacks under way."""

    def __init__(self) -> None:
        self._last: dict[str, Turn] = {}

    def join(self, shopper_id: str) -> Turn:
        """Take the next place; must be called in the order of sending."""
        turn = Turn(self._last.get(shopper_id))
        self._last[shopper_id] = turn
        return turn

    async def wait(self, turn: Turn, order: str, *, patience: float) -> None:
        """Wait until it is this turn's time: the one before is on the wire (``send``) or over (``answer``)."""
        before = turn.before
        if before is None or order == "free":
            return
        awaited = before.sent if order == "send" else before.finished
        try:
            async with asyncio.timeout(patience):
                await awaited.wait()
        except TimeoutError:
            return

    async def let_overtake(self, turn: Turn, *, patience: float) -> bool:
        """Step aside until the next one of the row has been sent; False when none came in time."""
        turn.sent.set()
        try:
            async with asyncio.timeout(patience):
                await turn.overtaken.wait()
        except TimeoutError:
            return False
        return True

    def mark_sent(self, turn: Turn) -> None:
        """The body is on the wire."""
        turn.sent.set()
        if turn.before is not None:
            turn.before.overtaken.set()

    def leave(self, shopper_id: str, turn: Turn) -> None:
        """The callback is over."""
        self.mark_sent(turn)
        turn.finished.set()
        turn.before = None
        if self._last.get(shopper_id) is turn:
            del self._last[shopper_id]
