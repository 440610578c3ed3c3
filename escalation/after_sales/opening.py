"""How cases begin: by a turn's errand or hand-over, and by agents. In the caller's transaction, once for a key."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from conversations.errands import Errand, ErrandKind
from conversations.outcomes import HandOverReason
from escalation.after_sales import store
from escalation.after_sales.case import AfterSalesCase, AfterSalesKey, opened, taken
from escalation.after_sales.record import record_change
from escalation.after_sales.store import BOT, CUSTOMER, AfterSalesEvent, Promises

_BY_ERRAND: Mapping[ErrandKind, AfterSalesKind] = {
    ErrandKind.RETURN: AfterSalesKind.RETURN,
    ErrandKind.EXCHANGE: AfterSalesKind.EXCHANGE,
}
_BY_REASON: Mapping[HandOverReason, AfterSalesKind] = {
    HandOverReason.AFTER_SALES: AfterSalesKind.TROUBLE,
    HandOverReason.COMPLAINT: AfterSalesKind.COMPLAINT,
}


def wish_of_errand(errand: Errand) -> AfterSalesWish | None:
    """None: what the shop's system is asked for is no after-sales."""
    kind = _BY_ERRAND.get(errand.kind)
    if kind is None:
        return None
    told = errand.details
    wants = "，换成".join(filter(None, (told.get("product"), told.get("new_spec"))))
    return AfterSalesWish(kind=kind, order_no=errand.order_no, wants=wants, why=told.get("reason", ""))


def wish_of_reason(reason: HandOverReason, summary: str) -> AfterSalesWish | None:
    """Where the turn knew no more than why a person is needed."""
    kind = _BY_REASON.get(reason)
    return None if kind is None else AfterSalesWish(kind=kind, why=summary)


async def open_by_turn(
    connection: AsyncConnection,
    key: AfterSalesKey,
    conversation_id: ConversationId,
    wish: AfterSalesWish,
    promises: Promises,
    now: datetime,
    *,
    errand: str | None = None,
) -> bool:
    """False: the turn ran before, or the customer repeats what is being dealt with. ``errand``: its key."""
    if await store.held(connection, key) is not None:
        return False
    about = await store.open_about(connection, conversation_id, wish)
    known = None if about is None else await store.held(connection, about)
    if known is not None:
        if errand is None or await store.of_errand(connection, errand) is None:
            await store.note(
                connection, known, AfterSalesEvent.ASKED_AGAIN, CUSTOMER, now, text=wish.why, ref=errand
            )
        return False
    case = opened(key, conversation_id, wish, now)
    if not await store.add(connection, case, promises, now):
        return False
    await store.note(connection, case, AfterSalesEvent.OPENED, BOT, now, ref=errand)
    return True


async def open_by_agent(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    wish: AfterSalesWish,
    *,
    by: str,
    promises: Promises,
    at: datetime,
    key: AfterSalesKey | None = None,
) -> AfterSalesCase:
    """The agent has it at once, which is the first action. ``key``: of a form that may be sent twice."""
    case = opened(key or AfterSalesKey(f"desk:{secrets.token_hex(12)}"), conversation_id, wish, at)
    held = taken(case, by, at)
    if await store.add(connection, held, promises, at):
        await store.note(connection, held, AfterSalesEvent.OPENED, by, at)
        await record_change(connection, case, held, promises)
        return held
    return await store.held(connection, case.key) or held
