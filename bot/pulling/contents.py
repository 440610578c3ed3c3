"""What a pulled page means for the inbox: pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.inbox import Arrival, written_at
from channels.media.rows import media_rows
from conversations.address import ConversationId
from conversations.inbound import (
    AgentSaid,
    AgentSession,
    Card,
    EnteredSession,
    File,
    Image,
    Inbound,
    Link,
    Location,
    MessageKey,
    Recalled,
    Text,
    Video,
    Voice,
)
from conversations.replies import CodedReply, EventCode, ReplyKind, to_stored
from handlers.at_once import AtOnce
from storage.outbox import OutboxDraft
from storage.times import to_ms

HISTORY = timedelta(minutes=10)
"""The first pull of an account brings three days back. What is older than this is kept and not answered.

In no pull is anything said at once to an older event: some codes live for two days (WeCom 95122), news does not.
"""

_MESSAGES = Text | Image | Voice | Video | Location | Link | File | Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One pulled item: as the platform gave it, and as we read it."""

    body: Mapping[str, Any]
    inbound: Inbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Everything that one page writes beside its cursor. Keys tell what is written only for items not seen before."""

    arrivals: Sequence[Arrival] = ()
    recalled: Sequence[MessageKey] = ()
    sessions_changed: Sequence[tuple[MessageKey, ConversationId]] = ()
    history: Sequence[Mapping[str, Any]] = ()
    said_at_once: Sequence[tuple[MessageKey, OutboxDraft]] = ()


def read_page(
    items: Sequence[Item],
    *,
    first: bool,
    at_once: AtOnce,
    now: datetime,
    real_ms: int,
) -> Read:
    """``first``: the account has never been pulled to the end. ``now`` is the shop's clock, ``real_ms`` real time."""
    unique = {item.inbound.key: item for item in items}
    old = {key for key, item in unique.items() if first and item.inbound.sent_at < now - HISTORY}
    return Read(
        arrivals=[
            _arrival(item, now, real_ms, "history" if key in old else None) for key, item in unique.items()
        ],
        recalled=[
            MessageKey(f"kefu:{item.inbound.address.account}:{item.inbound.content.platform_id}")
            for item in unique.values()
            if isinstance(item.inbound.content, Recalled) and item.inbound.content.agent is None
        ],
        sessions_changed=[
            (key, item.inbound.address.conversation_id)
            for key, item in unique.items()
            if isinstance(item.inbound.content, AgentSession | AgentSaid | EnteredSession)
        ],
        history=[
            _line(item)
            for key, item in unique.items()
            if key in old and isinstance(item.inbound.content, _MESSAGES | AgentSaid)
        ],
        said_at_once=[
            (key, draft)
            for key, item in unique.items()
            if (draft := _said_at_once(item.inbound, at_once, now, real_ms)) is not None
        ],
    )


def _arrival(item: Item, now: datetime, real_ms: int, settled: str | None) -> Arrival:
    return Arrival(
        key=item.inbound.key,
        address=item.inbound.address,
        body=item.body,
        trigger=item.inbound.trigger,
        triggered_ms=to_ms(item.inbound.sent_at),
        received_ms=real_ms,
        decide_by_ms=real_ms,  # nobody waits for a passive answer
        settled=settled,
        media=tuple(media_rows([item.inbound], real_ms)),
        written_ms=written_at(item.inbound.sent_at, now, real_ms),
    )


def _line(item: Item) -> dict[str, Any]:
    content = item.inbound.content
    return {
        "key": item.inbound.key,
        "conversation_id": item.inbound.address.conversation_id,
        "author": f"agent:{content.agent}" if isinstance(content, AgentSaid) else "customer",
        "body": json.dumps(item.body, ensure_ascii=False),
        "at_ms": to_ms(item.inbound.sent_at),
    }


def _said_at_once(inbound: Inbound, at_once: AtOnce, now: datetime, real_ms: int) -> OutboxDraft | None:
    """The welcome or the farewell that the event's code pays for: written with the page, behind no queue."""
    code = _code(inbound)
    if code is None or code.expires_at <= now or inbound.sent_at < now - HISTORY:
        return None
    reply = at_once(inbound.content)
    if reply is None:
        return None
    return OutboxDraft(
        key=f"{inbound.key}:code",
        conversation_id=inbound.address.conversation_id,
        epoch=0,  # a code is good whoever owns the conversation
        kind=ReplyKind.TRANSITION,
        body=to_stored(CodedReply(code=code, reply=reply)),
        created_ms=real_ms,
        by_code=True,
    )


def _code(inbound: Inbound) -> EventCode | None:
    match inbound.content:
        case EnteredSession(code=code) | AgentSession(code=code):
            return code
        case _:
            return None
