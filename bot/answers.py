"""How a callback is answered, and the place where its request waits to hear it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from conversations.inbound import MessageKey

_LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Passive:
    """``body`` is the clear XML of the reply. ``write_before_ms`` (real time) is set when it may be written at once.

    ``more_to_say``: the delivery has the rest of the turn's replies, and waits until this one is written.
    """

    body: str
    inbox_id: int
    write_before_ms: int = 0
    more_to_say: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """Acknowledge now; what there is to say goes by the platform's API."""


Answer = Passive | Active
ACTIVE = Active()


class AnswerBoard:
    """Requests wait here for the answer to their callback.

    A worker in this process posts it directly. Workers elsewhere write it to the database, where ``look`` finds it:
    when ``pause`` ends, which somebody may do early who knows of an answer.
    """

    def __init__(
        self,
        look: Callable[[Sequence[MessageKey]], Awaitable[dict[MessageKey, Answer]]],
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._look = look
        self._pause = pause
        self._waiting: dict[MessageKey, list[asyncio.Future[Answer]]] = {}
        self._watcher: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def expect(self, key: MessageKey) -> Iterator[asyncio.Future[Answer]]:
        """Starts to listen. Enter this before the callback is stored, so that no answer is missed."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        try:
            yield future
        finally:
            futures = self._waiting[key]
            futures.remove(future)
            if not futures:
                del self._waiting[key]

    async def wait(self, future: asyncio.Future[Answer], seconds: float) -> Answer | None:
        """The answer, or None when the time is over."""
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        done, _ = await asyncio.wait({future}, timeout=max(seconds, 0))
        return future.result() if done else None

    def post(self, key: MessageKey, answer: Answer) -> bool:
        """Tells every copy of the callback that waits in this process; False when none does."""
        futures = self._waiting.get(key, ())
        for future in futures:
            if not future.done():
                future.set_result(answer)
        return bool(futures)

    async def _watch(self) -> None:
        """Runs while somebody waits."""
        try:
            while self._waiting:
                await self._pause(_LOOK_SECONDS)
                keys = [key for key, futures in self._waiting.items() if not all(f.done() for f in futures)]
                if not keys:
                    continue
                # The database may be away; then the waiting time ends and the callback's own transaction says so.
                with contextlib.suppress(SQLAlchemyError):
                    for key, answer in (await self._look(keys)).items():
                        self.post(key, answer)
        finally:
            self._watcher = None
