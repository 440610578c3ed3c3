"""What an errand's end means for the case that it belongs to, in the transaction that writes the end down."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.after_sales import AfterSalesKind
from escalation.after_sales import store
from escalation.after_sales.case import (
    AfterSalesCase,
    AfterSalesState,
    awaits_goods,
    carried_out,
    needs_person,
    not_carried_out,
)
from escalation.after_sales.record import record_change
from escalation.after_sales.store import MALL, AfterSalesEvent, Promises
from escalation.after_sales.wording import NO_ANSWER

_GOODS_COME_BACK = frozenset({AfterSalesKind.RETURN, AfterSalesKind.EXCHANGE})


class Ended(Enum):
    """How an errand ended."""

    ACCEPTED = AfterSalesEvent.CARRIED_OUT
    DECLINED = AfterSalesEvent.REFUSED
    DEAD = AfterSalesEvent.FAILED


async def errand_ended(
    connection: AsyncConnection, errand: str, ended: Ended, told: str, promises: Promises, now: datetime
) -> AfterSalesCase | None:
    """``told``: the mall's words. The case as it is now, when a person is needed for it; else None."""
    key = await store.of_errand(connection, errand)
    case = None if key is None else await store.held(connection, key)
    if case is None:
        return None
    after = _after(case, errand, ended, told or NO_ANSWER, now)
    await store.note(connection, case, ended.value, MALL, now, text=told, ref=errand)
    if after == case:
        return None
    await store.put(connection, after, promises, now)
    await record_change(connection, case, after, promises)
    return after if after.trouble and after.trouble != case.trouble else None


def _after(case: AfterSalesCase, errand: str, ended: Ended, told: str, now: datetime) -> AfterSalesCase:
    """What people did meanwhile stands: only an errand of theirs, or one of a case nobody touched, changes it."""
    if case.errand == errand:
        if ended is Ended.ACCEPTED:
            return carried_out(case, now)
        return not_carried_out(case, told, now, unknown=ended is Ended.DEAD)
    if case.state is not AfterSalesState.OPENED:
        return case
    if ended is not Ended.ACCEPTED:
        return needs_person(case, told)
    return awaits_goods(case, now) if case.wish.kind in _GOODS_COME_BACK else case
