"""Cases in SQL, written inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.outcomes import HandOverReason
from escalation.cases import Case, CaseKey, CaseState, closed, taken
from storage.schema import cases
from storage.times import from_ms, to_ms

# Spelled as in the partial indexes, with constants.
_OPEN: ColumnElement[bool] = cases.c.state == literal_column("'open'")
_TAKEN: ColumnElement[bool] = cases.c.state == literal_column("'taken'")

BY_CUSTOMER = ":customer"
"""Who closed a case that its customer no longer needs. No userid holds a colon."""

_ONLY_TO_TALK = (HandOverReason.ASKED_FOR, HandOverReason.NOT_UNDERSTOOD)
"""Reasons of cases in which there is nothing to do but to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCases:
    """How many cases nobody has taken, and the longest waiting of them."""

    count: int
    first: tuple[Case, ...]


async def insert_case(connection: AsyncConnection, case: Case) -> None:
    """Adds the case. One whose key is there stays as it is, also when two processes write at once."""
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = build(cases).values(_to_row(case)).on_conflict_do_nothing(index_elements=[cases.c.key])
    await connection.execute(new)


async def open_cases(connection: AsyncConnection, limit: int) -> list[Case]:
    """At most ``limit`` open cases, the longest waiting first."""
    waiting = select(cases).where(_OPEN)
    rows = await connection.execute(waiting.order_by(cases.c.opened_ms, cases.c.key).limit(limit))
    return [_from_row(row) for row in rows.mappings()]


async def count_open(connection: AsyncConnection) -> int:
    query = select(func.count()).select_from(cases).where(_OPEN)
    return int((await connection.execute(query)).scalar_one())


async def cases_of(connection: AsyncConnection, member: str, limit: int) -> list[Case]:
    """At most ``limit`` cases that ``member`` has taken and not closed, the longest waiting first."""
    theirs = select(cases).where(_TAKEN, cases.c.taken_by == member)
    rows = await connection.execute(theirs.order_by(cases.c.opened_ms, cases.c.key).limit(limit))
    return [_from_row(row) for row in rows.mappings()]


async def take_case(connection: AsyncConnection, key: CaseKey, member: str, now: datetime) -> Case | None:
    """The case as it is after ``member`` reached for it: taken by them, or by whoever was first. None: no such case."""
    case = await _held(connection, key)
    return None if case is None else await _replace(connection, case, taken(case, member, now))


async def close_case(connection: AsyncConnection, key: CaseKey, member: str, now: datetime) -> Case | None:
    """The case as it is after ``member`` tried to close it (``cases.closed``). None: no such case."""
    case = await _held(connection, key)
    return None if case is None else await _replace(connection, case, closed(case, member, now))


async def case_of(connection: AsyncConnection, key: CaseKey) -> Case | None:
    row = (await connection.execute(select(cases).where(cases.c.key == key))).mappings().one_or_none()
    return None if row is None else _from_row(row)


async def withdraw_cases(connection: AsyncConnection, conversation_id: ConversationId, now: datetime) -> None:
    """Closes what waits in a conversation only for somebody to answer: the customer does without.

    A case that a member has taken stays theirs, and one in which something is to be done stays open.
    """
    theirs = cases.c.conversation_id == conversation_id
    to_talk = cases.c.reason.in_([reason.value for reason in _ONLY_TO_TALK])
    closing = update(cases).where(_OPEN, theirs, to_talk)
    await connection.execute(
        closing.values(state=CaseState.CLOSED.value, closed_by=BY_CUSTOMER, closed_ms=to_ms(now))
    )


async def _held(connection: AsyncConnection, key: CaseKey) -> Case | None:
    """The case, held until the transaction ends (SQLite has one writer anyway)."""
    row = (
        (await connection.execute(select(cases).where(cases.c.key == key).with_for_update()))
        .mappings()
        .one_or_none()
    )
    return None if row is None else _from_row(row)


async def _replace(connection: AsyncConnection, before: Case, after: Case) -> Case:
    if after != before:
        await connection.execute(update(cases).where(cases.c.key == after.key).values(_to_row(after)))
    return after


def _to_row(case: Case) -> dict[str, Any]:
    return {
        "key": case.key,
        "conversation_id": case.conversation_id,
        "reason": case.reason.value,
        "summary": case.summary,
        "state": case.state.value,
        "opened_ms": to_ms(case.opened_at),
        "taken_by": case.taken_by,
        "taken_ms": None if case.taken_at is None else to_ms(case.taken_at),
        "closed_by": case.closed_by,
        "closed_ms": None if case.closed_at is None else to_ms(case.closed_at),
    }


def _from_row(row: RowMapping) -> Case:
    return Case(
        key=CaseKey(row["key"]),
        conversation_id=ConversationId(row["conversation_id"]),
        reason=HandOverReason(row["reason"]),
        summary=row["summary"],
        state=CaseState(row["state"]),
        opened_at=from_ms(row["opened_ms"]),
        taken_by=row["taken_by"],
        taken_at=None if row["taken_ms"] is None else from_ms(row["taken_ms"]),
        closed_by=row["closed_by"],
        closed_at=None if row["closed_ms"] is None else from_ms(row["closed_ms"]),
    )
