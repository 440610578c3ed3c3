"""Customers, tags and welcomes over HTTP: what people do reaches the bot, what the bot does makes no callback."""

from __future__ import annotations

from typing import cast

import pytest

from tests.functional.simulator.staff_bot import StaffBot
from tests.functional.simulator.staff_client import Json, StaffClient


async def act(corp: StaffClient, what: str, /, **data: object) -> Json:
    """One act of people; what it shows."""
    answer = await corp.sim("POST", "contacts/acts", {"act": what, **data})
    return cast("list[Json]", answer["results"])[0]


async def refused(corp: StaffClient, what: str, /, **data: object) -> str:
    """Why people cannot do something now."""
    return str((await corp.sim("POST", "contacts/acts", {"act": what, **data}, status=409))["error"])


async def test_a_new_contact_brings_a_welcome_code_for_one_message(corp: StaffClient, bot: StaffBot) -> None:
    made = await act(corp, "add", userid="zhangsan", name="小王", state="door")
    await corp.settle()
    (event,) = bot.events("change_external_contact")
    names = ("FromUserName", "ChangeType", "UserID", "ExternalUserID", "State", "WelcomeCode")
    assert [event.field(name) for name in names] == [
        "sys",
        "add_external_contact",
        "ZhangSan",
        made["external_userid"],
        "door",
        made["welcome_code"],
    ]
    welcome = {"welcome_code": made["welcome_code"], "text": {"content": "欢迎光临"}}
    assert await corp.code("externalcontact/send_welcome_msg", welcome) == 0
    assert await corp.code("externalcontact/send_welcome_msg", welcome) == 41096
    shown = await corp.sim("GET", f"contacts/customers/{made['external_userid']}")
    assert [item["welcome"]["text"] for item in cast("list[dict[str, Json]]", shown["inbox"])] == [
        {"content": "欢迎光临"}
    ]


async def test_a_welcome_that_is_late_or_too_late_for_talk(corp: StaffClient) -> None:
    late = await act(corp, "add", userid="lisi")
    await corp.sim("POST", "clock", {"advance_seconds": 21})
    words = {"text": {"content": "你好"}}
    path = "externalcontact/send_welcome_msg"
    assert await corp.code(path, {"welcome_code": late["welcome_code"], **words}) == 41050
    talking = await act(corp, "add", userid="lisi")
    await act(corp, "chat", userid="lisi", external_userid=talking["external_userid"])
    assert await corp.code(path, {"welcome_code": talking["welcome_code"], **words}) == 41051
    assert await corp.code(path, words) == 41049
    assert await corp.violations() == {"contacts-welcome-refused": 2}


async def test_reading_contacts_page_by_page(corp: StaffClient) -> None:
    assert (await corp.api("GET", "externalcontact/list", userid="lisi"))["errcode"] == 84061
    ids = [(await act(corp, "add", userid="lisi", name=f"客{n}"))["external_userid"] for n in range(3)]
    assert (await corp.api("GET", "externalcontact/list", userid="LiSi"))["external_userid"] == ids
    first = await corp.api("POST", "externalcontact/batch/get_by_user", {"userid_list": ["lisi"], "limit": 2})
    rest = await corp.api(
        "POST",
        "externalcontact/batch/get_by_user",
        {"userid_list": ["lisi"], "limit": 2, "cursor": first["next_cursor"]},
    )
    pages = [cast("list[dict[str, Json]]", page["external_contact_list"]) for page in (first, rest)]
    found = [item["external_contact"]["external_userid"] for page in pages for item in page]
    assert (found, rest["next_cursor"], [len(page) for page in pages]) == (ids, "", [2, 1])
    wrong = {"userid_list": ["lisi"], "cursor": "nonsense"}
    assert await corp.code("externalcontact/batch/get_by_user", wrong) == 50100
    assert (await corp.api("GET", "externalcontact/get", external_userid="wmNobody"))["errcode"] == 40096


async def test_a_remark_by_the_bot_makes_no_callback_and_one_by_the_member_does(
    corp: StaffClient, bot: StaffBot
) -> None:
    customer = (await act(corp, "add", userid="lisi"))["external_userid"]
    pair = {"userid": "lisi", "external_userid": customer}
    assert await corp.code("externalcontact/remark", {**pair, "remark": "老客户"}) == 0
    assert await corp.code("externalcontact/remark", {**pair, "userid": "wangwu", "remark": "?"}) == 84061
    shown = await corp.api("GET", "externalcontact/get", external_userid=str(customer))
    assert cast("list[Json]", shown["follow_user"])[0]["remark"] == "老客户"
    await corp.settle()
    assert len(bot.seen) == 1
    await act(corp, "edit", **pair, remark="常客")
    await corp.settle()
    assert [event.field("ChangeType") for event in bot.seen] == [
        "add_external_contact",
        "edit_external_contact",
    ]


