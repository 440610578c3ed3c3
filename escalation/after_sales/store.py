"""Cases of after-sales in SQL, inside the caller's transaction. Whoever changes one holds its row first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from escalation.after_sales.case import AfterSalesCase, AfterSalesKey, AfterSalesState
from escalation.after_sales.clocks import AfterSalesRules, deadline, look_at
from escalation.hours import ServiceHours
from escalation.sla import Pause
from storage.after_sales_schema import after_sales, after_sales_events, is_open
from storage.conflicts import insert_or_ignore
from storage.schema import messages
from storage.times import from_ms, to_ms

CUSTOMER, MALL, CLOCK, BOT = "customer", "mall", "clock", "bot"
"""Who did what no colleague did."""


class AfterSalesEvent(StrEnum):
    """What happened. Values are stored; never rename them."""

    OPENED = "opened"
    ASKED_AGAIN = "asked_again"
    TAKEN = "taken"
    ASKED_CUSTOMER = "asked_customer"
    ANSWERED = "answered"
    AWAITS_GOODS = "awaits_goods"
    GOODS_CAME = "goods_came"
    REFUND = "refund"
    SEND_AGAIN = "send_again"
    CARRIED_OUT = "carried_out"
    REFUSED = "refused"
    FAILED = "failed"
    DONE = "done"
    DECLINED = "declined"
    CALLED_OFF = "called_off"
    NOTE = "note"
    WARNED = "warned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What the promises of a shop are counted by."""

    hours: ServiceHours
    rules: AfterSalesRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    kind: AfterSalesEvent
    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A case with the number by which people know it. ``due_at``: what is promised next."""

    number: int
    case: AfterSalesCase
    due_at: datetime | None


async def add(connection: AsyncConnection, case: AfterSalesCase, promises: Promises, now: datetime) -> bool:
    """False: its key is there, and the case stays as it is."""
    row = to_row(case, promises, now)
    added = await connection.execute(insert_or_ignore(connection, after_sales, "key"), row)
    return bool(added.rowcount)


async def put(connection: AsyncConnection, case: AfterSalesCase, promises: Promises, now: datetime) -> None:
    values = to_row(case, promises, now)
    if case.state is AfterSalesState.WAITING_CUSTOMER:
        heard = select(func.coalesce(func.max(messages.c.id), 0)).where(
            messages.c.conversation_id == case.conversation_id
        )
        values["heard_id"] = heard.scalar_subquery()
    await connection.execute(update(after_sales).where(after_sales.c.key == case.key).values(values))


async def note(
    connection: AsyncConnection,
    case: AfterSalesCase,
    kind: AfterSalesEvent,
    who: str,
    now: datetime,
    *,
    text: str = "",
    ref: str | None = None,
) -> None:
    """Writes what happened. ``ref``: the key of the errand that it is about."""
    row = {
        "case_key": case.key,
        "conversation_id": case.conversation_id,
        "kind": kind.value,
        "who": who,
        "text": text,
        "ref": ref,
        "at_ms": to_ms(now),
    }
    await connection.execute(insert(after_sales_events).values(row))


async def by_number(connection: AsyncConnection, number: int) -> Numbered | None:
    row = (
        (await connection.execute(select(after_sales).where(after_sales.c.id == number)))
        .mappings()
        .one_or_none()
    )
    return None if row is None else numbered(row)


async def held(connection: AsyncConnection, key: AfterSalesKey) -> AfterSalesCase | None:
    """The case, held until the transaction ends (SQLite has one writer anyway)."""
    query = select(after_sales).where(after_sales.c.key == key).with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(row)


async def key_of(connection: AsyncConnection, number: int) -> AfterSalesKey | None:
    query = select(after_sales.c.key).where(after_sales.c.id == number)
    key: str | None = (await connection.execute(query)).scalar_one_or_none()
    return None if key is None else AfterSalesKey(key)


async def of_errand(connection: AsyncConnection, errand_key: str) -> AfterSalesKey | None:
    """The case that this errand opened, or was asked for in."""
    query = (
        select(after_sales_events.c.case_key)
        .where(after_sales_events.c.ref == errand_key)
        .order_by(after_sales_events.c.id)
        .limit(1)
    )
    key: str | None = (await connection.execute(query)).scalar_one_or_none()
    return None if key is None else AfterSalesKey(key)


async def open_about(
    connection: AsyncConnection, conversation_id: ConversationId, wish: AfterSalesWish
) -> AfterSalesKey | None:
    """An open case of the same kind about the same order; none where no order is named."""
    if wish.order_no is None:
        return None
    query = (
        select(after_sales.c.key)
        .where(is_open(), after_sales.c.conversation_id == conversation_id)
        .where(after_sales.c.kind == wish.kind.value, after_sales.c.order_no == wish.order_no)
        .order_by(after_sales.c.id)
        .limit(1)
    )
    key: str | None = (await connection.execute(query)).scalar_one_or_none()
    return None if key is None else AfterSalesKey(key)


async def open_in(connection: AsyncConnection, conversation_id: ConversationId) -> list[Numbered]:
    """The open cases of a conversation, the oldest first."""
    query = select(after_sales).where(is_open(), after_sales.c.conversation_id == conversation_id)
    rows = await connection.execute(query.order_by(after_sales.c.id))
    return [numbered(row) for row in rows.mappings()]


async def refunded_for(connection: AsyncConnection, order_no: str) -> int:
    """Fen that were paid back for an order in all its cases, or may have been, or are being."""
    total = func.coalesce(func.sum(after_sales.c.refunded_fen + after_sales.c.errand_fen), 0)
    query = select(total).where(after_sales.c.order_no == order_no)
    return int((await connection.execute(query)).scalar_one())


async def history(connection: AsyncConnection, key: AfterSalesKey) -> list[Event]:
    query = select(after_sales_events).where(after_sales_events.c.case_key == key)
    rows = await connection.execute(query.order_by(after_sales_events.c.id))
    return [
        Event(kind=AfterSalesEvent(row.kind), who=row.who, text=row.text, at=from_ms(row.at_ms))
        for row in rows
    ]


async def to_look_at(connection: AsyncConnection, now: datetime, most: int) -> list[AfterSalesKey]:
    """Open cases in which a warning is due, the longest due first."""
    query = (
        select(after_sales.c.key)
        .where(is_open(), after_sales.c.look_ms <= to_ms(now))
        .order_by(after_sales.c.look_ms)
        .limit(most)
    )
    return [AfterSalesKey(key) for key in (await connection.execute(query)).scalars()]


async def answered(connection: AsyncConnection, most: int) -> list[AfterSalesKey]:
    """Cases that wait for their customer, who has written since."""
    written = exists().where(
        messages.c.conversation_id == after_sales.c.conversation_id,
        messages.c.author == "customer",
        messages.c.id > after_sales.c.heard_id,
    )
    waiting = after_sales.c.state == AfterSalesState.WAITING_CUSTOMER.value
    query = select(after_sales.c.key).where(is_open(), waiting, written).limit(most)
    return [AfterSalesKey(key) for key in (await connection.execute(query)).scalars()]


def to_row(case: AfterSalesCase, promises: Promises, now: datetime) -> dict[str, Any]:
    wish = case.wish
    return {
        "key": case.key,
        "conversation_id": case.conversation_id,
        "kind": wish.kind.value,
        "order_no": wish.order_no,
        "wants": wish.wants,
        "why": wish.why,
        "state": case.state.value,
        "opened_ms": to_ms(case.opened_at),
        "acted_ms": _ms(case.acted_at),
        "ended_ms": _ms(case.ended_at),
        "agent": case.agent,
        "trouble": case.trouble,
        "pauses": json.dumps([[to_ms(each.start), _ms(each.end)] for each in case.pauses]),
        "errand": case.errand,
        "errand_fen": case.errand_fen,
        "refunded_fen": case.refunded_fen,
        "said": json.dumps(sorted(case.said)),
        "version": case.version,
        "due_ms": _ms(deadline(case, promises.hours, promises.rules)),
        "look_ms": _ms(look_at(case, now, promises.hours, promises.rules)),
    }


def from_row(row: RowMapping | Mapping[str, Any]) -> AfterSalesCase:
    pauses: Sequence[tuple[int, int | None]] = json.loads(row["pauses"])
    return AfterSalesCase(
        key=AfterSalesKey(row["key"]),
        conversation_id=ConversationId(row["conversation_id"]),
        wish=AfterSalesWish(
            kind=AfterSalesKind(row["kind"]), order_no=row["order_no"], wants=row["wants"], why=row["why"]
        ),
        opened_at=from_ms(row["opened_ms"]),
        state=AfterSalesState(row["state"]),
        acted_at=_moment(row["acted_ms"]),
        ended_at=_moment(row["ended_ms"]),
        agent=row["agent"],
        trouble=row["trouble"],
        pauses=tuple(Pause(from_ms(start), _moment(end)) for start, end in pauses),
        errand=row["errand"],
        errand_fen=row["errand_fen"],
        refunded_fen=row["refunded_fen"],
        said=frozenset(json.loads(row["said"])),
        version=row["version"],
    )


def numbered(row: RowMapping) -> Numbered:
    return Numbered(number=row["id"], case=from_row(row), due_at=_moment(row["due_ms"]))


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
