"""One conversation as the desk shows it: what was said and what happened, in order, each message with its fate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.desk.desk import AgentsDesk
from console.desk.files import Sent, sent_file
from console.desk.saying import words_of
from console.desk.words import STATES, happened, minute, speaker
from conversations.address import ConversationId
from escalation.service_store import EventKind
from storage.console_schema import console_accounts
from storage.people_schema import service_events
from storage.schema import media, messages, outbox

SHOWN = 80
"""Lines of a page; older ones are a click away."""
UNSENT = frozenset({"pending", "offered", "sending"})
ON_THE_WAY = UNSENT | {"deferred"}
RESENDABLE = frozenset({"withheld", "dead"})
_SECRET = frozenset({EventKind.WHISPER})
_QUIET = frozenset({EventKind.QUEUED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``side``: customer | bot | agent | event. ``state``: of what we said, as stored; empty for what was heard.

    ``at``: the minute, with the day unless it is today.
    ``id``: of the message, growing; 0 for events. ``file``: the picture, voice, video or document that came with it.
    """

    id: int
    key: str
    side: str
    who: str
    text: str
    at_ms: int
    at: str
    state: str = ""
    fate: str = ""
    problem: str = ""
    file: Sent | None = None
    note: bool = False

    @property
    def unsent(self) -> bool:
        return self.state in UNSENT

    @property
    def can_resend(self) -> bool:
        return self.state in RESENDABLE and bool(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """``earlier``: the id before which there is more; 0 when this is the beginning."""

    lines: tuple[Line, ...]
    earlier: int
    last: int


async def transcript_of(
    desk: AgentsDesk,
    connection: AsyncConnection,
    conversation_id: ConversationId,
    *,
    before: int = 0,
    login: str,
    supervises: bool,
) -> Transcript:
    """The newest lines, or those before a message. Whispers are for whom they are meant, and for supervisors."""
    query = (
        select(
            messages,
            outbox.c.state,
            outbox.c.error,
            media.c.id.label("file_id"),
            media.c.state.label("file_state"),
            media.c.kind.label("file_kind"),
            media.c.content_type,
        )
        .outerjoin(outbox, outbox.c.key == messages.c.key)
        .outerjoin(media, media.c.key == messages.c.key)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.id.desc())
        .limit(SHOWN + 1)
    )
    if before:
        query = query.where(messages.c.id < before)
    rows: Sequence[Any] = (await connection.execute(query)).all()
    shown = rows[:SHOWN][::-1]
    names = await names_of_agents(connection)
    now = desk.now()
    lines = [_said(desk, row, names, now) for row in shown]
    since = shown[0].at_ms if len(rows) > SHOWN else 0
    until = shown[-1].at_ms if before and shown else None
    events = await _events(connection, conversation_id, since, until)
    for event in events:
        kind = EventKind(event.kind)
        meant = not event.whom or login in (event.whom, event.who) or supervises
        if kind in _QUIET or (kind in _SECRET and not meant):
            continue
        lines.append(_event(event, kind, names, now))
    lines.sort(key=lambda line: (line.at_ms, line.id))
    spoken = tuple(line for line in lines if line.text)
    return Transcript(
        lines=spoken,
        earlier=shown[0].id if len(rows) > SHOWN else 0,
        last=shown[-1].id if shown else 0,
    )


async def names_of_agents(connection: AsyncConnection) -> dict[str, str]:
    rows = await connection.execute(select(console_accounts.c.login, console_accounts.c.name))
    return {row.login: row.name for row in rows}


async def _events(
    connection: AsyncConnection, conversation_id: ConversationId, since: int, until: int | None
) -> Sequence[Any]:
    query = select(service_events).where(
        service_events.c.conversation_id == conversation_id, service_events.c.at_ms >= since
    )
    if until is not None:
        query = query.where(service_events.c.at_ms <= until)
    return (await connection.execute(query.order_by(service_events.c.id.desc()).limit(SHOWN))).all()


def _said(desk: AgentsDesk, row: Any, names: dict[str, str], now: datetime) -> Line:
    words = words_of(row.conversation_id, row.key, row.body, desk.hear)
    if not words.spoken:
        return Line(
            id=row.id,
            key=row.key,
            side="event",
            who="顾客",
            text=_acted(words.text),
            at_ms=row.at_ms,
            at=minute(row.at_ms, now),
        )
    side = "agent" if row.author.startswith("agent:") else row.author
    state = row.state or ""
    return Line(
        id=row.id,
        key=row.key,
        side=side,
        who=speaker(row.author, names),
        text=words.text,
        at_ms=row.at_ms,
        at=minute(row.at_ms, now),
        state=state,
        fate=STATES.get(state, ""),
        problem=row.error if state == "dead" and row.error else "",
        file=sent_file(row) if words.media else None,
    )


def _acted(text: str) -> str:
    return f"顾客{text}" if text else ""


def _event(row: Any, kind: EventKind, names: dict[str, str], now: datetime) -> Line:
    is_note = kind in (EventKind.NOTE, EventKind.WHISPER)
    title = happened(kind, row.who, row.whom, names)
    says = row.text if is_note or kind in (EventKind.HANDED_ON, EventKind.GIVEN_BACK, EventKind.RATED) else ""
    return Line(
        id=0,
        key=f"event{row.id}",
        side="event",
        who=title,
        text=f"{title}：{says}" if says else title,
        at_ms=row.at_ms,
        at=minute(row.at_ms, now),
        note=is_note,
    )
