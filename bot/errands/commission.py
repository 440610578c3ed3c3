"""Errands of turns, written with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.after_sales_openings import errand_key
from bot.turns import Finished, Plan
from storage.conflicts import insert_or_ignore
from storage.errands_schema import errands


async def write_errands(connection: AsyncConnection, plans: Sequence[Plan], now: int) -> None:
    """Writes what the turns of one commit want done. A key that is there stays: nothing is asked for twice."""
    rows = [row for plan in plans for row in errand_rows(plan.item, now)]
    if rows:
        await connection.execute(insert_or_ignore(connection, errands, "key"), rows)


def errand_rows(item: Finished, now: int) -> list[dict[str, Any]]:
    """``now``: milliseconds. The mall knows a customer by their conversation."""
    claimed = item.claimed
    return [
        {
            "key": errand_key(claimed.key, number),
            "conversation_id": claimed.conversation_id,
            "customer_ref": claimed.conversation_id,
            "kind": errand.kind.value,
            "order_no": errand.order_no,
            "details": json.dumps(dict(errand.details), ensure_ascii=False),
            "due_ms": now,
            "created_ms": now,
        }
        for number, errand in enumerate(item.errands)
    ]
