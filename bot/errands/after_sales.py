"""What an errand's end does to its case of after-sales, in the transaction that writes the end down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errands.values import ClaimedErrand, ErrandState, Verdict
from escalation.after_sales.outcomes import Ended, errand_ended
from escalation.after_sales.store import Promises

_ENDS: Mapping[ErrandState, Ended] = {
    ErrandState.DONE: Ended.ACCEPTED,
    ErrandState.DECLINED: Ended.DECLINED,
    ErrandState.DEAD: Ended.DEAD,
}


async def tell_after_sales(
    connection: AsyncConnection, claimed: ClaimedErrand, verdict: Verdict, promises: Promises, now: datetime
) -> None:
    """Nothing for an errand that is tried again, or belongs to no case."""
    ended = _ENDS.get(verdict.state)
    if ended is not None:
        told = "" if verdict.receipt is None else verdict.receipt.text
        await errand_ended(connection, claimed.key, ended, told, promises, now)
