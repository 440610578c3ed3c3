"""Cases of after-sales that a turn begins: found while it thinks, written with its commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.after_sales import AfterSalesWish
from conversations.inbound import MessageKey
from conversations.outcomes import Outcome
from escalation.after_sales.case import AfterSalesKey
from escalation.after_sales.opening import open_by_turn, wish_of_errand, wish_of_reason
from escalation.after_sales.store import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """``errand``: the key of the errand that asks the shop's system for it; ``at``: business time."""

    key: AfterSalesKey
    wish: AfterSalesWish
    at: datetime
    errand: str | None = None


def errand_key(message: MessageKey, number: int) -> str:
    """Of the ``number``-th errand of the turn that this message led to."""
    return f"{message}:errand:{number}"


def openings(message: MessageKey, outcome: Outcome, now: datetime) -> tuple[Opening, ...]:
    """The same for a message, however often its turn runs."""
    found = []
    for number, errand in enumerate(outcome.errands):
        wish = wish_of_errand(errand)
        if wish is not None:
            key = errand_key(message, number)
            found.append(Opening(key=AfterSalesKey(f"{key}:after"), wish=wish, at=now, errand=key))
    hand_over = outcome.hand_over
    if hand_over is not None:
        wish = hand_over.wish or wish_of_reason(hand_over.reason, hand_over.summary)
        if wish is not None:
            found.append(Opening(key=AfterSalesKey(f"{message}:after"), wish=wish, at=now))
    return tuple(found)


async def write_openings(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    found: Sequence[Opening],
    promises: Promises,
) -> None:
    for each in found:
        await open_by_turn(
            connection, each.key, conversation_id, each.wish, promises, each.at, errand=each.errand
        )
