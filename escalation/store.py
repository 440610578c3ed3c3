"""Cases in SQL, written inside the caller's transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.outcomes import HandOverReason
from escalation.cases import Case, CaseKey, CaseState
from storage.schema import cases
from storage.times import from_ms, to_ms


async def insert_case(connection: AsyncConnection, case: Case) -> None:
    """Adds the case. One whose key is there stays as it is, also when two processes write at once."""
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = build(cases).values(_to_row(case)).on_conflict_do_nothing(index_elements=[cases.c.key])
    await connection.execute(new)


async def open_cases(connection: AsyncConnection, limit: int) -> list[Case]:
    """At most ``limit`` open cases, the longest waiting first."""
    waiting = select(cases).where(cases.c.state == CaseState.OPEN.value)
    rows = await connection.execute(waiting.order_by(cases.c.opened_ms, cases.c.key).limit(limit))
    return [_from_row(row) for row in rows.mappings()]


def _to_row(case: Case) -> dict[str, Any]:
    return {
        "key": case.key,
        "conversation_id": case.conversation_id,
        "reason": case.reason.value,
        "summary": case.summary,
        "state": case.state.value,
        "opened_ms": to_ms(case.opened_at),
    }


def _from_row(row: RowMapping) -> Case:
    return Case(
        key=CaseKey(row["key"]),
        conversation_id=ConversationId(row["conversation_id"]),
        reason=HandOverReason(row["reason"]),
        summary=row["summary"],
        state=CaseState(row["state"]),
        opened_at=from_ms(row["opened_ms"]),
    )