async def test_the_customer_and_the_member_part(corp: StaffClient, bot: StaffBot) -> None:
    customer = (await act(corp, "add", userid="lisi"))["external_userid"]
    pair = {"userid": "lisi", "external_userid": customer}
    await act(corp, "unfollow", **pair)
    assert await corp.code("externalcontact/remark", {**pair, "remark": "还在"}) == 0
    await act(corp, "delete", **pair, transfer=True)
    assert await corp.code("externalcontact/remark", {**pair, "remark": "不在"}) == 84061
    await corp.settle()
    assert [(event.field("ChangeType"), event.field("Source")) for event in bot.seen[1:]] == [
        ("del_follow_user", ""),
        ("del_external_contact", "DELETE_BY_TRANSFER"),
    ]


async def test_tags_of_the_bot_and_of_the_console(corp: StaffClient, bot: StaffBot) -> None:
    made = await corp.api(
        "POST",
        "externalcontact/add_corp_tag",
        {"group_name": "喜好", "tag": [{"name": "甜"}, {"name": "咸"}]},
    )
    group = cast("Json", made["tag_group"])
    sweet, salty = (str(tag["id"]) for tag in cast("list[Json]", group["tag"]))
    again = {"group_name": "喜好", "tag": [{"name": "甜"}]}
    assert await corp.code("externalcontact/add_corp_tag", again) == 40071
    customer = (await act(corp, "add", userid="lisi"))["external_userid"]
    pair = {"userid": "lisi", "external_userid": customer}
    assert await corp.code("externalcontact/mark_tag", {**pair, "add_tag": [sweet, salty]}) == 0
    assert await corp.code("externalcontact/mark_tag", {**pair, "add_tag": ["et0"]}) == 40068
    stranger = {"userid": "wangwu", "external_userid": customer, "add_tag": [sweet]}
    assert await corp.code("externalcontact/mark_tag", stranger) == 84061
    assert await corp.code("externalcontact/del_corp_tag", {"tag_id": [sweet]}) == 0
    shown = await corp.api("GET", "externalcontact/get", external_userid=str(customer))
    tags = cast("list[dict[str, list[Json]]]", shown["follow_user"])[0]["tags"]
    assert [tag["tag_name"] for tag in tags] == ["咸"]
    assert await corp.code("externalcontact/edit_corp_tag", {"id": salty, "name": "辣"}) == 0
    await corp.settle()
    assert bot.events("change_external_tag") == []
    await act(corp, "tag-create", group_name="来源", tags=["门店", "直播"])
    await corp.settle()
    events = bot.events("change_external_tag")
    assert sorted(event.field("TagType") for event in events) == ["tag", "tag", "tag_group"]
    assert len({event.field("CreateTime") for event in events}) == 1
    listed = await corp.api("POST", "externalcontact/get_corp_tag_list", {})
    assert [entry["group_name"] for entry in cast("list[Json]", listed["tag_group"])] == ["喜好", "来源"]


async def test_a_member_who_tags_a_customer_is_heard_of_and_a_shop_that_does_is_not(
    corp: StaffClient, bot: StaffBot
) -> None:
    made = await act(corp, "tag-create", group_name="喜好", tags=["甜", "咸"])
    sweet, salty = cast("list[str]", made["tag_ids"])
    customer = (await act(corp, "add", userid="lisi"))["external_userid"]
    pair = {"userid": "lisi", "external_userid": customer}
    await act(corp, "tag", **pair, add_tag=[sweet, salty])
    assert await corp.code("externalcontact/mark_tag", {**pair, "remove_tag": [salty]}) == 0
    assert "84061" in await refused(corp, "tag", **{**pair, "userid": "wangwu"}, add_tag=[sweet])
    assert "40068" in await refused(corp, "tag", **pair, add_tag=["et0"])
    await corp.settle()
    shown = await corp.api("GET", "externalcontact/get", external_userid=str(customer))
    tags = cast("list[dict[str, list[Json]]]", shown["follow_user"])[0]["tags"]
    assert [(tag["group_name"], tag["tag_name"], tag["type"]) for tag in tags] == [("喜好", "甜", 1)]
    events = [event.field("ChangeType") for event in bot.events("change_external_contact")]
    assert events == ["add_external_contact", "edit_external_contact"]


async def test_two_different_events_of_sys_in_one_second(corp: StaffClient, bot: StaffBot) -> None:
    acts = [{"act": "add", "userid": "lisi"}, {"act": "add", "userid": "wangwu"}]
    await corp.sim("POST", "contacts/acts", {"acts": acts})
    await corp.settle()
    keys = {(event.field("FromUserName"), event.field("CreateTime")) for event in bot.seen}
    assert (len(bot.seen), len(keys)) == (2, 1)
    assert len({event.field("ExternalUserID") for event in bot.seen}) == 2


@pytest.mark.parametrize(
    "data",
    [{"act": "nonsense"}, {"acts": []}, {"act": "add"}, {"act": "group-join", "chat_id": ""}],
)
async def test_acts_that_make_no_sense(corp: StaffClient, data: dict[str, object]) -> None:
    assert "error" in await corp.sim("POST", "contacts/acts", data, status=400)
