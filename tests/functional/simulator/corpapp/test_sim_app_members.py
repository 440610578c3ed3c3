"""What members do: messages, events and card clicks reach the bot, and its replies reach them."""

from __future__ import annotations

import pytest

from simulator.markup import cdata
from tests.functional.simulator.corpapp.test_sim_app_sending import CARD
from tests.functional.simulator.staff_bot import AGENT_ID, CORP_ID, StaffBot, reply
from tests.functional.simulator.staff_client import StaffClient
from tests.patience import PATIENCE

VOTE = {
    "card_type": "vote_interaction",
    "task_id": "vote@1",
    "main_title": {"title": "几点换班"},
    "checkbox": {
        "question_key": "q1",
        "mode": 1,
        "option_list": [{"id": "a", "text": "六点"}, {"id": "b", "text": "七点"}],
    },
    "submit_button": {"text": "提交", "key": "send"},
}


async def test_a_text_is_answered_at_once(corp: StaffClient, bot: StaffBot) -> None:
    bot.answer = lambda callback: reply(callback, "text", f"<Content>{cdata('收到')}</Content>")
    answer = await corp.sim(
        "POST", f"corpapp/members/zhangsan/say?wait=answer&timeout={PATIENCE}", {"text": "在吗 ]]>"}
    )
    assert answer["heard"]["content"] == {"text": "收到"}  # type: ignore[index]
    (callback,) = bot.seen
    fields = ("ToUserName", "FromUserName", "MsgType", "Content", "MsgId", "AgentID")
    expected = [CORP_ID, "ZhangSan", "text", "在吗 ]]>", answer["msgid"], str(AGENT_ID)]
    assert [callback.field(name) for name in fields] == expected
    assert await corp.violations() == {}


@pytest.mark.parametrize(
    ("act", "data", "names"),
    [
        ("image", {}, ["PicUrl", "MediaId"]),
        ("voice", {}, ["MediaId", "Format"]),
        ("video", {}, ["MediaId", "ThumbMediaId"]),
        ("location", {}, ["Location_X", "Location_Y", "Scale", "Label", "AppType"]),
        ("link", {"title": "t", "url": "https://x.cn"}, ["Title", "Description", "Url", "PicUrl"]),
        ("enter", {}, ["Event", "EventKey"]),
        ("click", {"key": "todo"}, ["Event", "EventKey"]),
        ("scancode-waitmsg", {"key": "k", "result": "r"}, ["Event", "EventKey", "ScanCodeInfo"]),
        ("pic-weixin", {"key": "k", "count": 2}, ["Event", "EventKey", "SendPicsInfo"]),
        ("location-select", {"key": "k"}, ["Event", "EventKey", "SendLocationInfo", "AppType"]),
    ],
)
async def test_each_act_has_its_fields(
    corp: StaffClient, bot: StaffBot, act: str, data: dict[str, object], names: list[str]
) -> None:
    await corp.sim("POST", f"corpapp/members/lisi/{act}", data)
    await corp.settle()
    (callback,) = bot.seen
    head = ["ToUserName", "FromUserName", "CreateTime", "MsgType"]
    tail = ["AgentID"] if "Event" in names else ["MsgId", "AgentID"]
    assert callback.root.names() == head + names + tail


async def test_a_picture_can_be_fetched_by_both_its_addresses(corp: StaffClient, bot: StaffBot) -> None:
    await corp.sim("POST", "corpapp/members/lisi/image")
    await corp.settle()
    query = {"access_token": corp.token, "media_id": bot.seen[0].field("MediaId")}
    async with corp.session.get(f"{corp.corp_url}/cgi-bin/media/get", params=query) as response:
        content = await response.read()
    async with corp.session.get(bot.seen[0].field("PicUrl")) as response:
        assert await response.read() == content
    assert content.startswith(b"\x89PNG")


async def test_who_unsubscribed_is_out_of_reach(corp: StaffClient, bot: StaffBot) -> None:
    await corp.sim("POST", "corpapp/members/lisi/unsubscribe")
    await corp.sim("POST", "corpapp/members/lisi/say", {"text": "在吗"}, status=409)
    assert (await corp.send("text", {"content": "在吗"}, "lisi"))["errcode"] == 81013
    await corp.sim("POST", "corpapp/members/lisi/subscribe")
    assert (await corp.send("text", {"content": "在吗"}, "lisi"))["errcode"] == 0
    await corp.settle()
    assert [callback.field("Event") for callback in bot.seen] == ["unsubscribe", "subscribe"]


async def test_a_click_is_answered_by_grey_words(corp: StaffClient, bot: StaffBot) -> None:
    await corp.send("template_card", CARD)
    bot.answer = lambda callback: reply(
        callback, "update_button", "<Button><ReplaceName>已接入</ReplaceName></Button>"
    )
    click = {"task_id": "handoff-42", "key": "take"}
    done = await corp.sim(
        "POST", f"corpapp/members/zhangsan/card-click?wait=answer&timeout={PATIENCE}", click
    )
    assert done["heard"]["content"] == {"replace_name": "已接入"}  # type: ignore[index]
    (line,) = await corp.phone("ZhangSan")
    assert line["card"]["replaced"] == "已接入"  # type: ignore[index]
    (callback,) = bot.events("template_card_event")
    assert [callback.field(name) for name in ("EventKey", "TaskId", "CardType")] == [
        "take",
        "handoff-42",
        "button_interaction",
    ]
    await corp.sim("POST", "corpapp/members/zhangsan/card-click", click, status=409)
    assert await corp.violations() == {}


