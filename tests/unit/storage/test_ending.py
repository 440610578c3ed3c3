"""Background tasks end, also those that miss the first call."""

from __future__ import annotations

import asyncio

from storage.ending import end


class Deaf:
    """A loop that takes its first cancellations for something else."""

    def __init__(self, *, misses: int) -> None:
        self.misses = misses

    async def run(self) -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if self.misses == 0:
                    raise
                self.misses -= 1


async def fail() -> None:
    raise ValueError


async def test_whoever_does_not_hear_the_first_call_is_called_again() -> None:
    tasks = [asyncio.create_task(Deaf(misses=misses).run()) for misses in (0, 1, 2)]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end(tasks)
    assert all(task.cancelled() for task in tasks)


async def test_what_has_ended_already_is_fine() -> None:
    failed = asyncio.create_task(fail())
    await asyncio.wait([failed])
    await end([failed])
    await end([])
    assert isinstance(failed.exception(), ValueError)
