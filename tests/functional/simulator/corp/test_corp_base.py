"""The corp's API: tokens, addresses, limits; its callbacks: verification, retries, passive replies."""

import asyncio

import pytest
from aiohttp import web

from simulator.crypto import sign
from simulator.markup import cdata
from tests.functional.simulator.corp_bot import CIPHER, CORP_ID, TOKEN, CorpBot, CorpClient, text
from tests.patience import PATIENCE


async def test_the_same_token_comes_again_until_it_ends(corp: CorpClient) -> None:
    first, second = await corp.get_token(), await corp.get_token()
    assert first["access_token"] == second["access_token"]
    assert first["expires_in"] == 7200
    await corp.pass_time(7200)
    third = await corp.get_token()
    assert third["access_token"] != first["access_token"]


async def test_refusals_of_gettoken(corp: CorpClient) -> None:
    assert (await corp.get_token(corpid="ww1"))["errcode"] == 40013
    assert (await corp.get_token(corpid=""))["errcode"] == 41002
    assert (await corp.get_token(secret=""))["errcode"] == 41004
    assert (await corp.get_token(secret="wrong"))["errcode"] == 40001


async def test_an_address_with_wrong_secrets_is_banned_for_an_hour(corp: CorpClient) -> None:
    await corp.sim("PATCH", "settings", {"corp": {"ban_after": 3}})
    codes = [(await corp.get_token(secret="wrong"))["errcode"] for _ in range(4)]
    assert codes == [40001, 40001, 40001, 45009]
    assert (await corp.get_token())["errcode"] == 45009
    await corp.pass_time(3601)
    assert (await corp.get_token())["errcode"] == 0


async def test_tokens_missing_unknown_expired_and_killed(corp: CorpClient) -> None:
    path, good = "getcallbackip", await corp.token()
    assert await corp.errcode(path, method="GET") == 0
    async with corp.client.session.get(f"{corp.client.corp_url}/cgi-bin/{path}") as response:
        assert (await response.json())["errcode"] == 41001
    assert await corp.errcode(path, method="GET", token="unknown") == 40014
    await corp.sim("POST", "corp/tokens/expire")
    assert await corp.errcode(path, method="GET", token=good) == 42001
    second = str((await corp.get_token())["access_token"])
    await corp.sim("POST", "corp/tokens/kill")
    assert await corp.errcode(path, method="GET", token=second) == 40014


async def test_an_untrusted_address_is_named_in_the_error(corp: CorpClient) -> None:
    await corp.sim("PATCH", "settings", {"corp": {"trusted_ips": ["10.1.2.3"]}})
    answer = await corp.api("getcallbackip", method="GET")
    assert answer["errcode"] == 60020
    assert "from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=60020" in str(
        answer["errmsg"]
    )
    assert "hint: [" in str(answer["errmsg"])
    await corp.sim("PATCH", "settings", {"corp": {"trusted_ips": ["127.0.0.1"]}})
    assert await corp.errcode("getcallbackip", method="GET") == 0


async def test_an_api_called_too_often_is_free_again_in_the_next_minute(corp: CorpClient) -> None:
    path = "/cgi-bin/getcallbackip"
    await corp.sim("PATCH", "settings", {"corp": {"path_calls_per_minute": {path: 2}}})
    codes = [await corp.errcode("getcallbackip", method="GET") for _ in range(3)]
    assert codes == [0, 0, 45009]
    await corp.pass_time(60)
    assert await corp.errcode("getcallbackip", method="GET") == 0


async def test_unknown_paths_and_methods(corp: CorpClient) -> None:
    assert await corp.errcode("no/such") == 40066
    assert await corp.errcode("gettoken") == 43001
    assert await corp.errcode("kf/sync_msg", method="GET") == 43002
    assert await corp.errcode("kf/sync_msg") == 44002


async def test_faults_of_the_api(corp: CorpClient) -> None:
    await corp.token()
    rule = {"side": "api", "path": "/cgi-bin/getcallbackip", "count": 1}
    await corp.sim("PUT", "faults", {"rules": [{**rule, "kind": "errcode", "errcode": -1}]})
    assert await corp.errcode("getcallbackip", method="GET") == -1
    await corp.sim("PUT", "faults", {"rules": [{**rule, "kind": "kill_token"}]})
    assert await corp.errcode("getcallbackip", method="GET") == 40014


async def test_the_address_is_verified_with_a_sealed_echo(corp: CorpClient, corp_bot: CorpBot) -> None:
    await corp.sim("PATCH", "settings", {"timeout_scale": 10})
    assert (await corp.sim("POST", "corp/verify"))["ok"] is True
    corp_bot.echo = lambda clear: f'"{clear}"'
    assert (await corp.sim("POST", "corp/verify"))["ok"] is False
    corp_bot.echo = lambda clear: clear + "\n"
    assert (await corp.sim("POST", "corp/verify"))["ok"] is False
    assert (await corp.client.violations())["corp-verify-failed"] == 2


async def test_the_echo_must_come_within_a_second(corp: CorpClient, corp_bot: CorpBot) -> None:
    corp_bot.echo_gate = asyncio.Event()
    await corp.sim("PATCH", "settings", {"timeout_scale": 0.02, "response_timeout": 3600})
    outcome = await corp.sim("POST", "corp/verify")
    corp_bot.echo_gate.set()
    assert (outcome["ok"], outcome["outcome"]) == (False, "timeout")