async def test_a_click_is_answered_by_another_card(corp: StaffClient, bot: StaffBot) -> None:
    await corp.send("template_card", CARD)
    card = (
        "<TemplateCard><CardType>text_notice</CardType><MainTitle><Title>已处理</Title></MainTitle>"
        "<HorizontalContentList><KeyName>谁</KeyName><Value>张三</Value></HorizontalContentList>"
        "<CardAction><Type>1</Type><Url>https://x.cn</Url></CardAction></TemplateCard>"
    )
    bot.answer = lambda callback: reply(callback, "update_template_card", card)
    await corp.sim("POST", "corpapp/members/zhangsan/card-click", {"task_id": "handoff-42", "key": "skip"})
    (line,) = await corp.phone("ZhangSan")
    shown = line["card"]["card"]  # type: ignore[index]
    assert (shown["card_type"], shown["horizontal_content_list"]) == (
        "text_notice",
        [{"keyname": "谁", "value": "张三"}],
    )
    assert await corp.violations() == {}


async def test_each_click_brings_a_code_of_its_own(corp: StaffClient, bot: StaffBot) -> None:
    await corp.send("template_card", CARD)
    for _ in range(2):
        await corp.sim(
            "POST", "corpapp/members/zhangsan/card-click", {"task_id": "handoff-42", "key": "take"}
        )
    await corp.settle()
    codes = {callback.field("ResponseCode") for callback in bot.events("template_card_event")}
    assert len(codes) == 2
    for code in codes:
        update = {"agentid": AGENT_ID, "response_code": code, "userids": ["zhangsan"]}
        assert (
            await corp.code("message/update_template_card", {**update, "button": {"replace_name": "好"}}) == 0
        )


async def test_one_chosen_option_and_several(corp: StaffClient, bot: StaffBot) -> None:
    await corp.send("template_card", VOTE)
    for chosen in (["a"], ["a", "b"]):
        data = {"task_id": "vote@1", "key": "send", "selected": {"q1": chosen}}
        await corp.sim("POST", "corpapp/members/zhangsan/card-click", data)
    await corp.settle()
    found = []
    for callback in bot.events("template_card_event"):
        items = callback.root.child("SelectedItems")
        assert items is not None
        item = items.children[0]
        options = item.child("OptionIds")
        assert options is not None
        found.append((item.children[0].text, [node.text for node in options.children]))
    assert found == [("q1", ["a"]), ("q1", ["a", "b"])]
    wrong = {"task_id": "vote@1", "key": "send", "selected": {"q1": ["z"]}}
    await corp.sim("POST", "corpapp/members/zhangsan/card-click", wrong, status=409)


async def test_several_questions_make_several_items(corp: StaffClient, bot: StaffBot) -> None:
    options = [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]
    card = {
        "card_type": "multiple_interaction",
        "task_id": "form-1",
        "main_title": {"title": "登记"},
        "select_list": [{"question_key": key, "title": key, "option_list": options} for key in ("q1", "q2")],
        "submit_button": {"text": "提交", "key": "send"},
    }
    await corp.send("template_card", card, "lisi")
    data = {"task_id": "form-1", "key": "send", "selected": {"q1": "a", "q2": "b"}}
    await corp.sim("POST", "corpapp/members/lisi/card-click", data)
    await corp.settle()
    (callback,) = bot.events("template_card_event")
    items = callback.root.child("SelectedItems")
    assert items is not None
    assert items.names() == ["SelectedItem", "SelectedItem"]
    assert [item.children[0].text for item in items.children] == ["q1", "q2"]


async def test_bad_replies_are_noted_and_not_shown(corp: StaffClient, bot: StaffBot) -> None:
    bot.answer = lambda callback: reply(callback, "text", "<Content></Content>")
    await corp.sim("POST", "corpapp/members/lisi/say", {"text": "一"})
    await corp.settle()
    bot.answer = lambda callback: reply(callback, "text", "<Content>无人听</Content>")
    await corp.sim("POST", "corpapp/members/lisi/location-select", {"key": "k"})
    assert await corp.phone("lisi") == []
    assert await corp.violations() == {"app-malformed-reply": 1, "app-reply-ignored": 1}


async def test_the_state_tells_which_line_of_each_phone_is_the_last(corp: StaffClient, bot: StaffBot) -> None:
    bot.answer = lambda callback: reply(callback, "text", f"<Content>{cdata('收到')}</Content>")
    answer = await corp.sim(
        "POST", f"corpapp/members/zhangsan/say?wait=answer&timeout={PATIENCE}", {"text": "在吗"}
    )
    state = await corp.sim("GET", "corpapp")
    ends = {member["userid"]: (member["lines"], member["last"]) for member in state["members"]}  # type: ignore[attr-defined]
    assert ends["ZhangSan"] == (2, answer["heard"]["number"])  # type: ignore[index]
    assert ends["lisi"] == (0, 0)
