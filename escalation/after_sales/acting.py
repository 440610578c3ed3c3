"""What colleagues do in a case, in the caller's transaction: the case, its history, the mall, the customer.

``seen`` is the version of the case that the colleague looked at: one that has changed since, also by their own form
sent twice, raises ``NotPossible`` and nothing is done or said again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.errands import ErrandKind
from conversations.replies import ReplyKind, TextReply, to_stored
from escalation.after_sales import case as cases
from escalation.after_sales import store, wording
from escalation.after_sales.case import AfterSalesCase, AfterSalesKey, AfterSalesState, NotPossible, Why
from escalation.after_sales.record import record_change
from escalation.after_sales.store import AfterSalesEvent, Promises
from storage.conflicts import insert_or_ignore
from storage.errands_schema import errands
from storage.outbox import OutboxDraft, say_once
from storage.schema import conversations

_Change = Callable[[AfterSalesCase], AfterSalesCase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Who acts in which case. ``now``: business time; ``real_ms``: real time, by which transcripts are written."""

    number: int
    seen: int
    by: str
    now: datetime
    real_ms: int
    promises: Promises
    supervisor: bool = False


async def take(connection: AsyncConnection, deed: Deed) -> AfterSalesCase:
    """A supervisor takes a case over from whoever has it."""

    def change(case: AfterSalesCase) -> AfterSalesCase:
        return cases.taken(case, deed.by, deed.now, over=deed.supervisor)

    return await _act(connection, deed, change, AfterSalesEvent.TAKEN, say=wording.TAKEN)


async def ask_customer(connection: AsyncConnection, deed: Deed, text: str) -> AfterSalesCase:
    def change(case: AfterSalesCase) -> AfterSalesCase:
        return cases.asks_customer(case, deed.now)

    return await _act(connection, deed, change, AfterSalesEvent.ASKED_CUSTOMER, text=text, say=wording.ASKS)


async def ask_for_goods(connection: AsyncConnection, deed: Deed) -> AfterSalesCase:
    def change(case: AfterSalesCase) -> AfterSalesCase:
        return cases.awaits_goods(case, deed.now)

    return await _act(connection, deed, change, AfterSalesEvent.AWAITS_GOODS, say=wording.GOODS)


async def goods_came(connection: AsyncConnection, deed: Deed) -> AfterSalesCase:
    def change(case: AfterSalesCase) -> AfterSalesCase:
        return cases.goods_came(case, deed.now)

    return await _act(connection, deed, change, AfterSalesEvent.GOODS_CAME, say=wording.CAME)


async def refund(connection: AsyncConnection, deed: Deed, fen: int, *, limit_fen: int) -> AfterSalesCase:
    """The shop's system pays ``fen`` back once this is committed, and the customer hears its receipt."""
    case = await _held(connection, deed)
    if case.wish.order_no is None:
        raise NotPossible(Why.NO_ORDER)
    before = await store.refunded_for(connection, case.wish.order_no)
    if before + fen > limit_fen and not deed.supervisor:
        raise NotPossible(Why.SUPERVISOR)
    key = _errand_key(case)

    def change(case: AfterSalesCase) -> AfterSalesCase:
        return cases.refunds(case, key, fen, deed.now)

    text = f"{fen / 100:.2f} 元"
    after = await _act(connection, deed, change, AfterSalesEvent.REFUND, text=text, ref=key)
    await _ask_mall(connection, after, key, ErrandKind.REFUND, {"fen": str(fen)}, deed.real_ms)
    return after


async def send_again(connection: AsyncConnection, deed: Deed, product: str) -> AfterSalesCase:
    """The shop's system sends ``product`` once this is committed, and the customer hears its receipt."""
    case = await _held(connection, deed)
    if case.wish.order_no is None:
        raise NotPossible(Why.NO_ORDER)
    key = _errand_key(case)

    def change(case: AfterSalesCase) -> AfterSalesCase:
        return cases.sends_again(case, key, deed.now)

    after = await _act(connection, deed, change, AfterSalesEvent.SEND_AGAIN, text=product, ref=key)
    details = {"product": product} if product else {}
    await _ask_mall(connection, after, key, ErrandKind.SEND_AGAIN, details, deed.real_ms)
    return after


