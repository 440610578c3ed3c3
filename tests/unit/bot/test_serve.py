"""A bot whose work has ended ends too, so that whoever supervises it starts it anew."""

from __future__ import annotations

import asyncio

import pytest

from bot.commands.serve import WorkEnded, _until_stopped


async def _breaks() -> None:
    raise ZeroDivisionError


async def _runs() -> None:
    await asyncio.Event().wait()


async def test_work_that_ends_by_itself_ends_the_bot() -> None:
    tasks = [asyncio.create_task(_runs()), asyncio.create_task(_breaks(), name="turns")]
    with pytest.raises(WorkEnded, match="turns"):
        await _until_stopped(asyncio.Event(), tasks)
    tasks[0].cancel()


async def test_a_stop_is_no_error() -> None:
    task = asyncio.create_task(_runs())
    stop = asyncio.Event()
    stop.set()
    await _until_stopped(stop, [task])
    assert not task.done()
    task.cancel()
