"""Mass messages from the intention to what arrived, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from channels.wecom.mass import MassCreated, MassKind, MassMessage
from channels.wecom.mass_progress import MassState, MemberTask, Receipt, full_this_month
from channels.wecom.mass_store import MassStore
from storage.database import Database

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MESSAGE = MassMessage(kind=MassKind.GROUP, receivers=("wr1", "wr2"), sender="li", text="上新啦")
YES, NO = MemberTask(userid="a", status=2, sent_at=7), MemberTask(userid="b", status=0)


@pytest.fixture
def store(database: Database) -> MassStore:
    return MassStore(database)


async def pending(store: MassStore, key: str = "k1", msgid: str = "msg1", at: datetime = NOW) -> None:
    await store.begin(key, MESSAGE, at)
    await store.created(key, MassCreated(msgid=msgid, left_out=("wr2",)))


async def test_a_task_is_begun_once(store: MassStore) -> None:
    assert await store.get("k1") is None
    begun = await asyncio.gather(*(store.begin("k1", MESSAGE, NOW) for _ in range(5)))
    assert sorted(begun) == [False] * 4 + [True]
    task = await store.get("k1")
    assert task is not None
    assert (task.state, task.msgid, task.sender, task.receivers, task.created_at) == (
        "creating",
        None,
        "li",
        ("wr1", "wr2"),
        NOW,
    )
    assert await store.unfinished(10) == ()


async def test_a_task_is_pending_then_partly_then_wholly_confirmed(store: MassStore) -> None:
    await pending(store)
    [task] = await store.unfinished(10)
    assert (task.state, task.msgid, task.left_out) == (MassState.PENDING, "msg1", ("wr2",))
    receipt = Receipt(receiver="wr1", userid="a", status=1, sent_at=7)
    assert await store.checked("k1", (YES, NO), (receipt,), NOW) is MassState.PARTLY
    [task] = await store.unfinished(10)
    assert (task.members, task.waiting_for) == ((YES, NO), ("b",))
    late = MemberTask(userid="b", status=2, sent_at=8)
    assert await store.checked("k1", (YES, late), (), NOW) is MassState.CONFIRMED
    assert await store.unfinished(10) == ()
    assert await store.receipts("msg1") == (receipt,)


async def test_a_cancelled_task_stays_cancelled_and_keeps_what_was_sent(store: MassStore) -> None:
    await pending(store)
    await store.checked("k1", (YES, NO), (), NOW)
    await store.cancelled("k1", NOW)
    assert await store.unfinished(10) == ()
    assert await store.checked("k1", (YES, NO), (), NOW) is MassState.CANCELLED
    task = await store.get("k1")
    assert task is not None
    assert task.members == (YES, NO)


async def test_a_confirmed_task_cannot_be_cancelled(store: MassStore) -> None:
    await pending(store)
    await store.checked("k1", (YES,), (), NOW)
    await store.cancelled("k1", NOW)
    task = await store.get("k1")
    assert task is not None
    assert task.state == MassState.CONFIRMED


@pytest.mark.parametrize(("sure", "state"), [(True, "refused"), (False, "unknown")])
async def test_what_was_not_made_is_never_looked_after(store: MassStore, sure: bool, state: str) -> None:
    await store.begin("k1", MESSAGE, NOW)
    await store.not_created("k1", "errcode 48002", sure=sure)
    task = await store.get("k1")
    assert task is not None
    assert (task.state, task.error) == (state, "errcode 48002")
    assert await store.unfinished(10) == ()


async def test_the_task_looked_at_longest_ago_is_next(store: MassStore) -> None:
    for number in (1, 2, 3):
        await pending(store, f"k{number}", f"msg{number}")
    await store.checked("k1", (NO,), (), NOW + timedelta(minutes=2))
    await store.checked("k2", (NO,), (), NOW + timedelta(minutes=1))
    await store.reminded("k3", NOW)
    assert [task.key for task in await store.unfinished(10)] == ["k3", "k2", "k1"]


async def test_a_receipt_is_kept_once_and_its_status_follows(store: MassStore) -> None:
    await pending(store)
    for status in (0, 1, 1):
        receipts = (Receipt(receiver="wr1", userid="a", status=status, sent_at=7 if status else 0),)
        await store.checked("k1", (YES,), receipts, NOW)
    assert await store.receipts("msg1") == (Receipt(receiver="wr1", userid="a", status=1, sent_at=7),)


async def test_what_a_receiver_had_this_month_is_counted(store: MassStore) -> None:
    first = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)  # 1 March in China
    for number in range(31):
        await pending(store, f"k{number}", f"msg{number}")
        at = int((first + timedelta(seconds=number)).timestamp())
        receipts = [
            Receipt(receiver="wr1", userid="a", status=1, sent_at=at),
            Receipt(receiver="wr2", userid="a", status=1 if number else 3, sent_at=at),
            Receipt(receiver="wr3", userid="a", status=1, sent_at=at - 86_400 * 10),
        ]
        await store.checked(f"k{number}", (YES,), receipts, NOW)
    receivers = ("wr1", "wr2", "wr3", "wr4")
    received = await store.received(receivers, NOW)
    assert {receiver: len(times) for receiver, times in received.items()} == {"wr1": 31, "wr2": 30}
    assert full_this_month(receivers, received, NOW) == ("wr1",)
    many = tuple(f"wm{n}" for n in range(1200)) + receivers
    assert len((await store.received(many, NOW))["wr1"]) == 31
