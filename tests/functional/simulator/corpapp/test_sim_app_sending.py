"""What an app sends: message/send, cards and their updates, chats, robots, files."""

from __future__ import annotations

import base64
import hashlib

import pytest

from simulator.media import sample_picture, sample_voice
from tests.functional.simulator.staff_bot import AGENT_ID, ROBOT_KEY
from tests.functional.simulator.staff_client import StaffClient

CARD = {
    "card_type": "button_interaction",
    "task_id": "handoff-42",
    "main_title": {"title": "客户等待人工"},
    "button_list": [
        {"text": "接入", "style": 1, "key": "take"},
        {"text": "忽略", "style": 2, "key": "skip"},
    ],
}


async def test_partly_invalid_receivers_are_reported_without_an_error(corp: StaffClient) -> None:
    answer = await corp.send("text", {"content": "开门了"}, "ZHANGSAN|Nobody", toparty="7")
    assert (answer["errcode"], answer["invaliduser"], answer["invalidparty"]) == (0, "nobody", "7")
    assert [line["content"] for line in await corp.phone("ZhangSan")] == [{"text": "开门了"}]
    assert (await corp.send("text", {"content": "x"}, "nobody"))["errcode"] == 81013


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"agentid": 1}, 301002),
        ({"agentid": "one"}, 40056),
        ({"agentid": None}, 41011),
        ({"touser": ""}, 82001),
        ({"msgtype": "poem"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 683}}, 45002),
        ({"msgtype": "textcard", "textcard": {"title": "t", "description": "d"}}, 41010),
        ({"msgtype": "news", "news": {"articles": [{"title": "t", "url": "https://x.cn"}] * 9}}, 45008),
    ],
)
async def test_what_is_refused(corp: StaffClient, change: dict[str, object], code: int) -> None:
    good = {"touser": "lisi", "msgtype": "text", "agentid": AGENT_ID, "text": {"content": "好"}}
    answer = await corp.api("POST", "message/send", {**good, **change})
    assert answer["errcode"] == code
    assert f"e={code}" in str(answer["errmsg"])


async def test_a_long_text_is_cut_between_characters_and_noted(corp: StaffClient) -> None:
    await corp.send("text", {"content": "长" * 700}, "lisi")
    (line,) = await corp.phone("lisi")
    assert line["content"] == {"text": "长" * 682}
    assert await corp.violations() == {"app-text-cut": 1}


async def test_more_than_thirty_a_minute_are_dropped_silently(corp: StaffClient) -> None:
    answers = [await corp.send("text", {"content": str(number)}, "lisi") for number in range(32)]
    assert {answer["errcode"] for answer in answers} == {0}
    assert len(await corp.phone("lisi")) == 30
    assert await corp.violations() == {"app-over-member-limit": 2}


async def test_a_day_has_200_messages_for_each_account(corp: StaffClient) -> None:
    await corp.sim("PATCH", "corpapp", {"account_limit": 0})
    assert (await corp.send("text", {"content": "一"}))["errcode"] == 45009
    await corp.sim("PATCH", "corpapp", {"account_limit": 1})
    answers = [await corp.send("text", {"content": str(n)}, "@all") for n in range(67)]
    assert [answer["errcode"] for answer in answers] == [0] * 66 + [45009]
    await corp.sim("POST", "clock", {"advance_seconds": 86_400})
    await corp.log_in()
    assert (await corp.send("text", {"content": "新的一天"}, "@all"))["errcode"] == 0


async def test_the_duplicate_check_gives_the_same_answer_and_delivers_once(corp: StaffClient) -> None:
    first = await corp.send("text", {"content": "只一次"}, enable_duplicate_check=1)
    again = await corp.send("text", {"content": "只一次"}, enable_duplicate_check=1)
    assert again["msgid"] == first["msgid"]
    assert len(await corp.phone("ZhangSan")) == 1
    await corp.sim("POST", "clock", {"advance_seconds": 1801})
    assert (await corp.send("text", {"content": "只一次"}, enable_duplicate_check=1))["msgid"] != first[
        "msgid"
    ]
    assert len(await corp.phone("ZhangSan")) == 2


