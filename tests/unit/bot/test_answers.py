"""Where requests wait for the answer to their callback."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from bot.answers import ACTIVE, Answer, AnswerBoard, Passive
from conversations.inbound import MessageKey

KEY = MessageKey("official:gh_shop:1")
OTHER = MessageKey("official:gh_shop:2")
HELLO = Passive(body="<xml>您好</xml>", inbox_id=1)


class Elsewhere:
    """What workers in other processes have written to the database."""

    def __init__(self) -> None:
        self.decided: dict[MessageKey, Answer] = {}
        self.asked: list[list[MessageKey]] = []
        self.away = False

    async def look(self, keys: Sequence[MessageKey]) -> dict[MessageKey, Answer]:
        self.asked.append(list(keys))
        if self.away:
            raise OperationalError("select", None, ConnectionRefusedError())
        return {key: answer for key, answer in self.decided.items() if key in keys}


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def board(elsewhere: Elsewhere) -> AnswerBoard:
    return AnswerBoard(elsewhere.look)


async def test_an_answer_posted_before_anybody_waits_is_heard(board: AnswerBoard) -> None:
    with board.expect(KEY) as heard:
        board.post(KEY, HELLO)
        assert await board.wait(heard, 0) == HELLO


async def test_every_copy_of_a_callback_hears_the_same(board: AnswerBoard) -> None:
    with board.expect(KEY) as first, board.expect(KEY) as second, board.expect(OTHER) as other:
        board.post(KEY, HELLO)
        assert list(await asyncio.gather(board.wait(first, 1), board.wait(second, 1))) == [HELLO, HELLO]
        assert not other.done()


async def test_the_first_answer_stays(board: AnswerBoard) -> None:
    with board.expect(KEY) as heard:
        board.post(KEY, HELLO)
        board.post(KEY, ACTIVE)
        assert await board.wait(heard, 1) == HELLO


async def test_the_end_of_the_waiting_time_is_no_answer(board: AnswerBoard) -> None:
    with board.expect(KEY) as heard:
        assert await board.wait(heard, 0.01) is None
        assert await board.wait(heard, -5) is None


async def test_an_answer_given_in_another_process_is_found(board: AnswerBoard, elsewhere: Elsewhere) -> None:
    elsewhere.decided[KEY] = HELLO
    with board.expect(KEY) as heard:
        assert await board.wait(heard, 10) == HELLO


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_waiting(
    board: AnswerBoard, elsewhere: Elsewhere
) -> None:
    elsewhere.away = True
    with board.expect(KEY) as heard:
        assert await board.wait(heard, 0.12) is None
        elsewhere.away = False
        elsewhere.decided[KEY] = ACTIVE
        assert await board.wait(heard, 10) == ACTIVE


async def test_nobody_waiting_means_nobody_looking(board: AnswerBoard, elsewhere: Elsewhere) -> None:
    with board.expect(KEY) as heard:
        await board.wait(heard, 0.3)
    await asyncio.sleep(0.3)  # the look that may be under way
    asked = len(elsewhere.asked)
    assert asked
    await asyncio.sleep(0.3)
    assert len(elsewhere.asked) == asked
    board.post(KEY, HELLO)  # to nobody: no harm
    with board.expect(KEY) as heard:
        assert await board.wait(heard, 0) is None
