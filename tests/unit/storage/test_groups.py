"""Group commit: order kept, a bad item fails alone, and a caller that gives up harms nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from storage.groups import GroupCommit


class Database:
    """Records the groups it is given. While ``closed`` a flush waits; an item in ``bad`` spoils its whole group."""

    def __init__(self, *, bad: set[int] | None = None) -> None:
        self.groups: list[list[int]] = []
        self.kept: list[int] = []
        self.opened = asyncio.Event()
        self.opened.set()
        self._bad = bad or set()

    async def flush(self, items: Sequence[int]) -> list[str]:
        self.groups.append(list(items))
        await self.opened.wait()
        if bad := self._bad.intersection(items):
            raise ValueError(f"bad {min(bad)}")
        self.kept.extend(items)
        return [f"kept {item}" for item in items]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_each_item_gets_its_own_result() -> None:
    database = Database()
    commit = GroupCommit(database.flush)
    assert await asyncio.gather(*(commit.submit(n) for n in range(10))) == [f"kept {n}" for n in range(10)]


async def test_whoever_comes_during_a_flush_goes_with_the_next_one_in_order() -> None:
    database = Database()
    database.opened.clear()
    commit = GroupCommit(database.flush)
    tasks = [asyncio.create_task(commit.submit(0))]
    await settle()
    tasks += [asyncio.create_task(commit.submit(n)) for n in (1, 2, 3)]
    await settle()
    database.opened.set()
    await asyncio.gather(*tasks)
    assert database.groups == [[0], [1, 2, 3]]


async def test_a_group_has_a_limit() -> None:
    database = Database()
    commit = GroupCommit(database.flush, limit=2)
    await asyncio.gather(*(commit.submit(n) for n in range(5)))
    assert database.groups == [[0, 1], [2, 3], [4]]


async def test_a_bad_item_fails_alone_and_the_others_are_kept_in_order() -> None:
    database = Database(bad={1, 3})
    commit = GroupCommit(database.flush)
    results = await asyncio.gather(*(commit.submit(n) for n in range(5)), return_exceptions=True)
    assert [str(result) for result in results] == ["kept 0", "bad 1", "kept 2", "bad 3", "kept 4"]
    assert database.kept == [0, 2, 4]


async def test_it_works_on_after_a_failure() -> None:
    database = Database(bad={0})
    commit = GroupCommit(database.flush)
    with pytest.raises(ValueError, match="bad 0"):
        await commit.submit(0)
    assert await commit.submit(1) == "kept 1"


async def test_a_caller_that_gives_up_does_not_take_its_item_back() -> None:
    database = Database()
    database.opened.clear()
    commit = GroupCommit(database.flush)
    leaving, staying = asyncio.create_task(commit.submit(0)), asyncio.create_task(commit.submit(1))
    await settle()
    leaving.cancel()
    await settle()
    assert leaving.cancelled()
    database.opened.set()
    assert await staying == "kept 1"
    assert database.kept == [0, 1]


async def test_the_error_of_a_caller_that_is_gone_bothers_nobody() -> None:
    database = Database(bad={0})
    database.opened.clear()
    commit = GroupCommit(database.flush)
    leaving = asyncio.create_task(commit.submit(0))
    await settle()
    leaving.cancel()
    await settle()
    database.opened.set()
    assert await commit.submit(1) == "kept 1"


async def test_a_flush_that_does_not_answer_for_every_item_leaves_nobody_waiting() -> None:
    async def forgetful(items: Sequence[int]) -> list[str]:
        return [] if len(items) > 1 else [f"kept {items[0]}"]

    commit = GroupCommit(forgetful)
    async with asyncio.timeout(5):
        results = await asyncio.gather(*(commit.submit(n) for n in range(3)), return_exceptions=True)
    assert all(isinstance(result, ValueError) for result in results)
