"""Tags that people of the shop give here, each with who and why, kept as lines of the history of tags.

A line is by hand when its reason says so; the last one of a tag counts. Customers' ids are ids of their identities, so
whoever joins two customers sees the tags of both, and nothing is lost when the link is undone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bulk import insert_rows
from storage.customers_schema import tag_history

LONGEST_TAG = 30
LONGEST_REASON = 200
_LATEST = 500
"""Lines of one customer's history that are read."""
_BY_HAND = re.compile(r"人工（([^）]+)）(?:：(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChange:
    """One coming or going. ``by``: login of who did it, empty for rules. ``reason`` may be empty."""

    tag: str
    given: bool
    by: str
    reason: str
    at_ms: int


async def tag_changes(connection: AsyncConnection, identity_ids: Collection[int]) -> tuple[TagChange, ...]:
    """Of rules and people, the newest first. ``identity_ids``: all of the customer."""
    columns = tag_history.c
    query = select(tag_history).where(columns.customer_id.in_(identity_ids))
    rows = await connection.execute(query.order_by(columns.id.desc()).limit(_LATEST))
    return tuple(_change(row) for row in rows)


def held(changes: Collection[TagChange]) -> tuple[TagChange, ...]:
    """Those by hand that somebody gave and nobody took since. ``changes``: the newest first. Pure."""
    last: dict[str, TagChange] = {}
    for change in changes:
        if change.by:
            last.setdefault(change.tag, change)
    return tuple(change for change in last.values() if change.given)


async def write_by_hand(
    connection: AsyncConnection,
    customer_id: int,
    tag: str,
    *,
    given: bool,
    by: str,
    reason: str,
    now_ms: int,
) -> None:
    """In the caller's transaction. ``by``: a login."""
    said = f"人工（{by}）" + (f"：{reason}" if reason else "")
    row = {"customer_id": customer_id, "tag": tag, "given": int(given), "reason": said, "at_ms": now_ms}
    await insert_rows(connection, tag_history, [row])


def _change(row: Row[Any]) -> TagChange:
    found = _BY_HAND.fullmatch(row.reason)
    by, reason = (found[1], found[2] or "") if found else ("", row.reason)
    return TagChange(tag=row.tag, given=bool(row.given), by=by, reason=reason, at_ms=row.at_ms)
