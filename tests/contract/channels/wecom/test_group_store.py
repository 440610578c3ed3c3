"""The mirror of customer groups, on both databases."""

import asyncio
from dataclasses import replace

import pytest

from channels.wecom.group_store import GroupStore
from channels.wecom.roster import GroupChange, GroupMember, MemberKind, Roster
from storage.database import Database

LI = GroupMember(id="li", kind=MemberKind.STAFF, name="小李", joined_at=9, join_scene=1)
WANG = GroupMember(id="wm1", kind=MemberKind.CUSTOMER, name="王 😊", invited_by="li", union_id="u1")
GROUP = Roster(
    chat_id="wr1",
    name="福利群",
    owner="li",
    notice="不要刷屏",
    created_at=9,
    version="v0",
    members=(LI, WANG),
    admins=("li",),
)


def joined(number: int) -> GroupChange:
    return GroupChange(
        chat_id="wr1",
        kind="update",
        detail="add_member",
        members=(f"wm{number + 10}",),
        count=1,
        before=f"v{number}",
        after=f"v{number + 1}",
    )


@pytest.fixture
def store(database: Database) -> GroupStore:
    return GroupStore(database)


async def test_a_group_is_kept_as_it_was_read(store: GroupStore) -> None:
    assert await store.get("wr1") is None
    await store.note("wr1")
    assert await store.to_read(10) == (("wr1", 0),)
    assert await store.save(GROUP, 0)
    assert await store.get("wr1") == GROUP
    assert await store.to_read(10) == ()
    await store.note("wr1")
    assert await store.get("wr1") == GROUP


async def test_events_in_order_need_no_reading(store: GroupStore) -> None:
    await store.save(GROUP, 0)
    assert [await store.apply(joined(number)) for number in (0, 1, 1, 2)] == [False] * 4
    group = await store.get("wr1")
    assert group is not None
    assert (group.version, [one.id for one in group.members]) == ("v3", ["li", "wm1", "wm10", "wm11", "wm12"])
    assert await store.to_read(10) == ()


async def test_a_missing_event_asks_for_a_reading_until_one_was_made(store: GroupStore) -> None:
    await store.save(GROUP, 0)
    assert await store.apply(joined(1))
    assert await store.to_read(10) == (("wr1", 1),)
    assert not await store.apply(joined(0))  # late, and in order after all
    [(chat_id, changes)] = await store.to_read(10)
    assert await store.save(replace(GROUP, chat_id=chat_id, version="v2"), changes)
    assert await store.to_read(10) == ()


async def test_a_group_that_only_an_event_told_of_is_read(store: GroupStore) -> None:
    assert await store.apply(GroupChange(chat_id="wr1", kind="create"))
    assert await store.to_read(10) == (("wr1", 1),)


async def test_a_reading_that_an_event_overtook_does_not_count(store: GroupStore) -> None:
    await store.note("wr1")
    [(_, changes)] = await store.to_read(10)
    await store.apply(GroupChange(chat_id="wr1", kind="dismiss"))
    assert not await store.save(GROUP, changes)
    group = await store.get("wr1")
    assert group is not None
    assert group.dismissed


async def test_dismissed_and_lost_groups_are_read_no_more_and_belong_to_nobody(store: GroupStore) -> None:
    for chat_id in ("wr1", "wr2", "wr3"):
        await store.save(replace(GROUP, chat_id=chat_id, name=chat_id), 0)
    assert [one.chat_id for one in await store.of_owner("li")] == ["wr1", "wr2", "wr3"]
    await store.apply(GroupChange(chat_id="wr1", kind="dismiss"))
    await store.apply(replace(joined(5), chat_id="wr2"))
    await store.gone("wr2")
    assert [one.chat_id for one in await store.of_owner("li")] == ["wr3"]
    assert await store.to_read(10) == ()


async def test_events_at_once_lose_nothing(store: GroupStore) -> None:
    await store.save(GROUP, 0)
    reread = await asyncio.gather(*(store.apply(joined(number)) for number in range(8)))
    group = await store.get("wr1")
    assert group is not None
    assert any(reread) or group.version == "v8"
    assert len(group.members) == 2 + int(group.version[1:])
    changes = (await store.to_read(10)) or (("wr1", 8),)
    assert changes == (("wr1", 8),)
