"""The platform's API: tokens, custom messages and their windows, media, menus, and its faults."""

from __future__ import annotations

import aiohttp
import pytest

from tests.functional.simulator.conftest import Client
from tests.functional.simulator.echo_bot import APP_ID, APP_SECRET, EchoBot

TWO_DAYS = 48 * 3600


async def openid_of(client: Client, shopper: str, **data: object) -> object:
    return (await client.sim("POST", "shoppers", {"id": shopper, **data}, status=201))["openid"]


async def fault(client: Client, kind: str, **rule: object) -> None:
    await client.sim("PUT", "faults", {"rules": [{"side": "api", "kind": kind, **rule}]})


async def test_five_messages_after_one_of_the_shopper(client: Client) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    assert await client.send(token, openid, "太早") == 45015
    await client.ask("wang", "在吗")
    codes = [await client.send(token, openid, f"第 {number} 条") for number in range(6)]
    assert codes == [0, 0, 0, 0, 0, 45047]
    assert [line["route"] for line in await client.heard("wang")] == ["passive"] + ["custom"] * 5
    assert await client.violations() == {"outside-window": 1, "over-quota": 1}


async def test_the_window_closes_after_48_hours_of_the_platforms_clock(client: Client) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    await client.ask("wang", "在吗")
    await client.sim("POST", "clock", {"offset_seconds": TWO_DAYS + 1})
    assert await client.send(token, openid, "晚了") == 42001
    assert await client.send(await client.token(), openid, "晚了") == 45015


async def test_a_click_gives_three_messages_for_a_minute(client: Client) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    await client.sim("POST", "shoppers/wang/click", {"key": "order"})
    assert [await client.send(token, openid, str(number)) for number in range(4)] == [0, 0, 0, 45047]
    await client.sim("POST", "clock", {"advance_seconds": 61})
    assert await client.send(token, openid, "晚了") == 45015


async def test_who_cannot_be_written_to(client: Client) -> None:
    token = await client.token()
    away = await openid_of(client, "away", following=False)
    assert await client.send(token, "oNobody", "在吗") == 40003
    assert await client.send(token, away, "在吗") == 43004
    await client.sim("PATCH", "settings", {"verified": False})
    assert await client.send(token, away, "在吗") == 48001


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"msgtype": "text", "text": {"content": "长" * 683}}, 45002),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text"}, 44004),
        ({"msgtype": "smell", "smell": {}}, 40008),
        ({"msgtype": "image", "image": {"media_id": "x"}}, 40007),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
        ({"msgtype": "msgmenu", "msgmenu": {"list": ["a"]}}, 47001),
    ],
)
async def test_messages_that_are_refused_cost_no_quota(
    client: Client, message: dict[str, object], code: int
) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    await client.ask("wang", "在吗")
    path = f"/cgi-bin/message/custom/send?access_token={token}"
    assert (await client.api("POST", path, {"touser": openid, **message}))["errcode"] == code
    assert (await client.sim("GET", "shoppers/wang"))["quota_left"] == 5


async def test_a_body_that_is_no_json(client: Client) -> None:
    url = f"{client.url}/cgi-bin/message/custom/send?access_token={await client.token()}"
    async with client.session.post(url, data=b"touser=wang") as response:
        assert (response.status, (await response.json())["errcode"]) == (200, 47001)
    async with client.session.post(url, data=b"") as response:
        assert (await response.json())["errcode"] == 44002


async def test_a_menu_message_and_the_click_on_it(client: Client, bot: EchoBot) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    await client.ask("wang", "在吗")
    menu = {"head_content": "满意吗？", "list": [{"id": "101", "content": "满意"}], "tail_content": ""}
    message = {"touser": openid, "msgtype": "msgmenu", "msgmenu": menu}
    answer = await client.api("POST", f"/cgi-bin/message/custom/send?access_token={token}", message)
    assert answer == {"errcode": 0, "errmsg": "ok"}
    await client.sim("POST", "shoppers/wang/say", {"text": "满意", "menu_id": "101"})
    await client.heard("wang")
    assert bot.seen[-1].fields["bizmsgmenuid"] == "101"


