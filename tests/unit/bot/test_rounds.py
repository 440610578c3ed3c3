"""The loop of everything that works: side by side, never too many, undisturbed by trouble, finished at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.exc import OperationalError

from bot.rounds import Rounds
from bot.wakeups import Work


class Bells:
    """Wake-ups without Redis: each wait ends at once, and is counted."""

    def __init__(self) -> None:
        self.waits = 0

    def notify(self, work: Work) -> None:
        raise AssertionError("a loop wakes nobody by itself")

    async def wait(self, work: Work, seconds: float) -> None:
        self.waits += 1
        await asyncio.sleep(0)


def rounds(
    claim: Callable[[int], Awaitable[tuple[list[int], bool]]],
    handle: Callable[[int], Awaitable[None]],
    *,
    at_once: int = 2,
) -> Rounds[int]:
    return Rounds(Work.TURNS, Bells(), claim=claim, handle=handle, at_once=at_once)  # type: ignore[arg-type]


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("never came")


async def test_no_more_are_handled_at_once_than_allowed_and_all_in_the_end() -> None:
    waiting, running, most, done = list(range(7)), 0, 0, list[int]()

    async def claim(room: int) -> tuple[list[int], bool]:
        taken = [waiting.pop(0) for _ in range(min(room, len(waiting)))]
        return taken, len(taken) == room

    async def handle(item: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done.append(item)

    task = asyncio.create_task(rounds(claim, handle).run())
    await until(lambda: len(done) == 7)
    task.cancel()
    assert sorted(done) == list(range(7))
    assert most == 2


async def test_a_database_that_is_away_and_a_defect_end_nothing() -> None:
    claims, handled = 0, list[int]()

    async def claim(room: int) -> tuple[list[int], bool]:
        nonlocal claims
        claims += 1
        if claims == 1:
            raise OperationalError("select", None, Exception("away"))
        return [claims], False

    async def handle(item: int) -> None:
        handled.append(item)
        if item == 2:
            raise ValueError("a defect")

    task = asyncio.create_task(rounds(claim, handle).run())
    await until(lambda: 4 in handled)
    task.cancel()
    assert handled[:3] == [2, 3, 4]


async def test_what_is_under_way_is_finished_when_told_to_stop() -> None:
    finish, ended = asyncio.Event(), list[int]()
    todo = [1]

    async def claim(room: int) -> tuple[list[int], bool]:
        return [todo.pop()] if todo else [], False

    async def handle(item: int) -> None:
        await finish.wait()
        ended.append(item)

    task = asyncio.create_task(rounds(claim, handle).run())
    await until(lambda: not todo)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert not ended
    finish.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [1]
