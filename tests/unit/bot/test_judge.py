"""What becomes of a send: the table of decision 0011."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.dispatch import Aftermath, Dispatch, Record
from bot.judging import judge
from bot.retry import MAX_SEND_ATTEMPTS
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
from conversations.address import Address, Channel
from conversations.inbound import Trigger
from conversations.ownership import Owner
from conversations.replies import CodedReply, EventCode, Reply, TextReply, TransferReply
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


TRANSFER = TransferReply(connecting="正在为您转接～", nobody="客服看到后会回复您")
CODE = EventCode(code="c1", expires_at=datetime(2026, 11, 24, tzinfo=UTC))


def about(reply: Reply, outcome: SendOutcome, *, attempts: int = 1) -> Record:
    return judge(replace(dispatch(attempts), reply=reply, repeatable=True), outcome, lambda: 0.0)


def after(record: Record) -> Aftermath:
    assert record.after is not None
    return record.after


def test_a_transfer_with_a_code_says_its_words_by_the_code() -> None:
    record = about(TRANSFER, Transferred(owner=Owner.QUEUE, code=CODE))
    assert (record.state, record.outcome, record.refund) == (OutboxState.SENT, "sent", False)
    said = CodedReply(code=CODE, reply=TextReply(text=TRANSFER.connecting))
    assert after(record) == Aftermath(owner=Owner.QUEUE, says=said)


def test_a_transfer_without_a_code_says_its_words_as_they_are() -> None:
    record = about(TRANSFER, Transferred(owner=Owner.AGENT, agent="lan"))
    assert after(record) == Aftermath(
        owner=Owner.AGENT, agent="lan", says=TextReply(text=TRANSFER.connecting)
    )


@pytest.mark.parametrize("code", [None, CODE])
def test_what_the_person_has_read_already_is_not_said_again(code: EventCode | None) -> None:
    record = about(TRANSFER, Transferred(owner=Owner.QUEUE, code=code, told=True))
    assert after(record) == Aftermath(owner=Owner.QUEUE)


def test_a_transfer_without_words_is_silent() -> None:
    record = about(TransferReply(), Transferred(owner=Owner.QUEUE, code=CODE))
    assert after(record).says is None


@pytest.mark.parametrize(
    "outcome", [NobodyReceiving(reason="none receives"), Refused(reason="60030 no servicers")]
)
def test_when_nobody_takes_it_the_bot_keeps_the_session_and_says_so(outcome: SendOutcome) -> None:
    record = about(TRANSFER, outcome)
    assert (record.state, record.outcome) == (OutboxState.SENT, "nobody_receiving")
    assert record.detail
    assert after(record) == Aftermath(says=TextReply(text=TRANSFER.nobody))


def test_without_a_promise_nothing_is_promised() -> None:
    assert after(about(TransferReply(), NobodyReceiving(reason="none"))) == Aftermath()


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (HeldByPeople(owner=Owner.QUEUE), "the session is with the pool"),
        (HeldByPeople(owner=Owner.AGENT, agent="lan"), "the session is with lan"),
    ],
)
def test_what_people_hold_is_withheld_costs_nothing_and_becomes_theirs(
    outcome: HeldByPeople, words: str
) -> None:
    record = judged(outcome)
    assert (record.state, record.outcome, record.detail) == (OutboxState.WITHHELD, "held_by_people", words)
    assert record.refund
    assert after(record) == Aftermath(owner=outcome.owner, agent=outcome.agent)


def test_a_repeatable_message_is_repeated_until_it_is_known() -> None:
    lost = OutcomeUnknown(reason="lost")
    records = [about(TextReply(text="好"), lost, attempts=n) for n in range(1, MAX_SEND_ATTEMPTS + 1)]
    assert [record.state for record in records[:-1]] == [OutboxState.PENDING] * (MAX_SEND_ATTEMPTS - 1)
    assert records[-1].state is OutboxState.DEAD
    assert [record.due_in_ms for record in records[:4]] == [1_000, 2_000, 4_000, 8_000]
    assert all(record.unknown and not record.refund for record in records)


def test_a_transfer_is_tried_again_like_everything_else() -> None:
    record = about(TRANSFER, NotSent(reason="the session has changed", retry_after=1.0))
    assert (record.state, record.due_in_ms, record.after) == (OutboxState.PENDING, 1_000, None)
    assert about(TRANSFER, WindowClosed(reason="ended")).state is OutboxState.DEFERRED


def test_what_a_code_was_for_does_not_come_back() -> None:
    farewell = CodedReply(code=CODE, reply=TextReply(text="再见"))
    record = about(farewell, WindowClosed(reason="the session has moved on"))
    assert (record.state, record.outcome) == (OutboxState.WITHHELD, "window_closed")
    assert record.detail == "the session has moved on"