async def test_typing(client: Client) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    path = f"/cgi-bin/message/custom/typing?access_token={token}"
    assert (await client.api("POST", path, {"touser": openid, "command": "Typing"}))["errcode"] == 45080
    await client.ask("wang", "在吗")
    assert (await client.api("POST", path, {"touser": openid, "command": "Typing"}))["errcode"] == 0
    assert (await client.sim("GET", "shoppers/wang"))["typing"] is True
    assert (await client.api("POST", path, {"touser": openid, "command": "Typing"}))["errcode"] == 45081
    assert await client.send(token, openid, "来了") == 0
    assert (await client.sim("GET", "shoppers/wang"))["typing"] is False
    assert (await client.api("POST", path, {"touser": openid, "command": "Dance"}))["errcode"] == 45072


async def test_media_go_up_and_come_down(client: Client) -> None:
    token = await client.token()
    form = aiohttp.FormData()
    form.add_field("media", b"\x89PNG....", filename="a.png", content_type="image/png")
    url = f"{client.url}/cgi-bin/media/upload?access_token={token}&type=image"
    async with client.session.post(url, data=form) as response:
        media_id = (await response.json(content_type=None))["media_id"]
    url = f"{client.url}/cgi-bin/media/get?access_token={token}&media_id={media_id}"
    async with client.session.get(url) as response:
        assert (response.content_type, await response.read()) == ("image/png", b"\x89PNG....")
    await client.sim("POST", "clock", {"offset_seconds": 3 * 86_400 + 5})
    url = f"/cgi-bin/media/get?access_token={await client.token()}&media_id={media_id}"
    assert (await client.api("GET", url))["errcode"] == 40007


@pytest.mark.parametrize(("kind", "code"), [("smell", 40004), ("image", 41005)])
async def test_uploads_that_are_refused(client: Client, kind: str, code: int) -> None:
    url = f"/cgi-bin/media/upload?access_token={await client.token()}&type={kind}"
    assert (await client.api("POST", url, {"media": "x"}))["errcode"] == code


async def test_a_menu_is_set_shown_and_taken_away(client: Client) -> None:
    token = await client.token()
    assert (await client.api("GET", f"/cgi-bin/menu/get?access_token={token}"))["errcode"] == 46003
    menu = {"button": [{"type": "click", "name": "查订单", "key": "order"}]}
    assert (await client.api("POST", f"/cgi-bin/menu/create?access_token={token}", menu))["errcode"] == 0
    assert (await client.api("GET", f"/cgi-bin/menu/get?access_token={token}"))["menu"] == menu
    assert (await client.sim("GET", "state"))["menu"] == menu
    await client.api("GET", f"/cgi-bin/menu/delete?access_token={token}")
    assert (await client.sim("GET", "state"))["menu"] is None


async def test_wrong_method_and_wrong_path(client: Client) -> None:
    assert (await client.api("POST", "/cgi-bin/token", {}))["errcode"] == 43001
    assert (await client.api("GET", "/cgi-bin/stable_token"))["errcode"] == 43002
    unknown = await client.api("GET", "/cgi-bin/no/such/thing")
    assert unknown["errcode"] == 40066
    assert " rid: " in str(unknown["errmsg"])


async def test_tokens_are_checked_before_anything_else(client: Client) -> None:
    assert await client.send("", "oNobody", "x") == 41001
    assert await client.send("made-up", "oNobody", "x") == 40014
    token = await client.token()
    await client.sim("POST", "tokens/expire")
    assert await client.send(token, "oNobody", "x") == 42001
    token = await client.token()
    await client.sim("POST", "tokens/kill")
    assert await client.send(token, "oNobody", "x") == 40001


