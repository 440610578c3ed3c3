"""Consents in SQL: the last one counts, one message changes once, and who sends can leave out who does not want it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from conversations.address import ConversationId
from conversations.consents import ConsentChange, Purpose
from conversations.inbound import MessageKey
from customers.consent import Consent, current, record, without_withdrawn
from storage.database import Database

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WANG = ConversationId("official:gh_shop:wang")
LI = ConversationId("official:gh_shop:li")
ZHAO = ConversationId("kefu:wk1:zhao")
OUT = (ConsentChange(purpose=Purpose.MARKETING, granted=False),)
BACK = (ConsentChange(purpose=Purpose.MARKETING, granted=True),)


async def _record(
    database: Database,
    who: ConversationId,
    key: str,
    changes: Sequence[ConsentChange],
    at: datetime = NOW,
) -> None:
    async with database.writing() as connection:
        await record(connection, who, MessageKey(key), changes, at)


async def _current(database: Database, who: ConversationId) -> Consent | None:
    async with database.reading() as connection:
        return await current(connection, who, Purpose.MARKETING)


async def _may_be_sent(database: Database, who: Sequence[ConversationId]) -> list[ConversationId]:
    async with database.reading() as connection:
        return await without_withdrawn(connection, who, Purpose.MARKETING)


async def test_nothing_was_said(database: Database) -> None:
    await _record(database, WANG, "m1", ())
    assert await _current(database, WANG) is None
    assert await _may_be_sent(database, [WANG, LI]) == [WANG, LI]


async def test_the_last_change_counts_and_names_its_message(database: Database) -> None:
    await _record(database, WANG, "m1", OUT)
    await _record(database, LI, "m2", OUT)
    await _record(database, WANG, "m3", BACK, NOW + timedelta(days=1))
    assert await _current(database, WANG) == Consent(
        conversation_id=WANG,
        purpose=Purpose.MARKETING,
        granted=True,
        at=NOW + timedelta(days=1),
        source=MessageKey("m3"),
    )
    last = await _current(database, LI)
    assert last is not None
    assert not last.granted


async def test_a_message_that_is_committed_again_changes_nothing(database: Database) -> None:
    await _record(database, WANG, "m1", OUT)
    await _record(database, WANG, "m2", BACK)
    await _record(database, WANG, "m1", OUT, NOW + timedelta(hours=1))
    now = await _current(database, WANG)
    assert now is not None
    assert (now.granted, now.source) == (True, "m2")


async def test_who_sends_leaves_out_who_does_not_want_it_and_keeps_the_order(database: Database) -> None:
    await _record(database, WANG, "m1", OUT)
    await _record(database, ZHAO, "m2", OUT)
    await _record(database, ZHAO, "m3", BACK)
    await _record(database, ZHAO, "m4", OUT)
    await _record(database, LI, "m5", BACK)
    assert await _may_be_sent(database, [ZHAO, LI, WANG]) == [LI]
    await _record(database, ZHAO, "m6", BACK)
    assert await _may_be_sent(database, [ZHAO, LI, WANG]) == [ZHAO, LI]


async def test_many_are_asked_about_in_parts(database: Database) -> None:
    many = [ConversationId(f"official:gh_shop:{number}") for number in range(1201)]
    await _record(database, many[0], "first", OUT)
    await _record(database, many[600], "middle", OUT)
    await _record(database, many[1200], "last", OUT)
    assert await _may_be_sent(database, many) == [*many[1:600], *many[601:1200]]


async def test_what_fails_leaves_no_consent(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await _record_and_fail(database)
    assert await _current(database, WANG) is None


async def _record_and_fail(database: Database) -> None:
    async with database.writing() as connection:
        await record(connection, WANG, MessageKey("m1"), OUT, NOW)
        raise RuntimeError
