"""Cases are taken once and closed by whoever has them; the second learns who was first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations.address import ConversationId
from conversations.outcomes import HandOverReason
from escalation.book import CaseBook
from escalation.cases import Case, CaseKey, CaseState
from escalation.store import insert_case
from storage.database import Database

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
CASE = Case(
    key=CaseKey("m1:case"),
    conversation_id=ConversationId("kefu:wk1:wm1"),
    reason=HandOverReason.ASKED_FOR,
    summary="转人工，荔枝坏了",
    opened_at=NOW,
)
EARLIER = replace(CASE, key=CaseKey("m0:case"), opened_at=NOW - timedelta(hours=1))


@pytest.fixture
async def book(database: Database) -> CaseBook:
    async with database.writing() as connection:
        await insert_case(connection, CASE)
        await insert_case(connection, EARLIER)
    return CaseBook(database)


async def test_what_waits_is_counted_and_the_longest_waiting_comes_first(book: CaseBook) -> None:
    waiting = await book.waiting(1)
    assert (waiting.count, waiting.first) == (2, (EARLIER,))


async def test_who_takes_a_case_has_it_and_it_waits_no_more(book: CaseBook) -> None:
    took = await book.take(CASE.key, "zhang", LATER)
    assert took == replace(CASE, state=CaseState.TAKEN, taken_by="zhang", taken_at=LATER)
    assert (await book.waiting(9)).first == (EARLIER,)
    assert await book.taken_by("zhang", 9) == (took,)
    assert await book.taken_by("li", 9) == ()


async def test_the_second_learns_who_has_it_and_a_repetition_changes_nothing(book: CaseBook) -> None:
    first = await book.take(CASE.key, "zhang", NOW)
    assert await book.take(CASE.key, "li", LATER) == first
    assert await book.take(CASE.key, "zhang", LATER) == first


async def test_of_two_who_reach_at_once_one_gets_it(book: CaseBook) -> None:
    members = [f"member{n}" for n in range(6)]
    results = await asyncio.gather(*(book.take(CASE.key, member, NOW) for member in members))
    owners = {case.taken_by for case in results if isinstance(case, Case)}
    assert len(owners) == 1
    assert owners <= set(members)


async def test_only_who_has_a_case_closes_it(book: CaseBook) -> None:
    taken = await book.take(CASE.key, "zhang", NOW)
    assert await book.close(CASE.key, "li", LATER) == taken
    closed = await book.close(CASE.key, "zhang", LATER)
    assert isinstance(closed, Case)
    assert (closed.state, closed.closed_by, closed.closed_at) == (CaseState.CLOSED, "zhang", LATER)
    assert await book.taken_by("zhang", 9) == ()
    assert await book.take(CASE.key, "li", LATER) == closed


async def test_a_case_that_nobody_took_may_be_closed_by_anybody(book: CaseBook) -> None:
    closed = await book.close(EARLIER.key, "li", LATER)
    assert isinstance(closed, Case)
    assert (closed.state, closed.taken_by, closed.closed_by) == (CaseState.CLOSED, None, "li")


async def test_there_is_no_such_case(book: CaseBook) -> None:
    assert await book.take(CaseKey("nothing"), "zhang", NOW) is None
    assert await book.close(CaseKey("nothing"), "zhang", NOW) is None
