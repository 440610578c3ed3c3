"""What becomes of one attempt to send: pure. The rules are ``docs/decisions/0011-unknown-outcomes.md``."""

from __future__ import annotations

from typing import assert_never

from bot.dispatch import Aftermath, Dispatch, Record
from bot.retry import MAX_LOST_CONNECTIONS, MAX_SEND_ATTEMPTS, Jitter, backoff_seconds
from channels.outcomes import (
    HeldByPeople,
    NobodyReceiving,
    NotSent,
    OutcomeUnknown,
    Refused,
    SendOutcome,
    Sent,
    Transferred,
    WindowClosed,
)
from conversations.replies import CodedReply, Reply, TextReply, TransferReply
from storage.outbox import OutboxState


def judge(dispatch: Dispatch, outcome: SendOutcome, jitter: Jitter) -> Record:
    """What is written down, and what happens next."""
    match outcome:
        case Sent(platform_id=platform_id):
            return Record(dispatch=dispatch, state=OutboxState.SENT, outcome="sent", platform_id=platform_id)
        case NotSent() | OutcomeUnknown():
            return _again(dispatch, outcome, jitter)
        case WindowClosed(reason=reason):
            # What spends a code belonged to a moment, which no next word brings back.
            over = isinstance(dispatch.reply, CodedReply)
            state = OutboxState.WITHHELD if over else OutboxState.DEFERRED
            return Record(dispatch=dispatch, state=state, outcome="window_closed", detail=reason)
        case Refused(reason=reason) if not isinstance(dispatch.reply, TransferReply):
            return Record(dispatch=dispatch, state=OutboxState.DEAD, outcome="refused", detail=reason)
        case Transferred() | NobodyReceiving() | HeldByPeople() | Refused():
            return _about_people(dispatch, outcome)
        case _:
            assert_never(outcome)


def _again(dispatch: Dispatch, outcome: NotSent | OutcomeUnknown, jitter: Jitter) -> Record:
    """Tried again, unless it was tried too often, or might reach the person twice more than once."""
    over = dispatch.attempts >= MAX_SEND_ATTEMPTS
    if isinstance(outcome, NotSent):
        delay = backoff_seconds(dispatch.attempts, jitter, retry_after=outcome.retry_after)
    elif dispatch.repeatable:
        delay = backoff_seconds(dispatch.attempts, jitter)
    else:
        over = dispatch.unknowns >= MAX_LOST_CONNECTIONS
        delay = backoff_seconds(1, jitter)
    unknown = isinstance(outcome, OutcomeUnknown)
    return Record(
        dispatch=dispatch,
        state=OutboxState.DEAD if over else OutboxState.PENDING,
        outcome="unknown" if unknown else "not_sent",
        detail=outcome.reason,
        due_in_ms=int(delay * 1000),
        unknown=unknown,
        refund=not unknown,
    )


def _about_people(
    dispatch: Dispatch, outcome: Transferred | NobodyReceiving | HeldByPeople | Refused
) -> Record:
    match outcome:
        case Transferred(owner=owner, agent=agent):
            after = Aftermath(owner=owner, agent=agent, says=_connecting(dispatch.reply, outcome))
            return Record(dispatch=dispatch, state=OutboxState.SENT, outcome="sent", after=after)
        case HeldByPeople(owner=owner, agent=agent):
            return Record(
                dispatch=dispatch,
                state=OutboxState.WITHHELD,
                outcome="held_by_people",
                detail=f"the session is with {agent or 'the pool'}",
                refund=True,
                after=Aftermath(owner=owner, agent=agent),
            )
        case NobodyReceiving(reason=reason) | Refused(reason=reason):
            # Refused: an account without people of its own. The bot keeps the session and says so.
            return Record(
                dispatch=dispatch,
                state=OutboxState.SENT,
                outcome="nobody_receiving",
                detail=reason,
                after=Aftermath(says=_promise(dispatch.reply)),
            )


def _promise(reply: Reply) -> Reply | None:
    return TextReply(text=reply.nobody) if isinstance(reply, TransferReply) and reply.nobody else None


def _connecting(reply: Reply, outcome: Transferred) -> Reply | None:
    """What is still to be said about a transfer, and how."""
    if not isinstance(reply, TransferReply) or not reply.connecting or outcome.told:
        return None
    text = TextReply(text=reply.connecting)
    return CodedReply(code=outcome.code, reply=text) if outcome.code is not None else text
