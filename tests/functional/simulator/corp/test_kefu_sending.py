"""What the bot may send to customers of 微信客服, and what comes of it."""

import aiohttp
import pytest

from tests.functional.simulator.corp_bot import ACCOUNT, OTHER_ACCOUNT, CorpClient


async def begin(corp: CorpClient, customer: str = "c1") -> object:
    """A customer writes; returns their external_userid."""
    return (await corp.act(customer, "say", text="你好"))["external_userid"]


async def test_five_messages_for_one_of_the_customer(corp: CorpClient) -> None:
    person = await begin(corp)
    answers = [await corp.send(person, f"第{n}条") for n in range(6)]
    assert [answer["errcode"] for answer in answers] == [0, 0, 0, 0, 0, 95001]
    assert await corp.words("c1") == ["第0条", "第1条", "第2条", "第3条", "第4条"]
    assert [line["msgid"] for line in await corp.heard("c1")] == [answer["msgid"] for answer in answers[:5]]
    assert (await corp.client.violations())["kefu-over-quota"] == 1
    await corp.act("c1", "say", text="还在吗")
    assert (await corp.send(person, "在"))["errcode"] == 0


async def test_own_messages_do_not_come_back(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.send(person, "您好")
    assert [item["origin"] for item in await corp.sync()] == [3]


async def test_after_48_hours_nothing_may_be_sent(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.pass_time(48 * 3600 - 5)
    assert (await corp.send(person, "早"))["errcode"] == 0
    await corp.pass_time(10)
    assert (await corp.send(person, "晚"))["errcode"] == 95002
    assert await corp.state(person) == {"service_state": 4}
    await corp.sim("PATCH", "settings", {"corp": {"kefu_late_errcode": 95018}})
    assert (await corp.send(person, "晚"))["errcode"] == 95018
    await corp.act("c1", "say", text="又来了")
    assert await corp.state(person) == {"service_state": 0}
    assert (await corp.send(person, "欢迎"))["errcode"] == 0


async def test_a_msgid_is_good_once_for_each_account(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.act("c1", "say", text="你好", account=OTHER_ACCOUNT)
    assert await corp.send(person, "一", msgid="same-Id_1") == {
        "errcode": 0,
        "errmsg": "ok",
        "msgid": "same-Id_1",
    }
    again = await corp.send(person, "一", msgid="same-Id_1")
    assert again["errcode"] == 40058
    assert "msgid has been used" in str(again["errmsg"])
    other = await corp.send(person, "一", msgid="same-Id_1", open_kfid=OTHER_ACCOUNT)
    assert other["errcode"] == 0
    await corp.sim("PATCH", "settings", {"corp": {"kefu_duplicate_errcode": 40096}})
    assert (await corp.send(person, "一", msgid="same-Id_1"))["errcode"] == 40096
    session = (await corp.sim("GET", "kefu/customers/c1"))["sessions"]
    assert isinstance(session, list)
    assert [item["left"] for item in session] == [4, 4]


async def test_a_refused_message_leaves_its_msgid_free(corp: CorpClient) -> None:
    person = await begin(corp)
    assert (await corp.send(person, "", msgid="m1"))["errcode"] == 40058
    assert (await corp.send(person, "好", msgid="m1"))["errcode"] == 0


@pytest.mark.parametrize("msgid", ["x" * 33, "with space", "中文", 7])
async def test_msgids_of_a_wrong_form(corp: CorpClient, msgid: object) -> None:
    assert (await corp.send(await begin(corp), "好", msgid=msgid))["errcode"] == 40058


async def test_a_long_text_is_cut_at_2048_bytes(corp: CorpClient) -> None:
    person = await begin(corp)
    assert (await corp.send(person, "好" * 700))["errcode"] == 0
    (words,) = await corp.words("c1")
    assert words == "好" * 682
    assert (await corp.client.violations())["kefu-text-cut"] == 1


async def test_the_same_words_twice_are_noticed(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.send(person, "包邮")
    await corp.send(person, "包邮")
    assert (await corp.client.violations())["kefu-duplicate-text"] == 1
    await corp.act("c1", "say", text="再说一次")
    await corp.send(person, "包邮")
    assert (await corp.client.violations())["kefu-duplicate-text"] == 1


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"open_kfid": "x"}, 95000),
        ({"open_kfid": "wkNobody"}, 95004),
        ({"touser": "wmNobody"}, 40096),
        ({"msgtype": "news"}, 40008),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "link", "link": {"title": "t" * 129, "url": "u"}}, 40058),
        ({"msgtype": "link", "link": {"title": "t", "url": "https://a", "thumb_media_id": "none"}}, 40007),
        ({"msgtype": "miniprogram", "miniprogram": {"appid": "wx", "pagepath": "p"}}, 40058),
        ({"msgtype": "location", "location": {"latitude": 91, "longitude": 0}}, 40058),
        ({"msgtype": "location", "location": {"latitude": 1.5, "longitude": 2, "name": "店"}}, 0),
        ({"msgtype": "ca_link", "ca_link": {"link_url": "https://a"}}, 0),
        ({"msgtype": "msgmenu", "msgmenu": {"head_content": "h" * 1025}}, 40058),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"type": "dance"}]}}, 95009),
        (
            {"msgtype": "msgmenu", "msgmenu": {"list": [{"type": "click", "click": {"content": "a"}}] * 11}},
            95008,
        ),
        (
            {"msgtype": "msgmenu", "msgmenu": {"list": [{"type": "text", "text": {"content": "a"}}] * 50}},
            0,
        ),
        (
            {"msgtype": "msgmenu", "msgmenu": {"list": [{"type": "text", "text": {"content": "a"}}] * 51}},
            95008,
        ),
        ({"msgtype": "msgmenu", "msgmenu": {}}, 40058),
    ],
)
async def test_refusals_and_kinds(corp: CorpClient, fields: dict[str, object], errcode: int) -> None:
    person = await begin(corp)
    assert (await corp.send(fields.pop("touser", person), "好", **fields))["errcode"] == errcode


