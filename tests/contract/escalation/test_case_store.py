"""Cases in SQL: written once, read longest waiting first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations.address import ConversationId
from conversations.outcomes import HandOverReason
from escalation.cases import Case, CaseKey, CaseState
from escalation.store import BY_CUSTOMER, close_case, insert_case, open_cases, take_case, withdraw_cases
from storage.database import Database

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
CASE = Case(
    key=CaseKey("m1:case"),
    conversation_id=ConversationId("official:gh_shop:wang"),
    reason=HandOverReason.ASKED_FOR,
    summary="转人工，荔枝坏了😡",
    opened_at=NOW,
)


async def _insert(database: Database, *cases: Case) -> None:
    async with database.writing() as connection:
        for case in cases:
            await insert_case(connection, case)


async def _open(database: Database, limit: int = 10) -> list[Case]:
    async with database.reading() as connection:
        return await open_cases(connection, limit)


async def test_a_case_comes_back_as_it_was(database: Database) -> None:
    await _insert(database, CASE)
    assert await _open(database) == [CASE]


async def test_the_same_case_again_changes_nothing_and_breaks_no_transaction(database: Database) -> None:
    other = replace(CASE, key=CaseKey("m2:case"))
    await _insert(database, CASE)
    await _insert(database, replace(CASE, summary="别的", opened_at=NOW + timedelta(hours=1)), other)
    assert await _open(database) == [CASE, other]


async def test_two_writers_at_once_make_one_case(database: Database) -> None:
    await asyncio.gather(*(_insert(database, replace(CASE, summary=str(n))) for n in range(5)))
    assert len(await _open(database)) == 1


async def test_the_longest_waiting_comes_first_and_closed_ones_do_not(database: Database) -> None:
    early = replace(CASE, key=CaseKey("early"), opened_at=NOW - timedelta(hours=1))
    closed = replace(CASE, key=CaseKey("closed"), opened_at=NOW - timedelta(days=1), state=CaseState.CLOSED)
    await _insert(database, CASE, early, closed)
    assert await _open(database) == [early, CASE]
    assert await _open(database, limit=1) == [early]


async def test_a_transaction_that_fails_leaves_no_case(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await _insert_and_fail(database)
    assert await _open(database) == []


async def _insert_and_fail(database: Database) -> None:
    async with database.writing() as connection:
        await insert_case(connection, CASE)
        raise RuntimeError


async def test_who_does_without_a_person_waits_no_more(database: Database) -> None:
    not_understood = replace(CASE, key=CaseKey("m2:case"), reason=HandOverReason.NOT_UNDERSTOOD)
    complaint = replace(CASE, key=CaseKey("m3:case"), reason=HandOverReason.COMPLAINT)
    of_another = replace(CASE, key=CaseKey("m4:case"), conversation_id=ConversationId("official:gh_shop:li"))
    await _insert(database, CASE, not_understood, complaint, of_another)
    later = NOW + timedelta(minutes=3)
    async with database.writing() as connection:
        await withdraw_cases(connection, CASE.conversation_id, later)
    assert await _open(database) == [complaint, of_another]
    async with database.writing() as connection:
        closed = await close_case(connection, CASE.key, "zhang", NOW)
    assert closed == replace(CASE, state=CaseState.CLOSED, closed_by=BY_CUSTOMER, closed_at=later)


async def test_a_case_that_somebody_has_taken_stays_theirs(database: Database) -> None:
    await _insert(database, CASE)
    async with database.writing() as connection:
        taken = await take_case(connection, CASE.key, "zhang", NOW)
        await withdraw_cases(connection, CASE.conversation_id, NOW)
        assert await take_case(connection, CASE.key, "li", NOW) == taken
