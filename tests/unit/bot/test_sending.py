"""What is sent next in a conversation: the plan as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sending import MERGE_PATIENCE, MORE_TO_COME, Defer, Hold, Plan, Queued, Send, plan
from channels.limits import KEFU_LIMITS, MEMBER_LIMITS, OFFICIAL_LIMITS, Window
from conversations.inbound import Trigger
from conversations.ownership import Owner, Ownership
from conversations.replies import ImageReply, Reply, ReplyKind, TextReply, TransferReply

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
BOT = Ownership(epoch=2)
AGENT = Ownership(owner=Owner.AGENT, agent="lan", epoch=3)
MOST = OFFICIAL_LIMITS.max_text_bytes


def chat(
    number: int,
    text: str = "好",
    *,
    kind: ReplyKind = ReplyKind.CHAT,
    epoch: int = 2,
    in_flight: bool = False,
    send_key: str | None = None,
    reply: Reply | None = None,
    queued_at: datetime = NOW - timedelta(minutes=1),
) -> Queued:
    return Queued(
        outbox_id=number,
        kind=kind,
        reply=reply or TextReply(text=text),
        epoch=epoch,
        queued_at=queued_at,
        in_flight=in_flight,
        send_key=send_key,
    )


def window(used: int, trigger: Trigger = Trigger.MESSAGE, *, age: timedelta = timedelta(minutes=1)) -> Window:
    return Window(trigger=trigger, opened_at=NOW - age, used=used)


def planned(
    *queue: Queued,
    used: int = 0,
    ownership: Ownership = BOT,
    windows: list[Window] | None = None,
    more_coming: bool = False,
) -> Plan:
    return plan(
        queue,
        ownership=ownership,
        windows=[window(used)] if windows is None else windows,
        limits=OFFICIAL_LIMITS,
        now=NOW,
        more_coming=more_coming,
    )


def sent(decided: Plan) -> Send:
    assert isinstance(decided.step, Send)
    return decided.step


def text_of(decided: Plan) -> str:
    reply = sent(decided).reply
    assert isinstance(reply, TextReply)
    return reply.text


def test_nothing_queued_is_nothing_to_do() -> None:
    assert planned() == Plan(withheld=(), step=None)


def test_the_oldest_goes_first_and_alone_while_there_is_room() -> None:
    decided = planned(chat(1, "一"), chat(2, "二"))
    assert decided.step == Send(outbox_ids=(1,), reply=TextReply(text="一"), trigger=Trigger.MESSAGE)


def test_the_last_slot_carries_all_that_waits() -> None:
    decided = planned(chat(1, "一"), chat(2, "二"), chat(3, "三"), used=1)
    assert sent(decided).outbox_ids == (1, 2, 3)
    assert text_of(decided) == "一\n\n二\n\n三"


def test_what_does_not_fit_into_the_last_slot_is_announced() -> None:
    decided = planned(chat(1, "一" * 400), chat(2, "二" * 400), used=1)
    assert sent(decided).outbox_ids == (1,)
    assert text_of(decided) == "一" * 400 + MORE_TO_COME


def test_a_text_too_long_for_the_announcement_goes_without_it() -> None:
    full = "一" * (MOST // 3)
    decided = planned(chat(1, full), chat(2, "二"), used=1)
    assert sent(decided).outbox_ids == (1,)
    assert text_of(decided) == full


def test_a_picture_is_never_merged() -> None:
    picture = ImageReply(media_id="m")
    assert sent(planned(chat(1, reply=picture), chat(2), used=1)) == Send(
        outbox_ids=(1,), reply=picture, trigger=Trigger.MESSAGE
    )
    assert sent(planned(chat(1, "一"), chat(2, reply=picture), used=1)).outbox_ids == (1,)


def test_texts_of_another_kind_are_not_merged() -> None:
    queue = (chat(1, "一"), chat(2, "退款到账", kind=ReplyKind.NOTICE))
    assert sent(planned(*queue, used=1)).outbox_ids == (1,)


@pytest.mark.parametrize(("more_coming", "age_seconds"), [(True, 3), (False, 0)])
def test_the_last_slot_does_not_wait_for_nothing_or_for_ever(more_coming: bool, age_seconds: int) -> None:
    waiting = chat(1, queued_at=NOW - timedelta(seconds=age_seconds))
    assert sent(planned(waiting, used=1, more_coming=more_coming)).outbox_ids == (1,)


def test_the_last_slot_waits_a_little_for_answers_still_thought_of() -> None:
    decided = planned(chat(1, queued_at=NOW), used=1, more_coming=True)
    assert decided.step == Hold(until=NOW + MERGE_PATIENCE)


def test_no_slot_left_waits_for_the_person() -> None:
    assert planned(chat(1), used=2).step == Defer(reason="reserved")
    assert planned(chat(1), used=5).step == Defer(reason="used_up")
    assert planned(chat(1), windows=[]).step == Defer(reason="no_window")
    assert planned(chat(1), windows=[window(0, age=timedelta(hours=49))]).step == Defer(reason="no_window")


def test_a_window_of_the_future_is_waited_for() -> None:
    opens = NOW + timedelta(minutes=10)
    ahead = Window(trigger=Trigger.MESSAGE, opened_at=opens, used=0)
    assert planned(chat(1), windows=[ahead]).step == Hold(until=opens)


def test_a_notice_may_use_the_slot_kept_for_notices() -> None:
    notice = chat(1, kind=ReplyKind.NOTICE)
    assert sent(planned(notice, used=2)).outbox_ids == (1,)
    assert planned(notice, used=3).step == Defer(reason="reserved")


def test_the_window_that_closes_soonest_pays() -> None:
    decided = planned(chat(1), windows=[window(0), window(0, Trigger.FOLLOW, age=timedelta(seconds=5))])
    assert sent(decided).trigger is Trigger.FOLLOW


@pytest.mark.parametrize(
    ("kind", "epoch", "ownership", "withheld"),
    [
        (ReplyKind.CHAT, 2, BOT, False),
        (ReplyKind.CHAT, 1, BOT, True),
        (ReplyKind.CHAT, 2, AGENT, True),
        (ReplyKind.TRANSITION, 3, AGENT, False),
        (ReplyKind.TRANSITION, 2, AGENT, True),
        (ReplyKind.NOTICE, 2, AGENT, True),
        (ReplyKind.NOTICE, 1, BOT, False),
        (ReplyKind.PERSON, 1, AGENT, False),
        (ReplyKind.PERSON, 1, BOT, False),
    ],
)
def test_who_may_still_speak_after_a_change_of_owner(
    kind: ReplyKind, epoch: int, ownership: Ownership, withheld: bool
) -> None:
    decided = planned(chat(1, kind=kind, epoch=epoch), ownership=ownership)
    assert (decided.withheld == (1,)) is withheld
    assert (decided.step is None) is withheld


def test_what_is_withheld_does_not_hold_up_the_rest() -> None:
    decided = planned(chat(1, epoch=1), chat(2))
    assert decided.withheld == (1,)
    assert sent(decided).outbox_ids == (2,)


def test_a_send_cut_off_is_repeated_as_it_went() -> None:
    queue = (chat(1, "一", in_flight=True), chat(2, "二", in_flight=True), chat(3, "三"))
    for used in (0, 1):
        decided = planned(*queue, used=used)
        assert sent(decided).outbox_ids == (1, 2)
        assert text_of(decided) == "一\n\n二"


def test_a_picture_cut_off_is_repeated_alone() -> None:
    picture = ImageReply(media_id="m")
    decided = planned(chat(1, reply=picture, in_flight=True), chat(2))
    assert sent(decided) == Send(outbox_ids=(1,), reply=picture, trigger=Trigger.MESSAGE)


def idempotent(*queue: Queued, windows: list[Window] | None = None, **more: Any) -> Plan:
    """On a platform that knows a repeated message again."""
    return plan(
        queue,
        ownership=BOT,
        windows=[window(0)] if windows is None else windows,
        limits=more.pop("limits", KEFU_LIMITS),
        now=NOW,
        more_coming=more.pop("more_coming", False),
        repeats_are_known=True,
    )


TRANSFER = TransferReply(connecting="正在为您转接～")


@pytest.mark.parametrize("windows", [[], [window(5)], [window(0, age=timedelta(hours=49))]])
@pytest.mark.parametrize("in_flight", [False, True])
def test_a_transfer_needs_no_window_and_costs_none(windows: list[Window], in_flight: bool) -> None:
    asks = chat(1, reply=TRANSFER, kind=ReplyKind.TRANSITION, in_flight=in_flight)
    assert idempotent(asks, windows=windows).step == Send(outbox_ids=(1,), reply=TRANSFER, trigger=None)


def test_a_transfer_keeps_its_place_in_the_line() -> None:
    first = idempotent(chat(1, "答案"), chat(2, reply=TRANSFER))
    assert sent(first).outbox_ids == (1,)
    assert idempotent(chat(1, "答案"), chat(2, reply=TRANSFER), windows=[]).step == Defer(reason="no_window")


def test_a_transfer_of_an_earlier_epoch_is_not_carried_out() -> None:
    assert idempotent(chat(1, reply=TRANSFER, kind=ReplyKind.TRANSITION, epoch=1)) == Plan(
        withheld=(1,), step=None
    )


@pytest.mark.parametrize("windows", [[], [window(5)], [window(0, age=timedelta(hours=49))]])
def test_a_repetition_that_the_platform_knows_is_free(windows: list[Window]) -> None:
    again = chat(1, "一", in_flight=True, send_key="k1")
    assert idempotent(again, chat(2), windows=windows).step == Send(
        outbox_ids=(1,), reply=TextReply(text="一"), trigger=None
    )


def test_a_repetition_that_the_platform_does_not_know_is_paid_for() -> None:
    again = chat(1, "一", in_flight=True, send_key="k1")
    assert sent(planned(again)).trigger is Trigger.MESSAGE
    assert planned(again, windows=[]).step == Defer(reason="no_window")


def test_what_went_out_together_is_repeated_together_and_nothing_else_is() -> None:
    queue = (
        chat(1, "一", in_flight=True, send_key="k1"),
        chat(2, "二", in_flight=True, send_key="k1"),
        chat(3, "三", in_flight=True, send_key="k3"),
        chat(4, "四"),
    )
    decided = idempotent(*queue)
    assert sent(decided).outbox_ids == (1, 2)
    assert text_of(decided) == "一\n\n二"
    assert sent(idempotent(*queue[2:])).outbox_ids == (3,)


def test_the_bundle_stays_together_when_something_was_put_between() -> None:
    queue = (
        chat(1, "一", in_flight=True, send_key="k1"),
        chat(2, reply=ImageReply(media_id="m"), in_flight=True, send_key="k2"),
        chat(3, "三", in_flight=True, send_key="k1"),
    )
    assert sent(idempotent(*queue)).outbox_ids == (1, 3)


def test_what_was_withheld_meanwhile_is_not_repeated_with_its_bundle() -> None:
    queue = (
        chat(1, "一", in_flight=True, send_key="k1", epoch=1),
        chat(2, "二", in_flight=True, send_key="k1"),
    )
    decided = idempotent(*queue)
    assert decided.withheld == (1,)
    assert sent(decided).outbox_ids == (2,)


def test_members_of_the_corp_are_written_to_at_any_time_and_nothing_is_charged() -> None:
    for windows in ([], [window(9)]):
        decided = idempotent(
            chat(1, "一"), chat(2, "二"), windows=windows, limits=MEMBER_LIMITS, more_coming=True
        )
        assert decided.step == Send(outbox_ids=(1,), reply=TextReply(text="一"), trigger=None)


def test_kefu_has_five_and_keeps_some_for_notices_and_people() -> None:
    assert sent(idempotent(chat(1), windows=[window(1)])).trigger is Trigger.MESSAGE
    assert idempotent(chat(1), windows=[window(2)]).step == Defer(reason="reserved")
    notice = chat(1, kind=ReplyKind.NOTICE)
    assert sent(idempotent(notice, windows=[window(2)])).trigger is Trigger.MESSAGE
    assert idempotent(notice, windows=[window(3)]).step == Defer(reason="reserved")
    assert idempotent(notice, windows=[window(5)]).step == Defer(reason="used_up")
