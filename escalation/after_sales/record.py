"""Facts of after-sales for reports: the first action, and the end, each once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from escalation.after_sales.case import AfterSalesCase
from escalation.after_sales.clocks import clock_of
from escalation.after_sales.store import Promises
from escalation.sla import Promise, Standing
from storage.conflicts import insert_or_ignore
from storage.schema import facts
from storage.times import to_ms


async def record_change(
    connection: AsyncConnection, before: AfterSalesCase, after: AfterSalesCase, promises: Promises
) -> None:
    """Nothing when neither came to pass between the two."""
    rows = []
    if after.acted_at is not None and before.acted_at is None:
        rows.append(_kept(after, Promise.FIRST_ACTION, after.acted_at, promises))
    if after.ended_at is not None and before.ended_at is None:
        rows.append(_kept(after, Promise.CLOSURE, after.ended_at, promises))
    if rows:
        await connection.execute(insert_or_ignore(connection, facts, "key"), rows)


async def record_broken(
    connection: AsyncConnection, case: AfterSalesCase, promise: Promise, now: datetime
) -> None:
    """The promise is broken, and the case goes on."""
    row = _fact(case, f"broken:{promise.value}", "after_sales.broken", {"promise": promise.value}, now)
    await connection.execute(insert_or_ignore(connection, facts, "key"), row)


def _kept(case: AfterSalesCase, promise: Promise, at: datetime, promises: Promises) -> dict[str, Any]:
    clock = clock_of(case, promise, promises.rules)
    details = {
        "kept": clock.standing(at, promises.hours) is not Standing.BROKEN,
        "seconds": round(clock.elapsed(at, promises.hours).total_seconds(), 1),
        "state": case.state.value,
        "agent": case.agent,
    }
    return _fact(case, promise.value, f"after_sales.{promise.value}", details, at)


def _fact(
    case: AfterSalesCase, part: str, name: str, details: dict[str, Any], at: datetime
) -> dict[str, Any]:
    return {
        "key": f"{case.key}:{part}",
        "name": name,
        "conversation_id": case.conversation_id,
        "details": json.dumps({"kind": case.wish.kind.value, **details}, ensure_ascii=False),
        "at_ms": to_ms(at),
    }