async def test_a_repeated_card_gets_the_answer_of_the_first(corp: StaffClient) -> None:
    first = await corp.send("template_card", CARD, enable_duplicate_check=1)
    assert await corp.send("template_card", CARD, enable_duplicate_check=1) == first
    assert len(await corp.phone("ZhangSan")) == 1


async def test_the_code_of_the_sending_changes_the_card_once_within_72_hours(corp: StaffClient) -> None:
    sent = await corp.send("template_card", CARD, "zhangsan|lisi")
    update = {"agentid": AGENT_ID, "response_code": sent["response_code"], "userids": ["lisi", "wangwu"]}
    greyed = {**update, "button": {"replace_name": "张三已接入"}}
    answer = await corp.api("POST", "message/update_template_card", greyed)
    assert (answer["errcode"], answer["invaliduser"]) == (0, ["wangwu"])
    assert await corp.code("message/update_template_card", greyed) == 42022
    assert await corp.violations() == {"app-card-code-spent": 1}
    (of_lisi,), (of_zhang,) = await corp.phone("lisi"), await corp.phone("ZhangSan")
    assert (of_lisi["card"]["replaced"], of_zhang["card"]["replaced"]) == ("张三已接入", None)  # type: ignore[index]


async def test_a_code_ends_after_72_hours_and_tasks_are_unique(corp: StaffClient) -> None:
    sent = await corp.send("template_card", CARD)
    assert (await corp.send("template_card", CARD))["errcode"] == 42014
    await corp.sim("POST", "clock", {"advance_seconds": 72 * 3600})
    await corp.log_in()
    late = {"agentid": AGENT_ID, "response_code": sent["response_code"], "userids": ["zhangsan"]}
    assert (
        await corp.code("message/update_template_card", {**late, "button": {"replace_name": "晚了"}}) == 60140
    )


async def test_a_chat_of_ones_own(corp: StaffClient) -> None:
    made = await corp.api(
        "POST", "appchat/create", {"name": "值班", "chatid": "duty1", "userlist": ["zhangsan", "lisi"]}
    )
    assert (made["errcode"], made["chatid"]) == (0, "duty1")
    words = {"chatid": "duty1", "msgtype": "text", "text": {"content": "开会"}, "safe": 0}
    assert await corp.code("appchat/send", words) == 0
    assert [line["route"] for line in await corp.phone("lisi")] == ["chat:duty1"]
    change = {"chatid": "duty1", "add_user_list": ["wangwu"], "del_user_list": ["lisi"], "owner": "wangwu"}
    assert await corp.code("appchat/update", change) == 0
    shown = await corp.api("GET", "appchat/get", chatid="duty1")
    assert shown["chat_info"] == {
        "chatid": "duty1",
        "name": "值班",
        "owner": "wangwu",
        "userlist": ["ZhangSan", "wangwu"],
    }


async def test_chats_that_are_refused(corp: StaffClient) -> None:
    await corp.sim("POST", "corpapp/chats", {"chatid": "other", "userlist": ["lisi", "wangwu"]}, status=201)
    assert (await corp.api("GET", "appchat/get", chatid="other"))["errcode"] == 86008
    assert (await corp.api("GET", "appchat/get", chatid="none"))["errcode"] == 86003
    assert await corp.code("appchat/create", {"userlist": ["lisi"]}) == 86006
    assert await corp.code("appchat/create", {"userlist": ["lisi", "nobody"]}) == 86216
    assert await corp.code("appchat/create", {"userlist": ["lisi", "wangwu"], "owner": "zhangsan"}) == 86207
    assert await corp.code("appchat/create", {"userlist": ["lisi", "wangwu"], "chatid": "other"}) == 86215
    await corp.sim("PATCH", "corpapp", {"root_visible": False})
    assert await corp.code("appchat/create", {"userlist": ["lisi", "wangwu"]}) == 48002


