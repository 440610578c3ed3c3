"""Mass messages: what is asked of the platform, what members make of it, and the month's limit."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.outcomes import NotSent, OutcomeUnknown, Refused, Sent
from channels.wecom.attachments import ImageAttachment, attached
from channels.wecom.mass import MassCreated, MassKind, MassMessage, MassMessages
from channels.wecom.mass_progress import MassState, MemberTask, Receipt, full_this_month, state
from tests.unit.channels.wecom.qyapi import FakeQyApi, errcode, ok

PICTURE = ImageAttachment(media_id="m")
TO_GROUPS = MassMessage(
    kind=MassKind.GROUP, receivers=("wr1", "wr2"), sender="li", text="上新啦", attachments=(PICTURE,)
)
TO_CUSTOMERS = MassMessage(kind=MassKind.SINGLE, receivers=("wm1",), text="上新啦")
YES, NO = MemberTask(userid="a", status=2, sent_at=7), MemberTask(userid="b", status=0)


async def test_a_task_for_groups_names_its_owner() -> None:
    api = FakeQyApi(ok(msgid="msg1", fail_list=["wr2"]))
    assert await MassMessages(api).create(TO_GROUPS) == MassCreated(msgid="msg1", left_out=("wr2",))
    assert api.asked[0].body == {
        "chat_type": "group",
        "chat_id_list": ["wr1", "wr2"],
        "allow_select": False,
        "sender": "li",
        "text": {"content": "上新啦"},
        "attachments": [attached(PICTURE)],
    }


async def test_a_task_for_customers_names_them() -> None:
    api = FakeQyApi(ok(msgid="msg1", fail_list=[]))
    assert await MassMessages(api).create(TO_CUSTOMERS) == MassCreated(msgid="msg1", left_out=())
    assert api.asked[0].body == {
        "chat_type": "single",
        "external_userid": ["wm1"],
        "allow_select": False,
        "text": {"content": "上新啦"},
    }


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (MassMessage(kind=MassKind.SINGLE, receivers=("wm1",)), "a mass message without words"),
        (MassMessage(kind=MassKind.SINGLE, receivers=(), text="t"), "a mass message without receivers"),
        (MassMessage(kind=MassKind.GROUP, receivers=("wr1",), text="t"), "a message to groups needs"),
        (MassMessage(kind=MassKind.SINGLE, receivers=("wm1",), text="好" * 1334), "mass.text"),
        (
            MassMessage(kind=MassKind.SINGLE, receivers=("wm1",), attachments=(PICTURE,) * 10),
            "mass.attachments",
        ),
        (
            MassMessage(kind=MassKind.SINGLE, receivers=tuple(f"wm{n}" for n in range(10_001)), text="t"),
            "mass.customers",
        ),
        (
            MassMessage(
                kind=MassKind.GROUP,
                sender="li",
                receivers=tuple(f"wr{n}" for n in range(2001)),
                text="t",
            ),
            "mass.chats",
        ),
    ],
)
async def test_what_the_platform_would_refuse_is_not_asked_for(message: MassMessage, reason: str) -> None:
    api = FakeQyApi()
    refused = await MassMessages(api).create(message)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(reason)
    assert not api.asked


@pytest.mark.parametrize("answer", [errcode(-1), ok(), OutcomeUnknown(reason="no answer")])
async def test_a_task_that_may_have_been_made_is_unknown(answer: object) -> None:
    api = FakeQyApi(answer)  # type: ignore[arg-type]
    assert isinstance(await MassMessages(api).create(TO_CUSTOMERS), OutcomeUnknown)


async def test_reminding_too_often_waits_and_cancelling_twice_is_done() -> None:
    assert await MassMessages(FakeQyApi()).remind("msg1") == Sent()
    reminded = await MassMessages(FakeQyApi(errcode(41094))).remind("msg1")
    assert isinstance(reminded, NotSent)
    assert reminded.retry_after
    assert await MassMessages(FakeQyApi()).cancel("msg1") == Sent()
    assert await MassMessages(FakeQyApi(errcode(41093))).cancel("msg1") == Sent()
    assert isinstance(await MassMessages(FakeQyApi(errcode(40058))).cancel("msg1"), Refused)


async def test_members_and_receivers_are_read_page_by_page() -> None:
    api = FakeQyApi(
        ok(task_list=[{"userid": "a", "status": 2, "send_time": 7}], next_cursor="x"),
        ok(task_list=[{"userid": "b", "status": 0}]),
        ok(send_list=[{"chat_id": "wr1", "userid": "a", "status": 1, "send_time": 7}], next_cursor="y"),
        ok(send_list=[{"external_userid": "wm1", "userid": "a", "status": 3}]),
    )
    mass = MassMessages(api)
    assert await mass.tasks("msg1") == (YES, NO)
    assert await mass.results("msg1", "a") == (
        Receipt(receiver="wr1", userid="a", status=1, sent_at=7),
        Receipt(receiver="wm1", userid="a", status=3),
    )
    assert [one.body for one in api.asked][1] == {"msgid": "msg1", "limit": 500, "cursor": "x"}
    assert [one.body for one in api.asked][3] == {"msgid": "msg1", "userid": "a", "limit": 500, "cursor": "y"}


@pytest.mark.parametrize(
    ("tasks", "cancelled", "expected"),
    [
        ((), False, MassState.PENDING),
        ((NO,), False, MassState.PENDING),
        ((YES, NO), False, MassState.PARTLY),
        ((YES, YES), False, MassState.CONFIRMED),
        ((YES, NO), True, MassState.CANCELLED),
        ((NO,), True, MassState.CANCELLED),
        ((YES, YES), True, MassState.CONFIRMED),
        ((), True, MassState.CANCELLED),
    ],
)
def test_members_make_the_state(tasks: tuple[MemberTask, ...], cancelled: bool, expected: MassState) -> None:
    assert state(tasks, cancelled=cancelled) is expected


def test_a_receiver_is_full_after_as_many_messages_as_the_month_has_days() -> None:
    now = datetime(2026, 2, 20, 12, tzinfo=UTC)
    month = [datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(28)]
    last_month = [datetime(2026, 1, 31, 15, 59, tzinfo=UTC)] * 31
    received = {"full": month, "nearly": month[1:], "before": last_month}
    assert full_this_month(("full", "nearly", "before", "never"), received, now) == ("full",)
