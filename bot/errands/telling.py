"""What is said of an errand's end, in the transaction that writes it down: to the customer, and to people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errands.values import ClaimedErrand, ErrandState
from bot.inbox import ensure_conversations
from conversations.address import Address
from conversations.outcomes import HandOverReason
from conversations.replies import ReplyKind, TextReply, to_stored
from escalation.cases import Case, CaseKey
from escalation.store import insert_case
from handlers.case_card import cards_for
from storage.outbox import OutboxDraft, say_once
from storage.schema import conversations
from storage.times import from_ms


async def tell_customer(
    connection: AsyncConnection, claimed: ClaimedErrand, state: ErrandState, text: str, now: int
) -> None:
    """A notice, once for the errand and what became of it; again after another chance from the dead list."""
    query = select(conversations.c.epoch).where(conversations.c.id == claimed.conversation_id)
    epoch: int | None = (await connection.execute(query)).scalar_one_or_none()
    draft = OutboxDraft(
        key=f"{claimed.key}:{state}{claimed.replays}",
        conversation_id=claimed.conversation_id,
        epoch=epoch or 0,
        kind=ReplyKind.NOTICE,
        body=to_stored(TextReply(text=text)),
        created_ms=now,
    )
    await say_once(connection, draft)


async def tell_people(
    connection: AsyncConnection, claimed: ClaimedErrand, summary: str, members: Sequence[Address], now: int
) -> None:
    """Opens a case, and shows it to each of ``members`` on a card."""
    case = Case(
        key=CaseKey(f"{claimed.key}:case{claimed.replays}"),
        conversation_id=claimed.conversation_id,
        reason=HandOverReason.NOT_DONE,
        summary=summary,
        opened_at=from_ms(now),
    )
    await insert_case(connection, case)
    for address, card in cards_for(case, members, case.opened_at):
        await ensure_conversations(connection, {address.conversation_id: address}, now)
        draft = OutboxDraft(
            key=f"{case.key}:card:{address.peer}",
            conversation_id=address.conversation_id,
            epoch=0,
            kind=ReplyKind.NOTICE,
            body=to_stored(card),
            created_ms=now,
        )
        await say_once(connection, draft)
