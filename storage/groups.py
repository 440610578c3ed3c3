"""Group commit: many small writes, one transaction.

A commit costs a disk flush however little it writes. Whoever writes while another flush is under way is collected and
goes with the next one, so latency stays that of one commit and throughput grows with the load.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Collects items and hands them to ``flush`` in arrival order, at most ``limit`` at a time.

    ``flush`` runs one transaction for all its items and returns one result for each, in order. When a group fails,
    its items are tried one by one, so that one bad item fails alone and ``submit`` raises only its own error.
    """

    def __init__(
        self, flush: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], *, limit: int = 200
    ) -> None:
        self._flush = flush
        self._limit = limit
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        """Returns once the item is committed; raises what its transaction raised."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        # A caller that gives up must not take its item out of a group that is being committed.
        return await asyncio.shield(future)

    async def _run(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                await self._commit(group)
        finally:
            self._running = None

    async def _commit(self, group: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._flush([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - raised again where the items came from
            if len(group) == 1:
                _fail(group[0][1], error)
                return
            for single in group:
                await self._commit([single])
            return
        if len(results) != len(
            group
        ):  # it may be committed, so nobody is told that it is, and none is repeated
            for _, future in group:
                _fail(future, ValueError(f"{len(results)} results for {len(group)} items"))
            return
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)


def _fail(future: asyncio.Future[Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # the caller may be gone; its error is not "never retrieved"
