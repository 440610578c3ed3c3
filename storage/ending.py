"""Ends background tasks for certain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

_AGAIN_SECONDS = 0.2


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels until every task has ended, whatever it ends with.

    Once is not enough: a cancellation that meets the Redis client while it connects can come out as a time-out,
    after which the loop around it goes on.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN_SECONDS)
