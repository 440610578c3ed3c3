"""What customers decided about themselves, written with their turns: consents, ratings, and doing without a person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.turns import Plan
from customers import consent
from escalation import satisfaction, serving
from escalation.serving import Moment
from escalation.store import withdraw_cases
from storage.times import from_ms


async def write_decisions(connection: AsyncConnection, plans: Sequence[Plan], now: int) -> None:
    """``now``: milliseconds. A group holds one turn of a conversation, so its changes come in their order."""
    at = from_ms(now)
    for plan in plans:
        item, conversation_id = plan.item, plan.item.claimed.conversation_id
        if item.consents:
            await consent.record(connection, conversation_id, item.claimed.key, item.consents, at)
        if item.rating is not None:
            await satisfaction.record(connection, conversation_id, item.rating, at, now)
        if item.withdraws_case:
            await withdraw_cases(connection, conversation_id, at)
            await serving.call_off(connection, conversation_id, Moment(now=at, real_ms=now))