async def test_a_robot_speaks_twenty_times_a_minute(corp: StaffClient) -> None:
    body = {"msgtype": "text", "text": {"content": "新订单", "mentioned_list": ["@all"]}}
    codes = [await corp.code("webhook/send", body, key=ROBOT_KEY) for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    await corp.sim("POST", "clock", {"advance_seconds": 60})
    assert await corp.code("webhook/send", body, key=ROBOT_KEY) == 0
    robots = (await corp.sim("GET", "corpapp/robots"))["robots"]
    assert isinstance(robots, list)
    assert [len(robot["messages"]) for robot in robots] == [21]
    assert await corp.violations() == {"app-robot-over-limit": 1}
    assert await corp.code("webhook/send", body, key="unknown") == 93000
    await corp.sim("PUT", f"corpapp/robots/{ROBOT_KEY}", {"state": "disabled"})
    assert await corp.code("webhook/send", body, key=ROBOT_KEY) == 93004


async def test_what_a_robot_may_post(corp: StaffClient) -> None:
    picture = sample_picture(8, 8)
    digest = hashlib.md5(picture, usedforsecurity=False).hexdigest()
    image = {"base64": base64.b64encode(picture).decode(), "md5": digest}
    stored = await corp.upload(
        "webhook/upload_media", "a.amr", sample_voice(), "audio/amr", key=ROBOT_KEY, type="voice"
    )
    notice = {
        "card_type": "text_notice",
        "main_title": {"title": "日报"},
        "card_action": {"type": 1, "url": "https://x.cn"},
    }
    bodies: list[tuple[dict[str, object], int]] = [
        ({"msgtype": "image", "image": image}, 0),
        ({"msgtype": "image", "image": {**image, "md5": "0" * 32}}, 301019),
        ({"msgtype": "voice", "voice": {"media_id": stored["media_id"]}}, 0),
        ({"msgtype": "markdown_v2", "markdown_v2": {"content": "|a|b|"}}, 0),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 1366}}, 40058),
        ({"msgtype": "template_card", "template_card": notice}, 0),
        ({"msgtype": "template_card", "template_card": CARD}, 42031),
        ({"msgtype": "video", "video": {"media_id": stored["media_id"]}}, 40008),
    ]
    for body, code in bodies:
        assert await corp.code("webhook/send", body, key=ROBOT_KEY) == code, body
    assert (await corp.send("voice", {"media_id": stored["media_id"]}))["errcode"] == 40007


async def test_files_live_three_days(corp: StaffClient) -> None:
    stored = await corp.upload("media/upload", "菜单.png", sample_picture(8, 8), "image/png", type="image")
    assert (await corp.send("image", {"media_id": stored["media_id"]}))["errcode"] == 0
    address = f"{corp.corp_url}/cgi-bin/media/get"
    query = {"access_token": corp.token, "media_id": str(stored["media_id"])}
    async with corp.session.get(address, params=query) as response:
        assert await response.read() == sample_picture(8, 8)
        assert response.content_type == "image/png"
    await corp.sim("POST", "clock", {"advance_seconds": 3 * 86400 + 1})
    await corp.log_in()
    assert (await corp.api("GET", "media/get", media_id=str(stored["media_id"])))["errcode"] == 40007


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("poem", b"123456", 40004),
        ("file", b"", 44001),
        ("file", b"12345", 40006),
        ("image", b"no picture at all", 40123),
        ("voice", b"RIFF....WAVE", 301017),
    ],
)
async def test_files_that_are_refused(corp: StaffClient, kind: str, content: bytes, code: int) -> None:
    answer = await corp.upload("media/upload", "a.bin", content, "application/octet-stream", type=kind)
    assert answer["errcode"] == code


async def test_the_menu_and_the_members(corp: StaffClient) -> None:
    agent = str(AGENT_ID)
    menu = {"button": [{"type": "click", "name": "今日待办", "key": "todo"}]}
    assert (await corp.api("GET", "menu/get", agentid=agent))["errcode"] == 46003
    assert await corp.code("menu/create", menu, agentid=agent) == 0
    assert (await corp.api("GET", "menu/get", agentid=agent))["button"] == menu["button"]
    assert await corp.code("menu/create", menu, agentid="7") == 301002
    assert (await corp.api("GET", "menu/delete", agentid=agent))["errcode"] == 0
    listed = await corp.api("GET", "user/simplelist", department_id="1")
    assert [user["name"] for user in listed["userlist"]] == ["张三", "李四", "王五"]  # type: ignore[attr-defined]
    assert (await corp.api("GET", "user/get", userid="zhangsan"))["userid"] == "ZhangSan"
    assert (await corp.api("GET", "user/get", userid="nobody"))["errcode"] == 60111
    assert (await corp.api("GET", "agent/get", agentid=agent))["agentid"] == AGENT_ID