async def test_an_account_taken_away_answers_48007_and_tells(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.sim("PUT", f"kefu/accounts/{ACCOUNT}", {"authorised": False})
    assert (await corp.send(person, "好"))["errcode"] == 48007
    await corp.sim("POST", "settle")
    last = corp.bot.seen[-1]
    assert last.names() == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "AuthDelOpenKfId"]


async def test_the_state_is_checked_before_the_size(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.trans(person, 2)
    assert (await corp.send(person, ""))["errcode"] == 95018
    assert (await corp.client.violations())["kefu-send-refused-state"] == 1


async def test_a_click_in_a_menu_comes_back_and_renews_the_budget(corp: CorpClient) -> None:
    person = await begin(corp)
    menu = {
        "head_content": "请选择",
        "list": [{"type": "click", "click": {"id": "ship", "content": "查快递"}}],
    }
    for n in range(5):
        sent = await corp.send(person, "", msgtype="msgmenu", msgmenu={**menu, "tail_content": str(n)})
        assert sent["errcode"] == 0
    assert (await corp.words("c1"))[0] == "请选择\n查快递\n0"
    await corp.act("c1", "click", id="ship")
    item = (await corp.sync())[-1]
    assert item["text"] == {"content": "查快递", "menu_id": "ship"}
    assert (await corp.send(person, "正在查"))["errcode"] == 0
    await corp.sim("POST", "kefu/customers/c1/click", {"id": "none"}, status=400)


@pytest.mark.parametrize("fail_type", [0, 1, 2, 4, 5, 6, 8, 10, 11, 12, 13])
async def test_a_message_taken_may_fail_later(corp: CorpClient, fail_type: int) -> None:
    person = await begin(corp)
    await corp.sync()
    rule = {"side": "api", "kind": "send_fail", "path": "/cgi-bin/kf/send_msg", "count": 1, "ms": 10}
    await corp.sim("PUT", "faults", {"rules": [{**rule, "errcode": fail_type}]})
    sent = await corp.send(person, "好")
    assert sent["errcode"] == 0
    (item,) = await corp.sync()
    assert item["event"] == {
        "event_type": "msg_send_fail",
        "open_kfid": ACCOUNT,
        "external_userid": person,
        "fail_msgid": sent["msgid"],
        "fail_type": fail_type,
    }
    assert await corp.words("c1") == []


async def test_a_customer_who_refuses_gets_nothing(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.act("c1", "refuse")
    assert (await corp.send(person, "好"))["errcode"] == 0
    event = (await corp.sync())[-1]["event"]
    assert isinstance(event, dict)
    assert (event["event_type"], event["fail_type"]) == ("msg_send_fail", 10)
    await corp.act("c1", "refuse", on=False)
    await corp.send(person, "您好")
    assert await corp.words("c1") == ["您好"]


async def test_a_lost_answer_leaves_the_message_on_the_phone(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.token()
    rule = {"side": "api", "kind": "reset_after", "path": "/cgi-bin/kf/send_msg", "count": 1}
    await corp.sim("PUT", "faults", {"rules": [rule]})
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await corp.send(person, "好", msgid="m1")
    assert await corp.words("c1") == ["好"]
    assert (await corp.send(person, "好", msgid="m1"))["errcode"] == 40058
    assert await corp.words("c1") == ["好"]
    assert "kefu-duplicate-text" not in await corp.client.violations()


async def test_the_welcome_code_is_good_for_20_seconds_and_once(corp: CorpClient) -> None:
    code = (await corp.act("c1", "enter"))["welcome_code"]
    message = {"code": code, "msgtype": "text", "text": {"content": "欢迎光临"}}
    assert await corp.errcode("kf/send_msg_on_event", {**message, "code": "other"}) == 41050
    image = {**message, "msgtype": "image", "image": {"media_id": "x"}}
    assert await corp.errcode("kf/send_msg_on_event", image) == 40008
    assert await corp.errcode("kf/send_msg_on_event", message) == 0
    assert await corp.errcode("kf/send_msg_on_event", message) == 41051
    assert await corp.words("c1") == ["欢迎光临"]
    assert (await corp.act("c1", "enter"))["welcome_code"] is None
    late = (await corp.act("c2", "enter"))["welcome_code"]
    await corp.pass_time(20)
    assert await corp.errcode("kf/send_msg_on_event", {**message, "code": late}) == 41050
    assert (await corp.client.violations())["kefu-code-refused"] == 3


async def test_who_has_written_gets_no_welcome_code(corp: CorpClient) -> None:
    await begin(corp)
    assert (await corp.act("c1", "enter"))["welcome_code"] is None
    await corp.pass_time(48 * 3600 + 1)
    assert (await corp.act("c1", "enter"))["welcome_code"] is not None


async def test_a_link_carries_its_scene(corp: CorpClient) -> None:
    answer = await corp.api("kf/add_contact_way", {"open_kfid": ACCOUNT, "scene": "poster"})
    await corp.act("c1", "enter", url=f"{answer['url']}&scene_param=shop%3D3")
    event = (await corp.sync())[0]["event"]
    assert isinstance(event, dict)
    assert (event["scene"], event["scene_param"]) == ("poster", "shop=3")
    long = {"open_kfid": ACCOUNT, "scene": "x" * 33}
    assert await corp.errcode("kf/add_contact_way", long) == 40058


async def test_load_arrives_in_order_and_the_ledger_counts(corp: CorpClient) -> None:
    bulk = {"customers": ["a", "b"], "messages": 3, "texts": ["一", "二"]}
    await corp.sim("POST", "kefu/bulk", bulk)
    items = await corp.sync()
    assert [item["text"] for item in items] == [{"content": words} for words in "一一二二一一"]
    assert len(corp.bot.bells()) == 1
    await corp.send(items[0]["external_userid"], "收到")
    rows = (await corp.sim("GET", "kefu/ledger"))["customers"]
    assert isinstance(rows, list)
    first = rows[0]
    assert [line["msgid"] for line in first["sent"]] == [item["msgid"] for item in items[::2]]
    assert [line["text"] for line in first["delivered"]] == ["收到"]
    assert rows[1]["delivered"] == []


async def test_whether_a_click_renews_the_budget_can_be_chosen(corp: CorpClient) -> None:
    person = await begin(corp)
    await corp.sim("PATCH", "settings", {"corp": {"kefu_click_renews": False, "kefu_budget": 1}})
    await corp.act("c1", "say", text="菜单")
    item = {"type": "click", "click": {"id": "a", "content": "甲"}}
    assert (await corp.send(person, "", msgtype="msgmenu", msgmenu={"list": [item]}))["errcode"] == 0
    await corp.act("c1", "click", id="a")
    assert (await corp.send(person, "甲是"))["errcode"] == 95001


async def test_a_message_on_the_phone_may_be_reported_as_failed_later(corp: CorpClient) -> None:
    person = await begin(corp)
    sent = await corp.send(person, "好")
    report = {"customer": "c1", "msgid": sent["msgid"], "fail_type": 13}
    await corp.sim("POST", "kefu/fail", report)
    event = (await corp.sync())[-1]["event"]
    assert isinstance(event, dict)
    assert (event["fail_msgid"], event["fail_type"]) == (sent["msgid"], 13)
    await corp.sim("POST", "kefu/fail", {**report, "msgid": "other"}, status=400)


async def test_the_journal_names_the_customer(corp: CorpClient) -> None:
    await corp.send(await begin(corp), "好")
    entries = (await corp.sim("GET", "log?shopper=c1"))["entries"]
    assert isinstance(entries, list)
    kinds = [entry["kind"] for entry in entries]
    assert kinds == ["kefu.said", "kefu.state", "kefu.heard", "corp.call"]
