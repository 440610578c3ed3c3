"""Customers in the console: found, shown, revealed, tagged; segments counted; conflicts decided."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from console.audit.log import Wanted
from console.permissions import Role
from conversations.address import ConversationId
from conversations.consents import ConsentChange, Purpose
from conversations.inbound import MessageKey
from customers.consent import record
from storage.customers_schema import customer_profiles, identity_links
from storage.customers_tags_schema import wecom_tags
from storage.database import Database
from storage.migrate import migrate
from storage.schema import conversations
from storage.settings import DatabaseSettings
from tests.functional.console.customers import (
    NOW,
    OWNER,
    SECOND_MALL,
    VIP_MALL,
    VIP_OPENID,
    VIP_PHONE,
    WINDOW_SHOPPER,
    Shop,
    minding,
)
from tests.functional.console.serving import Seen, Visitor


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    url = f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"
    database = Database(DatabaseSettings(url=url))
    await migrate(database)
    async with minding(database, url) as running:
        yield running
    await database.close()


def listed(seen: Seen) -> list[int]:
    """The customers of a list, in its order."""
    return [
        int(number)
        for number in re.findall(r'class="customer-link" href="/console/customers/(\d+)"', seen.raw)
    ]


async def search(visitor: Visitor, text: str) -> Seen:
    await visitor.get("/console/customers")
    return await visitor.post("/console/customers/search", {"q": text})


async def only_conflict(shop: Shop) -> int:
    """The id of the link that says that two accounts in the mall are one person."""
    async with shop.database.reading() as connection:
        query = select(identity_links.c.id).order_by(identity_links.c.id.desc()).limit(1)
        return int((await connection.execute(query)).scalar_one())


async def test_customers_are_listed_the_last_seen_first_and_by_what_they_are(shop: Shop) -> None:
    mei = await shop.console.enters("mei", Role.AGENT)
    everybody = await mei.get("/console/customers")
    vip, owner, looker, second = [
        await shop.id_of(each) for each in (VIP_MALL, OWNER, WINDOW_SHOPPER, SECOND_MALL)
    ]
    assert listed(everybody) == [looker, vip, second, owner]
    assert "138••••8000" in everybody.text
    assert "13800138000" not in everybody.raw
    found = {
        query: listed(await mei.get(f"/console/customers?{query}"))
        for query in ("segment=high_value", "segment=potential", "segment=spreader", "tag=沉睡", "tag=茶叶")
    }
    assert found == {
        "segment=high_value": [vip],
        "segment=potential": [looker],
        "segment=spreader": [owner],
        "tag=沉睡": [looker],
        "tag=茶叶": [],
    }
    assert "没有这样的顾客" in (await mei.get("/console/customers?cell=重要价值客户")).text


async def test_somebody_is_found_by_every_name_that_is_written_in_full(shop: Shop) -> None:
    mei = await shop.console.enters("mei", Role.AGENT)
    vip, owner, looker = [await shop.id_of(each) for each in (VIP_MALL, OWNER, WINDOW_SHOPPER)]
    texts = {
        "138 0013 8000": vip,
        "oVipOpenid0001": vip,
        VIP_OPENID.value: vip,
        "M1000001": vip,
        f"#{vip}": vip,
        OWNER.value: owner,
        WINDOW_SHOPPER.value: looker,
    }
    places = {text: (await search(mei, text)).location for text in texts}
    assert places == {text: f"/console/customers/{customer}" for text, customer in texts.items()}
    missed = await search(mei, "13900139000")
    assert (missed.status, "没找到这位顾客" in missed.text) == (200, True)


async def test_the_card_says_who_somebody_is_and_why(shop: Shop) -> None:
    async with shop.database.writing() as connection:
        chat = ConversationId(f"official:{VIP_OPENID.value}")
        account, peer = VIP_OPENID.value.split(":")
        row = {"id": chat, "channel": "official", "account": account, "peer": peer, "first_seen_ms": 1}
        await connection.execute(conversations.insert(), [row])
        change = ConsentChange(purpose=Purpose.MARKETING, granted=False)
        await record(connection, chat, MessageKey("m1"), [change], NOW)
    mei = await shop.console.enters("mei", Role.AGENT)
    shown = await mei.get(f"/console/customers/{await shop.id_of(VIP_MALL)}")
    for words in (
        "复购 4 次，客单价 ¥212（前 20%），主动分享 1 次",
        "¥1,060",
        "浙江",
        "朋友介绍 · 老友推荐",
        "龙井茶礼盒，¥212，茶叶，订单 HY••••00",
        "优惠和活动消息：不要再发",
        "还没说过话",
        "顾客确认过的手机号",
    ):
        assert words in shown.text, words
    for hidden in ("13800138000", "oVipOpenid0001", "M1000001", "HY2026000000"):
        assert hidden not in shown.raw, hidden
    # Agents see that something is unclear, and leave it to their leads.
    assert "请主管看一眼" in shown.text
    assert "其实不是同一个人" not in shown.text


async def test_the_card_says_what_somebody_is_worth_and_what_colleagues_marked(shop: Shop) -> None:
    looker = await shop.id_of(WINDOW_SHOPPER)
    fitted = {"rfm": "311", "ltv_fen": 11_400, "ltv_low_fen": 0, "ltv_high_fen": 9_000, "alive": 1.0}
    mark = {"identity_id": looker, "userid": "lisi", "tag_group": "喜好", "tag": "爱喝茶", "from_people": 1}
    async with shop.database.writing() as connection:
        mine = customer_profiles.c.customer_id == looker
        await connection.execute(update(customer_profiles).where(mine).values(**fitted))
        await connection.execute(wecom_tags.insert(), [{**mark, "since_ms": 1}])
    mei = await shop.console.enters("mei", Role.AGENT)
    shown = await mei.get(f"/console/customers/{looker}")
    for words in (
        "一般挽留客户",
        "最近 3 分，频率 1 分，金额 1 分",
        "约 ¥114",
        "九位花不到 ¥90；平均数是被少数买得多的人拉高的",
        "只在一天里买过，还看不出会不会再来",
        "低于一半的买家",
        "企业微信 · 喜好 · lisi 打的",
        "有东西，还没付款",
    ):
        assert words in shown.text, words
    assert listed(await mei.get("/console/customers?cell=一般挽留客户")) == [looker]


async def test_what_is_behind_a_mask_is_shown_as_an_act(shop: Shop) -> None:
    mei = await shop.console.enters("mei", Role.AGENT)
    vip = await shop.id_of(VIP_MALL)
    shown = await mei.get(f"/console/customers/{vip}")
    paths = re.findall(rf'hx-post="(/console/customers/{vip}/names/\d+)"', shown.raw)
    values = {(await mei.htmx(path)).text.partition(">")[2].partition("<")[0] for path in paths}
    assert values == {"13800138000", "oVipOpenid0001", "M1000001"}
    logged = await shop.console.ground.audit.read(Wanted(act="personal.revealed"), limit=9)
    assert {(entry.actor, entry.subject, json.loads(entry.details)["field"]) for entry in logged} == {
        ("mei", f"customer:{vip}", field) for field in ("phone", "openid", "mall_id")
    }
    other = await shop.id_of(OWNER)
    assert (await mei.htmx(f"/console/customers/{other}/names/{vip}")).status == 404


async def test_tags_are_given_and_taken_by_hand_with_who_and_why(shop: Shop) -> None:
    mei = await shop.console.enters("mei", Role.AGENT)
    path = f"/console/customers/{await shop.id_of(VIP_MALL)}"
    await mei.get(path)
    assert (await mei.post(f"{path}/tags", {"tag": " 老 朋友 ", "reason": "开店就来了"})).location == path
    shown = await mei.get(path)
    assert "mei 加的：开店就来了" in shown.text
    again = await mei.post(f"{path}/tags", {"tag": "老 朋友"}, HX_Request="true")
    assert "已经有“老 朋友”了" in again.text
    assert "高净值”由规则来给" in (await mei.post(f"{path}/tags", {"tag": "高净值"}, HX_Request="true")).text
    taken = await mei.post(f"{path}/tags/take", {"tag": "老 朋友"}, HX_Request="true")
    assert 'name="tag" value="老 朋友"' not in taken.raw
    assert "去掉“老 朋友”" in taken.text
    assert (
        "这个标签已经不在了"
        in (await mei.post(f"{path}/tags/take", {"tag": "老 朋友"}, HX_Request="true")).text
    )
    logged = await shop.console.ground.audit.read(Wanted(act="customer."), limit=9)
    assert [(entry.act, json.loads(entry.details)) for entry in logged] == [
        ("customer.untagged", {"tag": "老 朋友"}),
        ("customer.tagged", {"tag": "老 朋友"}),
    ]


async def test_segments_are_shown_beside_the_shops_aims(shop: Shop) -> None:
    wu = await shop.console.enters("wu", Role.SUPERVISOR)
    shown = (await wu.get("/console/customers/segments")).text
    for words in (
        "4 位顾客",
        "25.0%",
        "目标 8%",
        "目标 ¥5,200",
        "目标 3.2",
        "近 30 天共 ¥212",
        "现在是 ¥212 起",
        "超过 180 秒",
    ):
        assert words in shown, words


async def test_a_lead_joins_what_the_rules_did_not_and_takes_it_back(shop: Shop) -> None:
    wu = await shop.console.enters("wu", Role.SUPERVISOR)
    link = f"/console/customers/links/{await only_conflict(shop)}"
    vip, second = await shop.id_of(VIP_MALL), await shop.id_of(SECOND_MALL)
    waiting = await wu.get("/console/customers/conflicts")
    assert "可是两边各有一个商城会员" in waiting.text
    assert {f"顾客 {vip}", f"顾客 {second}"} <= set(re.findall(r"顾客 \d+", waiting.text))
    await wu.post(f"{link}/insist", {"reason": " "})
    assert "写一句为什么" in (await wu.get("/console/customers/conflicts")).text
    await wu.post(f"{link}/insist", {"reason": "本人来店里说的，手机 13800138000"})
    await shop.judge()
    assert await shop.id_of(SECOND_MALL) == vip
    assert "没有要您定的" in (await wu.get("/console/customers/conflicts")).text
    assert (await wu.get(f"/console/customers/{second}")).location == f"/console/customers/{vip}"
    insisted = await wu.get("/console/customers/conflicts?shown=insisted")
    assert "wu 决定合在一起" in insisted.text
    await wu.post(f"{link}/undo", {"reason": "是她妹妹"})
    await shop.judge()
    assert await shop.id_of(SECOND_MALL) == second
    late = await wu.post(f"{link}/insist", {"reason": "再试"})
    assert "已经有人处理过了" in (await wu.get(late.location)).text
    logged = await shop.console.ground.audit.read(Wanted(act="customer."), limit=9)
    assert [(entry.act, entry.actor, json.loads(entry.details)) for entry in logged] == [
        ("customer.parted", "wu", {"reason": "是她妹妹"}),
        ("customer.joined", "wu", {"reason": "本人来店里说的，手机 138••••8000"}),
    ]


async def test_two_are_kept_apart_and_tags_by_hand_stay_with_them(shop: Shop) -> None:
    wu = await shop.console.enters("wu", Role.SUPERVISOR)
    link = f"/console/customers/links/{await only_conflict(shop)}"
    second = await shop.id_of(SECOND_MALL)
    await wu.get("/console/customers/conflicts")
    await wu.post(f"/console/customers/{second}/tags", {"tag": "妹妹"})
    await wu.post(f"{link}/undo", {"reason": "是两个人"})
    await shop.judge()
    assert "没有要您定的" in (await wu.get("/console/customers/conflicts")).text
    assert "已分开" in (await wu.get(f"/console/customers/{second}")).text
    assert "妹妹" in (await wu.get(f"/console/customers/{second}")).text


async def test_a_wrong_join_is_parted_from_the_card(shop: Shop) -> None:
    wu = await shop.console.enters("wu", Role.SUPERVISOR)
    vip = await shop.id_of(VIP_MALL)
    shown = await wu.get(f"/console/customers/{vip}")
    link = re.findall(r'action="(/console/customers/links/\d+/undo)"', shown.raw)[-1]
    parted = await wu.post(link, {"reason": "借了手机", "back": str(vip)})
    assert parted.location == f"/console/customers/{vip}"
    assert (await shop.id_of(VIP_OPENID)) != (await shop.id_of(VIP_MALL))


async def test_nobody_of_that_number_is_told_kindly(shop: Shop) -> None:
    mei = await shop.console.enters("mei", Role.AGENT)
    missed = await mei.get("/console/customers/999999")
    assert (missed.status, "这个编号没有顾客" in missed.text) == (404, True)
    assert (await mei.post("/console/customers/999999/tags", {"tag": "谁"})).status == 404


async def test_who_may_not_is_refused(shop: Shop) -> None:
    link = f"/console/customers/links/{await only_conflict(shop)}/insist"
    vip = await shop.id_of(VIP_PHONE)
    mei = await shop.console.enters("mei", Role.AGENT)
    lan = await shop.console.enters("lan", Role.EDITOR)
    await mei.get("/console/customers")
    await lan.get("/console/account")
    refused = {
        "agent": [
            (await mei.get("/console/customers/conflicts")).status,
            (await mei.get("/console/customers/segments")).status,
            (await mei.post(link, {"reason": "试试"})).status,
        ],
        "editor": [
            (await lan.get("/console/customers")).status,
            (await lan.get(f"/console/customers/{vip}")).status,
            (await lan.post(f"/console/customers/{vip}/tags", {"tag": "谁"})).status,
        ],
    }
    assert refused == {"agent": [403] * 3, "editor": [403] * 3}
    forged = await mei.post(f"/console/customers/{vip}/tags", {"tag": "谁", "csrf": "0" * 64})
    assert forged.status == 403
