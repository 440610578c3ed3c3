"""What turns tell of questions, written with them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.turns import Finished, Plan
from conversations.ownership import Owner
from handlers.unsolved import FACT as UNSOLVED
from knowledge_base.mining.marking import Happened
from knowledge_base.mining.store import record
from storage.times import from_ms

CHOSEN = "faq.chosen"
"""The fact that names the entry which a customer picked."""


async def log_questions(connection: AsyncConnection, plans: Sequence[Plan], now: int) -> None:
    """Write what the turns of one commit asked, chose and handed over; a group holds one turn of a conversation."""
    turns = {str(plan.item.claimed.conversation_id): happened(plan.item, now) for plan in plans}
    await record(connection, turns)


def happened(item: Finished, now: int) -> Happened:
    """``now``: milliseconds."""
    before, after = item.claimed.conversation.ownership, item.ownership
    taken = after is not None and before.owner is Owner.BOT and after.owner is not Owner.BOT
    return Happened(
        key=item.claimed.key,
        at=from_ms(now),
        question=item.question,
        chosen=_entry_of(item, CHOSEN),
        unsolved=_entry_of(item, UNSOLVED),
        handed_over=item.case is not None or taken,
    )


def _entry_of(item: Finished, name: str) -> str | None:
    for fact in item.facts:
        if fact.name == name:
            return str(fact.details["entry"])
    return None