async def end(
    connection: AsyncConnection, deed: Deed, state: AfterSalesState, text: str = ""
) -> AfterSalesCase:
    """``state``: how it ended; ``text``: what the customer is told with it."""
    step, kind, say = {
        AfterSalesState.DONE: (cases.done, AfterSalesEvent.DONE, wording.DONE),
        AfterSalesState.DECLINED: (cases.declined, AfterSalesEvent.DECLINED, wording.DECLINED),
        AfterSalesState.CALLED_OFF: (cases.called_off, AfterSalesEvent.CALLED_OFF, wording.CALLED_OFF),
    }[state]
    return await _act(connection, deed, lambda case: step(case, deed.now), kind, text=text, say=say)


async def remark(connection: AsyncConnection, deed: Deed, text: str) -> None:
    """For colleagues; the customer never sees it, and the case stays as it is."""
    key = await store.key_of(connection, deed.number)
    case = None if key is None else await store.held(connection, key)
    if case is None:
        raise NotPossible(Why.GONE)
    await store.note(connection, case, AfterSalesEvent.NOTE, deed.by, deed.now, text=text)


async def _act(
    connection: AsyncConnection,
    deed: Deed,
    change: _Change,
    kind: AfterSalesEvent,
    *,
    text: str = "",
    ref: str | None = None,
    say: str = "",
) -> AfterSalesCase:
    case = await _held(connection, deed)
    after = change(case)
    if after == case:
        return case
    await store.put(connection, after, deed.promises, deed.now)
    await store.note(connection, case, kind, deed.by, deed.now, text=text, ref=ref)
    await record_change(connection, case, after, deed.promises)
    if say:
        await _tell(connection, after, wording.told(say, after, text), deed.real_ms)
    return after


async def _held(connection: AsyncConnection, deed: Deed) -> AfterSalesCase:
    key: AfterSalesKey | None = await store.key_of(connection, deed.number)
    case = None if key is None else await store.held(connection, key)
    if case is None:
        raise NotPossible(Why.GONE)
    if case.version != deed.seen:
        raise NotPossible(Why.CHANGED, agent=case.agent)
    if case.agent not in (None, deed.by) and not deed.supervisor:
        raise NotPossible(Why.SOMEBODYS, agent=case.agent)
    return case


def _errand_key(case: AfterSalesCase) -> str:
    return f"{case.key}:do{case.version}"


async def _ask_mall(
    connection: AsyncConnection,
    case: AfterSalesCase,
    key: str,
    kind: ErrandKind,
    details: dict[str, str],
    real_ms: int,
) -> None:
    row = {
        "key": key,
        "conversation_id": case.conversation_id,
        "customer_ref": case.conversation_id,
        "kind": kind.value,
        "order_no": case.wish.order_no,
        "details": json.dumps(details, ensure_ascii=False),
        "due_ms": real_ms,
        "created_ms": real_ms,
    }
    await connection.execute(insert_or_ignore(connection, errands, "key"), row)


async def _tell(connection: AsyncConnection, case: AfterSalesCase, text: str, real_ms: int) -> None:
    """A notice, which keeps to the reply windows, once for each change of the case."""
    query = select(conversations.c.epoch).where(conversations.c.id == case.conversation_id)
    epoch: int | None = (await connection.execute(query)).scalar_one_or_none()
    draft = OutboxDraft(
        key=f"{case.key}:told{case.version}",
        conversation_id=case.conversation_id,
        epoch=epoch or 0,
        kind=ReplyKind.NOTICE,
        body=to_stored(TextReply(text=text)),
        created_ms=real_ms,
    )
    await say_once(connection, draft)
