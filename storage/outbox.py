"""Writes what is to be said, inside the caller's transaction. Sending is the delivery's business."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.conflicts import insert_or_ignore
from storage.schema import messages, outbox

_INSERT = insert(outbox)
_RESUME = (
    update(outbox)
    .where(outbox.c.conversation_id.in_(bindparam("ids", expanding=True)), outbox.c.state == "deferred")
    .values(state="pending", due_ms=bindparam("now_ms"))
)


class OutboxState(StrEnum):
    """Values are stored; never rename them."""

    PENDING = "pending"
    OFFERED = "offered"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    WITHHELD = "withheld"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxDraft:
    """One thing to say. ``key`` is unique for ever (the turn's key and a number), so a turn cannot say it twice.

    ``body`` is a stored reply (``conversations.replies.to_stored``). ``inbox_id`` and ``offered_until_ms`` are set
    when it is offered as a passive answer. ``by_code``: it spends a code that ends soon, so it waits for nothing.
    ``author``: whom the transcript names, ``bot`` or ``agent:`` and a login.
    """

    key: str
    conversation_id: str
    epoch: int
    kind: str
    body: Mapping[str, Any]
    created_ms: int
    inbox_id: int | None = None
    offered_until_ms: int | None = None
    by_code: bool = False
    author: str = "bot"


async def write_outbox(connection: AsyncConnection, drafts: Sequence[OutboxDraft]) -> None:
    """Raises sqlalchemy.exc.IntegrityError when a key is already there."""
    if not drafts:
        return
    await connection.execute(_INSERT, [_row(draft) for draft in drafts])


async def resume(connection: AsyncConnection, conversation_ids: Sequence[str], now: int) -> None:
    """What was deferred in these conversations is due again: the customer, or a person, acted. ``now``: real ms."""
    await connection.execute(_RESUME, {"ids": list(conversation_ids), "now_ms": now})


async def say_once(connection: AsyncConnection, draft: OutboxDraft) -> bool:
    """Like ``write_outbox`` for one draft, with its line in the transcript. False: its key was there."""
    inserted = await connection.execute(insert_or_ignore(connection, outbox, "key"), _row(draft))
    if not inserted.rowcount:
        return False
    line = {
        "key": draft.key,
        "conversation_id": draft.conversation_id,
        "author": draft.author,
        "body": json.dumps(draft.body, ensure_ascii=False),
        "at_ms": draft.created_ms,
    }
    await connection.execute(insert_or_ignore(connection, messages, "key"), line)
    return True


def _row(draft: OutboxDraft) -> dict[str, Any]:
    offered = draft.offered_until_ms is not None
    return {
        "key": draft.key,
        "conversation_id": draft.conversation_id,
        "epoch": draft.epoch,
        "kind": draft.kind,
        "body": json.dumps(draft.body, ensure_ascii=False),
        "state": OutboxState.OFFERED if offered else OutboxState.PENDING,
        "inbox_id": draft.inbox_id,
        "due_ms": draft.offered_until_ms if offered else draft.created_ms,
        "created_ms": draft.created_ms,
        "lane": "code" if draft.by_code else "line",
    }
