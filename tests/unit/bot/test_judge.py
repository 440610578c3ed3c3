"""What becomes of a send: the table of decision 0011."""

from __future__ import annotations

import pytest

from bot.dispatch import Dispatch, Record
from bot.judging import judge
from bot.retry import MAX_SEND_ATTEMPTS
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent, WindowClosed
from conversations.address import Address, Channel
from conversations.inbound import Trigger
from conversations.replies import TextReply
from storage.outbox import OutboxState

WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang")


def dispatch(attempts: int = 1, unknowns: int = 0) -> Dispatch:
    return Dispatch(
        address=WANG,
        outbox_ids=(7, 8),
        reply=TextReply(text="好"),
        trigger=Trigger.MESSAGE,
        token="one:1",
        attempts=attempts,
        unknowns=unknowns,
    )


def judged(outcome: SendOutcome, *, attempts: int = 1, unknowns: int = 0) -> Record:
    return judge(dispatch(attempts, unknowns), outcome, lambda: 0.0)


@pytest.mark.parametrize(
    ("outcome", "attempts", "unknowns", "state", "word"),
    [
        (Sent(platform_id="m1"), 1, 0, OutboxState.SENT, "sent"),
        (NotSent(reason="refused"), 1, 0, OutboxState.PENDING, "not_sent"),
        (NotSent(reason="refused"), MAX_SEND_ATTEMPTS - 1, 0, OutboxState.PENDING, "not_sent"),
        (NotSent(reason="refused"), MAX_SEND_ATTEMPTS, 0, OutboxState.DEAD, "not_sent"),
        (OutcomeUnknown(reason="lost"), 1, 0, OutboxState.PENDING, "unknown"),
        (OutcomeUnknown(reason="lost"), 2, 1, OutboxState.DEAD, "unknown"),
        (WindowClosed(reason="45015"), 1, 0, OutboxState.DEFERRED, "window_closed"),
        (Refused(reason="40003"), 1, 0, OutboxState.DEAD, "refused"),
    ],
)
def test_every_outcome_has_its_consequence(
    outcome: SendOutcome, attempts: int, unknowns: int, state: OutboxState, word: str
) -> None:
    record = judged(outcome, attempts=attempts, unknowns=unknowns)
    assert (record.state, record.outcome) == (state, word)
    assert record.dispatch.outbox_ids == (7, 8)


def test_only_what_certainly_was_not_sent_gives_its_slot_back() -> None:
    outcomes: list[SendOutcome] = [
        Sent(),
        OutcomeUnknown(reason="lost"),
        WindowClosed(reason="45015"),
        Refused(reason="40003"),
    ]
    assert judged(NotSent(reason="refused")).refund
    assert not any(judged(outcome).refund for outcome in outcomes)


def test_a_lost_connection_is_counted_and_tried_again_soon() -> None:
    record = judged(OutcomeUnknown(reason="lost"), attempts=5)
    assert record.unknown
    assert record.due_in_ms == 1_000


def test_later_attempts_wait_longer_unless_the_platform_says_when() -> None:
    assert [judged(NotSent(reason="no"), attempts=n).due_in_ms for n in (1, 2, 3)] == [1_000, 2_000, 4_000]
    assert judged(NotSent(reason="no", retry_after=90.0), attempts=3).due_in_ms == 90_000


def test_reasons_and_ids_are_kept() -> None:
    assert judged(Refused(reason="40003 invalid openid")).detail == "40003 invalid openid"
    assert judged(Sent(platform_id="m1")).platform_id == "m1"
