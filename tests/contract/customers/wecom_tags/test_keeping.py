"""Tags by rules get to WeCom and stay there, colleagues' tags come from it, and nothing is lost on the way."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.store import NewLink
from customers.wecom_tags.deciding import WecomTag
from customers.wecom_tags.finding import AGAIN_MS, REST_MS
from customers.wecom_tags.port import Follower, Never, NotNow, Stale, TagList
from customers.wecom_tags.store import forget
from customers.wecom_tags.waiting import HOLD_MS, TAG_LIST
from storage.customers_schema import customers_waiting
from storage.customers_tags_schema import wecom_tag_looks, wecom_tags, wecom_tags_waiting
from storage.database import Database
from tests.contract.customers.wecom_tags.corp import OURS
from tests.contract.customers.wecom_tags.shop import START_MS, Shop, named

VIP, SHARES, SLEEPS = "高净值", "爱分享", "沉睡"
SWEET, ALLERGIC = WecomTag("喜好", "甜"), WecomTag("喜好", "花生过敏")


@pytest.fixture
async def shop(database: Database) -> Shop:
    shop = Shop(database)
    await shop.settle()  # the walk through all customers rests from now on
    return shop


def ours(name: str) -> WecomTag:
    return WecomTag(OURS, name)


async def waiting(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set((await connection.execute(select(wecom_tags_waiting.c.external_userid))).scalars())


async def test_tags_by_rules_come_and_go_at_every_member(shop: Shop) -> None:
    shop.corp.contact("wmA", "lisi", SWEET)
    shop.corp.contact("wmA", "wangwu")
    await shop.judge("wmA", tags=[VIP, SHARES])
    assert await shop.settle() == ["followers", "list", "create", "mark", "mark"]
    assert shop.corp.ours("wmA") == {"lisi": {VIP, SHARES}, "wangwu": {VIP, SHARES}}
    assert await shop.settle() == [], "what is done is done"
    await shop.tell("wmA")
    assert await shop.settle() == ["followers"], "nothing differs"
    await shop.judge("wmA", tags=[SLEEPS, SHARES])
    assert await shop.settle() == ["followers", "list", "create", "mark", "mark"]
    assert shop.corp.ours("wmA") == {"lisi": {SLEEPS, SHARES}, "wangwu": {SLEEPS, SHARES}}
    assert SWEET in shop.corp.standing["wmA", "lisi"], "other groups are people's"
    # Came and went between two rounds: WeCom has it right already.
    await shop.judge("wmA", tags=[SHARES])
    await shop.judge("wmA", tags=[SLEEPS, SHARES])
    assert await shop.settle() == []
    shop.corp.contact("wmA", "zhaoliu")
    await shop.tell("wmA")
    await shop.settle()
    assert shop.corp.ours("wmA")["zhaoliu"] == {SLEEPS, SHARES}, "a new contact's member sees them as well"


async def test_what_people_change_in_our_group_is_put_right_and_told(shop: Shop) -> None:
    shop.corp.contact("wmA", "lisi")
    await shop.judge("wmA", tags=[VIP, SHARES])
    await shop.settle()
    shop.corp.contact("wmA", "lisi", ours(SHARES), ours("好说话"))
    await shop.tell("wmA")
    with capture_logs() as logs:
        await shop.settle()
    assert shop.corp.ours("wmA") == {"lisi": {VIP, SHARES}}
    (line,) = [line for line in logs if line["event"] == "wecom_tags.put_right"]
    assert (line["member"], line["given_back"], line["taken_back"]) == ("lisi", [VIP], ["好说话"])
    await shop.judge("wmA", tags=[SHARES])
    with capture_logs() as logs:
        await shop.settle()
    assert shop.corp.ours("wmA") == {"lisi": {SHARES}}
    assert not logs, "a change of the rules is no person's"


async def test_tags_from_people_are_read_in_and_forgotten_with_the_customer(shop: Shop) -> None:
    shop.corp.contact("wmA", "lisi", SWEET, ALLERGIC)
    shop.corp.contact("wmA", "wangwu", SWEET)
    customer = await shop.judge("wmA", tags=[VIP])
    await shop.settle()
    assert await shop.from_people(customer) == {"喜好/甜": ("lisi", "wangwu"), "喜好/花生过敏": ("lisi",)}
    shop.later(60)
    shop.corp.contact("wmA", "lisi", ALLERGIC, ours(VIP))
    del shop.corp.standing["wmA", "wangwu"]
    await shop.tell("wmA")
    await shop.settle()
    assert await shop.from_people(customer) == {"喜好/花生过敏": ("lisi",)}
    async with shop.database.reading() as connection:
        rows = (await connection.execute(select(wecom_tags).order_by(wecom_tags.c.tag))).all()
    assert [(row.tag, row.from_people, row.since_ms) for row in rows] == [
        (ALLERGIC.name, 1, START_MS),
        (VIP, 0, START_MS),
    ], "what was seen before keeps its time"
    async with shop.database.writing() as connection:
        known = await shop.identities.find(connection, named("wmA"))
        assert known is not None
        await forget(connection, [known.identity_id])
        for table in (wecom_tags, wecom_tag_looks):
            assert (await connection.execute(select(table))).all() == []


async def test_somebody_unknown_is_made_a_customer_and_judged_before_our_group_is_touched(shop: Shop) -> None:
    shop.corp.contact("wmNew", "lisi", SWEET, ours(VIP))
    await shop.tell("wmNew", "wmNobody")
    assert await shop.settle() == ["followers", "followers"]
    assert await waiting(shop.database) == set()
    async with shop.database.reading() as connection:
        assert await shop.identities.find(connection, named("wmNobody")) is None
        known = await shop.identities.find(connection, named("wmNew"))
        assert known is not None
        judged_next = (await connection.execute(select(customers_waiting.c.customer_id))).scalars().all()
    assert judged_next == [known.customer_id]
    assert await shop.from_people(known.customer_id) == {"喜好/甜": ("lisi",)}
    assert shop.corp.ours("wmNew") == {"lisi": {VIP}}, "nobody has judged yet"
    await shop.judge("wmNew", tags=[])
    shop.later(REST_MS / 1000)
    await shop.settle()
    await shop.settle()
    assert shop.corp.ours("wmNew") == {"lisi": set()}, "the walk finds whoever was judged later"


async def test_a_tag_deleted_or_renamed_in_wecom(shop: Shop) -> None:
    for customer, tags in (("wmA", [VIP]), ("wmB", [VIP, SLEEPS]), ("wmC", [SHARES])):
        shop.corp.contact(customer, "lisi", SWEET)
        await shop.judge(customer, tags=tags)
    await shop.settle()
    await shop.judge("wmB", tags=[VIP])
    await shop.settle()
    shop.corp.delete(ours(VIP))
    shop.corp.delete(ours(SLEEPS))
    await shop.tell(TAG_LIST)
    with capture_logs() as logs:
        await shop.settle()
    assert [shop.corp.ours(customer)["lisi"] for customer in ("wmA", "wmB", "wmC")] == [
        {VIP},
        {VIP},
        {SHARES},
    ]
    assert ours(VIP) in shop.corp.tags
    assert ours(SLEEPS) not in shop.corp.tags, "no rule gives it"
    deleted = [line["tag"] for line in logs if line["event"] == "wecom_tags.deleted_by_a_person"]
    assert deleted == [VIP]
    # People rename a tag of theirs: WeCom tells of the tag, not of who has it.
    shop.corp.delete(SWEET)
    shop.corp.contact("wmA", "lisi", WecomTag("喜好", "嗜甜"), ours(VIP))
    await shop.tell(TAG_LIST)
    await shop.settle()
    async with shop.database.reading() as connection:
        known = await shop.identities.find(connection, named("wmA"))
    assert known is not None
    assert await shop.from_people(known.customer_id) == {"喜好/嗜甜": ("lisi",)}
    assert await waiting(shop.database) == set()


async def test_limits_are_waited_for_and_nothing_is_lost(shop: Shop) -> None:
    names = [f"wm{number}" for number in range(45)]
    for name in names:
        shop.corp.contact(name, "lisi")
        await shop.judge(name, tags=[VIP])
    full = NotNow(seconds=30, reason="limit used up")
    shop.corp.troubles = {"mark": [full] * 3}
    with capture_logs() as logs:
        await shop.settle()
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["wecom_tags.waits"]
    assert [shop.corp.ours(name)["lisi"] for name in names] == [set()] * 45
    assert await shop.settle() == [], "it waits"
    shop.later(30)
    asked = await shop.settle()
    assert [shop.corp.ours(name)["lisi"] for name in names] == [{VIP}] * 45
    assert asked.count("list") == 3, "once for the customers of a round, of whom there are twenty"
    assert await waiting(shop.database) == set()


async def test_one_customer_who_is_refused_does_not_stop_the_others(shop: Shop) -> None:
    for name in ("wmA", "wmB", "wmC"):
        shop.corp.contact(name, "lisi")
    shop.corp.contact("wmA", "wangwu")
    for name in ("wmA", "wmB", "wmC"):
        await shop.judge(name, tags=[VIP])
    shop.corp.troubles = {"mark": [Never(reason="no permission"), None, Stale()]}
    await shop.settle()
    standing = [shop.corp.ours(name) for name in ("wmA", "wmB", "wmC")]
    assert standing == [{"lisi": set(), "wangwu": {VIP}}, {"lisi": set()}, {"lisi": {VIP}}]
    shop.later(60)
    await shop.settle()
    assert shop.corp.ours("wmB") == {"lisi": {VIP}}, "tried again, with the list read anew"
    assert shop.corp.ours("wmA") == {"lisi": set(), "wangwu": {VIP}}
    shop.later(REST_MS / 1000)
    await shop.settle()
    await shop.settle()
    assert shop.corp.ours("wmA") == {"lisi": {VIP}, "wangwu": {VIP}}, "the walk comes by again"


async def test_refusals_here_and_there_are_not_the_platforms(shop: Shop) -> None:
    names = [f"wm{number}" for number in range(6)]
    for name in names:
        shop.corp.contact(name, "lisi")
        await shop.judge(name, tags=[VIP])
    one = NotNow(seconds=30, reason="not now")
    shop.corp.troubles = {"followers": [one, None, one, None, one, None]}
    with capture_logs() as logs:
        await shop.settle()
    assert [line for line in logs if line["log_level"] == "warning"] == []
    assert sum(shop.corp.ours(name)["lisi"] == {VIP} for name in names) == 3
    shop.later(30)
    await shop.settle()
    assert [shop.corp.ours(name)["lisi"] for name in names] == [{VIP}] * 6


async def test_tags_that_cannot_be_made_leave_the_others(shop: Shop) -> None:
    shop.corp.contact("wmA", "lisi")
    shop.corp.add(ours(SHARES))
    await shop.judge("wmA", tags=[VIP, SHARES])
    shop.corp.troubles = {"create": [Never(reason="too many tags")]}
    await shop.settle()
    assert shop.corp.ours("wmA") == {"lisi": {SHARES}}
    # Another process makes the same tag at the same time: theirs is taken.
    before = shop.corp.list

    async def listed_just_before() -> TagList | NotNow | Never:
        found = await before()
        shop.corp.list = before  # type: ignore[method-assign]
        shop.corp.add(ours(SLEEPS))
        return found

    shop.corp.list = listed_just_before  # type: ignore[method-assign]
    shop.corp.contact("wmB", "lisi")
    await shop.judge("wmB", tags=[SLEEPS])
    assert await shop.settle() == ["followers", "list", "create", "list", "mark"]
    assert shop.corp.ours("wmB") == {"lisi": {SLEEPS}}


async def test_killed_in_the_middle(shop: Shop) -> None:
    shop.corp.contact("wmA", "lisi")
    shop.corp.contact("wmA", "wangwu")
    shop.corp.contact("wmB", "lisi")
    await shop.judge("wmA", tags=[VIP])
    await shop.judge("wmB", tags=[VIP])
    for place in ("followers", "create", "mark"):
        shop.corp.troubles = {place: [asyncio.CancelledError()]}
        with pytest.raises(asyncio.CancelledError):
            await shop.settle()
        shop.keeper = shop.new_keeper()
        assert "followers" not in await shop.settle(), "the dead one holds them for a while"
        shop.later(HOLD_MS / 1000)
    await shop.settle()
    assert shop.corp.ours("wmA") == {"lisi": {VIP}, "wangwu": {VIP}}
    assert shop.corp.ours("wmB") == {"lisi": {VIP}}


@pytest.mark.parametrize("other_works", [True, False])
async def test_what_is_told_during_a_look_is_looked_at_again(shop: Shop, other_works: bool) -> None:
    """And what the first look found does not take the place of what the second one does."""
    shop.corp.contact("wmA", "lisi", SWEET)
    customer = await shop.judge("wmA", tags=[])
    await shop.tell("wmA")
    before = shop.corp.followers

    async def interrupted(external_userid: str) -> tuple[Follower, ...] | NotNow:
        found = await before(external_userid)
        shop.corp.followers = before  # type: ignore[method-assign]
        shop.corp.contact("wmA", "lisi", ALLERGIC)
        await shop.tell("wmA")
        if other_works:
            await shop.new_keeper().round()
        return found

    shop.corp.followers = interrupted  # type: ignore[method-assign]
    assert await shop.settle() == ["followers", "followers"]
    assert await shop.from_people(customer) == {"喜好/花生过敏": ("lisi",)}
    assert await waiting(shop.database) == set()


async def test_two_keepers_at_once_do_each_customer_once(shop: Shop) -> None:
    names = [f"wm{number}" for number in range(30)]
    shop.corp.add(ours(VIP))
    for name in names:
        shop.corp.contact(name, "lisi")
        await shop.judge(name, tags=[VIP])
    keepers = [shop.new_keeper(), shop.new_keeper()]
    while sum(await asyncio.gather(*(keeper.round() for keeper in keepers))):
        pass
    assert [shop.corp.ours(name)["lisi"] for name in names] == [{VIP}] * 30
    assert (shop.corp.asked.count("followers"), shop.corp.asked.count("mark")) == (30, 30)


async def test_the_walk_moves_tags_with_a_link_and_reads_contacts_again(shop: Shop) -> None:
    mall = Identifier(IdentifierKind.MALL_ID, "M1")
    rich = await shop.judge(mall, tags=[VIP])
    shop.corp.contact("wmA", "lisi")
    await shop.judge("wmA", tags=[])
    await shop.settle()
    assert shop.corp.ours("wmA") == {"lisi": set()}
    async with shop.database.writing() as connection:
        known = await shop.identities.resolve(connection, [mall, named("wmA")], shop.now_ms)
        one, other = (each.identity_id for each in known.values())
        link = NewLink(one=one, other=other, reason=LinkReason.SIGNED_EVENT, source="e1")
        assert rich in await shop.identities.link(connection, [link], shop.now_ms)
    shop.later(REST_MS / 1000 + 1)
    await shop.settle()
    await shop.settle()
    assert shop.corp.ours("wmA") == {"lisi": {VIP}}
    shop.corp.contact("wmA", "lisi", SWEET)  # and its event was lost
    shop.later(AGAIN_MS / 1000 - 60)
    await shop.settle()
    assert await shop.settle() == []
    shop.later(REST_MS / 1000)
    await shop.settle()
    await shop.settle()
    assert shop.corp.ours("wmA") == {"lisi": {VIP}}
    assert await shop.from_people(rich) == {"喜好/甜": ("lisi",)}


async def test_customers_without_contacts_are_asked_for_once(shop: Shop) -> None:
    await shop.judge("wmKefu", tags=[VIP])
    assert await shop.settle() == ["followers"]
    shop.later(AGAIN_MS / 1000 + REST_MS / 1000)
    await shop.settle()
    assert await shop.settle() == [], "whoever comes to be a contact is told of"