async def test_a_callback_is_repeated_with_a_fresh_stamp_until_200(
    corp: CorpClient, corp_bot: CorpBot
) -> None:
    await corp.sim("PATCH", "settings", {"timeout_scale": 0.05})
    statuses = iter([500, 500, 200])
    corp_bot.answer = lambda _: web.Response(status=next(statuses))
    fields = {"FromUserName": "sys", "MsgType": "event", "Event": "change_external_contact", "UserID": "a"}
    await corp.sim("POST", "corp/callback", {"fields": fields})
    await corp.sim("POST", f"settle?timeout={PATIENCE}")
    assert len(corp_bot.seen) == 3
    assert corp_bot.seen[0] == corp_bot.seen[1] == corp_bot.seen[2]
    assert len({query["nonce"] for query in corp_bot.queries}) == 3
    assert corp_bot.seen[0].names() == [
        *("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "UserID")
    ]


async def test_no_repetition_for_other_statuses_when_switched_off(
    corp: CorpClient, corp_bot: CorpBot
) -> None:
    await corp.sim("PATCH", "settings", {"retry_non_200": False})
    corp_bot.answer = lambda _: web.Response(status=500)
    await corp.sim("POST", "corp/callback", {"fields": {"MsgType": "event", "Event": "x"}})
    await corp.sim("POST", f"settle?timeout={PATIENCE}")
    assert len(corp_bot.seen) == 1


async def test_lists_and_mappings_become_elements(corp: CorpClient, corp_bot: CorpBot) -> None:
    fields = {"MsgType": "event", "Event": "x", "Box": {"Item": [{"Key": "a"}, {"Key": "b]]>c"}]}, "N": 7}
    await corp.sim("POST", "corp/callback", {"fields": fields})
    await corp.sim("POST", f"settle?timeout={PATIENCE}")
    (node,) = corp_bot.seen
    box = node.child("Box")
    assert box is not None
    assert [text(item, "Key") for item in box.children] == ["a", "b]]>c"]
    assert text(node, "N") == "7"
    assert text(node, "ToUserName") == CORP_ID


async def test_faults_of_callbacks_see_the_corp_in_their_path(corp: CorpClient, corp_bot: CorpBot) -> None:
    rule = {"side": "callback", "kind": "duplicate", "path": "corp:event:x", "count": 1}
    await corp.sim("PUT", "faults", {"rules": [rule, {**rule, "path": "event:x"}]})
    await corp.sim("POST", "corp/callback", {"fields": {"MsgType": "event", "Event": "x"}})
    await corp.sim("POST", f"settle?timeout={PATIENCE}")
    assert len(corp_bot.seen) == 2


@pytest.mark.parametrize(
    ("spoil", "violation"),
    [(None, None), ("signature", "corp-malformed-reply"), ("clear", "corp-malformed-reply")],
)
async def test_passive_replies_are_read_strictly(
    corp: CorpClient, corp_bot: CorpBot, spoil: str | None, violation: str | None
) -> None:
    def reply(_: object) -> web.Response:
        if spoil == "clear":
            return web.Response(text="<xml><MsgType>text</MsgType></xml>")
        sealed, stamp, nonce = CIPHER.seal(b"<xml/>"), "1700000000", corp_bot.queries[-1]["nonce"]
        signature = "0" * 40 if spoil == "signature" else sign(TOKEN, stamp, nonce, sealed)
        parts = {"Encrypt": sealed, "MsgSignature": signature, "TimeStamp": stamp, "Nonce": nonce}
        return web.Response(
            text="<xml>"
            + "".join(f"<{name}>{cdata(part)}</{name}>" for name, part in parts.items())
            + "</xml>"
        )

    corp_bot.answer = reply
    await corp.sim("POST", "corp/callback", {"fields": {"MsgType": "text", "Content": "hello"}})
    await corp.sim("POST", f"settle?timeout={PATIENCE}")
    found = {name for name in await corp.client.violations() if name.startswith("corp-")}
    assert found == ({violation} if violation else set())
    assert ("corp.callback.reply" in await corp.client.kinds()) is (violation is None)


async def test_a_reset_forgets_tokens_and_knobs(corp: CorpClient) -> None:
    token = await corp.token()
    await corp.sim("PATCH", "settings", {"corp": {"ban_after": 9}})
    await corp.sim("POST", "reset")
    assert await corp.errcode("getcallbackip", method="GET", token=token) == 40014
    settings = (await corp.sim("GET", "settings"))["corp"]
    assert isinstance(settings, dict)
    assert settings["ban_after"] == 5
    answer = await corp.sim("PATCH", "settings", {"corp": {"nothing": 1}}, status=400)
    assert "corp.nothing" in str(answer["error"])


async def test_the_state_tells_where_the_corp_listens(corp: CorpClient) -> None:
    assert (await corp.sim("GET", "state"))["corp"] == {"corp_id": CORP_ID, "url": corp.client.corp_url}


async def test_the_account_knows_nothing_of_the_corp(corp: CorpClient) -> None:
    async with corp.client.session.get(f"{corp.client.url}/cgi-bin/gettoken") as response:
        assert (await response.json())["errcode"] == 40066
    assert (await corp.client.token()) != await corp.token()