async def test_the_address_list_names_the_caller(client: Client) -> None:
    await client.sim("PATCH", "settings", {"token": {"allowed_ips": ["10.0.0.1"]}})
    answer = await client.api("GET", "/cgi-bin/token?grant_type=client_credential&appid=x&secret=y")
    assert answer["errcode"] == 40013
    data = {"grant_type": "client_credential", "appid": APP_ID, "secret": APP_SECRET}
    refused = await client.api("POST", "/cgi-bin/stable_token", data)
    assert refused["errcode"] == 40164
    assert "127.0.0.1" in str(refused["errmsg"])


async def test_a_refused_call_has_no_effect_and_a_reset_one_has(client: Client) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    await client.ask("wang", "在吗")
    for kind, heard in (("refuse", 0), ("reset_after", 1)):
        await fault(client, kind, count=1)
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.send(token, openid, f"经过 {kind}")
        lines = [line for line in await client.heard("wang") if line["route"] == "custom"]
        assert len(lines) == heard


async def test_a_bad_gateway_and_an_errcode(client: Client) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    await client.ask("wang", "在吗")
    await fault(client, "bad_gateway", count=1)
    url = f"{client.url}/cgi-bin/message/custom/send?access_token={token}"
    async with client.session.post(url, json={}) as response:
        assert response.status == 502
    await fault(client, "errcode", errcode=45009, path="/cgi-bin/message/custom/send")
    assert await client.send(token, openid, "在") == 45009
    assert (await client.api("GET", f"/cgi-bin/getcallbackip?access_token={token}"))["ip_list"]


async def test_a_token_that_dies_under_a_call(client: Client) -> None:
    openid = await openid_of(client, "wang")
    await client.ask("wang", "在吗")
    for kind, code in (("expire_token", 42001), ("kill_token", 40001)):
        token = await client.token()
        await fault(client, kind, path="/cgi-bin/message", count=1)
        assert await client.send(token, openid, "在") == code
        assert await client.send(await client.token(), openid, f"又在了 {kind}") == 0


async def test_a_daily_limit_and_clearing_it(client: Client) -> None:
    token = await client.token()
    await client.sim("PATCH", "settings", {"limits": {"/cgi-bin/getcallbackip": 1}})
    path = f"/cgi-bin/getcallbackip?access_token={token}"
    await client.api("GET", path)
    assert (await client.api("GET", path))["errcode"] == 45009
    cleared = await client.api("POST", f"/cgi-bin/clear_quota?access_token={token}", {"appid": APP_ID})
    assert cleared["errcode"] == 0
    assert "errcode" not in await client.api("GET", path)


async def test_a_template_is_shown_and_its_result_follows(client: Client, bot: EchoBot) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    data = {"touser": openid, "template_id": "T", "data": {"first": {"value": "已发货"}}}
    answer = await client.api("POST", f"/cgi-bin/message/template/send?access_token={token}", data)
    assert (await client.heard("wang"))[0]["kind"] == "template"
    assert bot.seen[-1].fields["MsgID"] == str(answer["msgid"])


async def test_the_same_words_twice_are_noted(client: Client) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    await client.ask("wang", "在吗")
    await client.send(token, openid, "已发货")
    await client.send(token, openid, "已发货")
    assert await client.violations() == {"possible-double": 1}


async def test_escaped_text_is_noted(client: Client) -> None:
    token, openid = await client.token(), await openid_of(client, "wang")
    await client.ask("wang", "在吗")
    message = {"touser": openid, "msgtype": "text", "text": {"content": "在"}}
    url = f"{client.url}/cgi-bin/message/custom/send?access_token={token}"
    async with client.session.post(url, json=message) as response:
        assert (await response.json())["errcode"] == 0
    assert await client.violations() == {"escaped-json": 1}


async def test_the_log_hides_secrets(client: Client) -> None:
    token = await client.token()
    entries = str(await client.sim("GET", "log"))
    assert token not in entries
    assert "secret-of-the-simulated-account" not in entries
