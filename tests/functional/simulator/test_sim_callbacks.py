"""Callbacks: answers shown, retries, the failure notice, and every fault on the way to the bot."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web

from simulator.envelope import Mode
from simulator.settings import Settings
from simulator.world import FAILURE_NOTICE
from tests.functional.simulator.conftest import Client, running
from tests.functional.simulator.echo_bot import Callback, EchoBot, echo, seal, text_reply


async def fault(client: Client, kind: str, **rule: object) -> None:
    await client.sim("PUT", "faults", {"rules": [{"side": "callback", "kind": kind, **rule}]})


async def test_the_url_is_verified_by_an_exact_echo(client: Client) -> None:
    assert (await client.sim("POST", "verify"))["ok"] is True


async def test_a_url_that_decorates_the_echo_is_not_verified(client: Client) -> None:
    async def quote(request: web.Request) -> web.Response:
        return web.Response(text=f'"{request.query["echostr"]}"')

    app = web.Application()
    app.router.add_get("/callback", quote)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
    await client.sim("PATCH", "settings", {"callback_url": url})
    assert (await client.sim("POST", "verify"))["ok"] is False
    assert await client.violations() == {"verify-failed": 1}
    await runner.cleanup()


async def test_a_passive_answer_is_heard(client: Client) -> None:
    heard = await client.ask("wang", "几点发货？<script>]]>😀")
    assert heard["route"] == "passive"
    assert heard["content"] == {"text": "你说：几点发货？<script>]]>😀"}
    assert heard["attempt"] == 1
    assert await client.violations() == {}


async def test_success_is_heard_by_nobody(client: Client, bot: EchoBot) -> None:
    bot.answer = lambda callback: "success"
    await client.sim("POST", "shoppers/wang/say", {"text": "在吗"})
    assert await client.heard("wang") == []
    assert len(bot.seen) == 1


async def test_a_late_bot_is_asked_three_times_and_the_shopper_is_told(client: Client, bot: EchoBot) -> None:
    bot.pause_seconds = lambda attempt: 5.0
    heard = await client.ask("wang", "在吗")
    assert (heard["route"], heard["content"]) == ("system", {"text": FAILURE_NOTICE, "reason": "timeout"})
    assert len(bot.seen) == 3
    assert len({callback.fields["MsgId"] for callback in bot.seen}) == 1
    assert len({callback.fields["CreateTime"] for callback in bot.seen}) == 1
    assert len({callback.query["nonce"] for callback in bot.seen}) == 3
    assert len({callback.raw for callback in bot.seen}) == 3
    kinds = await client.kinds()
    assert (kinds.count("callback.retry"), kinds.count("callback.gave-up")) == (2, 1)


async def test_the_second_attempt_may_answer(client: Client, bot: EchoBot) -> None:
    bot.pause_seconds = lambda attempt: 5.0 if attempt == 1 else 0.0
    heard = await client.ask("wang", "在吗")
    assert (heard["route"], heard["attempt"]) == ("passive", 2)


async def test_a_status_other_than_200_is_retried_unless_switched_off(client: Client, bot: EchoBot) -> None:
    bot.answer = lambda callback: web.Response(status=500)
    await client.ask("wang", "一")
    assert len(bot.seen) == 3
    await client.sim("PATCH", "settings", {"retry_non_200": False})
    assert (await client.ask("wang", "二"))["content"] == {"text": FAILURE_NOTICE, "reason": "HTTP 500"}
    assert len(bot.seen) == 4


async def test_nobody_listening(client: Client) -> None:
    await client.sim("PATCH", "settings", {"callback_url": "http://127.0.0.1:9/callback"})
    assert (await client.ask("wang", "在吗"))["route"] == "system"


async def test_a_malformed_reply_is_a_failure_at_once(client: Client, bot: EchoBot) -> None:
    bot.answer = lambda callback: '{"status":"ok"}'
    assert (await client.ask("wang", "在吗"))["content"] == {"text": FAILURE_NOTICE, "reason": "malformed"}
    assert len(bot.seen) == 1
    assert await client.violations() == {"malformed-reply": 1}


async def test_an_account_in_plain_mode(settings: Settings, bot: EchoBot) -> None:
    bot.answer = lambda callback: text_reply(callback, "明文")
    async with running(replace(settings, mode=Mode.PLAIN, aes_key="")) as client:
        assert (await client.ask("wang", "在吗"))["content"] == {"text": "明文"}
    assert "Encrypt" not in bot.seen[0].raw.decode()


async def test_an_account_in_compat_mode_takes_clear_and_sealed_replies(
    settings: Settings, bot: EchoBot
) -> None:
    async with running(replace(settings, mode=Mode.COMPAT)) as client:
        assert (await client.ask("wang", "在吗"))["content"] == {"text": "你说：在吗"}
        bot.answer = lambda callback: text_reply(callback, "明文")
        assert (await client.ask("wang", "在吗"))["content"] == {"text": "明文"}
        assert await client.violations() == {}
    assert "在吗" in bot.seen[0].raw.decode()
    assert "Encrypt" in bot.seen[0].raw.decode()


async def test_a_clear_reply_in_secure_mode_is_refused(client: Client, bot: EchoBot) -> None:
    bot.answer = lambda callback: text_reply(callback, "好")
    assert (await client.ask("wang", "在吗"))["content"] == {"text": FAILURE_NOTICE, "reason": "not-sealed"}


async def test_a_reply_under_another_nonce_is_noted(client: Client, bot: EchoBot) -> None:
    bot.answer = lambda callback: seal(text_reply(callback, "好"), "mine")
    assert (await client.ask("wang", "在吗"))["route"] == "passive"
    assert await client.violations() == {"reply-nonce": 1}


async def test_events_that_nobody_waits_for_fail_silently(client: Client, bot: EchoBot) -> None:
    bot.answer = lambda callback: web.Response(status=500)
    await client.sim("POST", "shoppers/wang/whereabouts", {})
    assert await client.heard("wang") == []
    await client.sim("POST", "shoppers/wang/click", {"key": "order"})
    assert await client.words("wang") == [FAILURE_NOTICE]


async def test_a_dropped_request_never_arrives_and_is_repeated(client: Client, bot: EchoBot) -> None:
    await fault(client, "drop_request", count=1)
    heard = await client.ask("wang", "在吗")
    assert (heard["route"], heard["attempt"]) == ("passive", 2)
    assert len(bot.seen) == 1


async def test_a_dropped_answer_is_asked_for_again_and_shown_once(client: Client, bot: EchoBot) -> None:
    await fault(client, "drop_response", count=1)
    await client.ask("wang", "在吗")
    assert await client.words("wang") == ["你说：在吗"]
    assert len(bot.seen) == 2


async def test_duplicates_are_shown_once(client: Client, bot: EchoBot) -> None:
    for kind in ("duplicate", "duplicate_after"):
        await client.sim("POST", "reset")
        bot.seen.clear()
        await fault(client, kind)
        await client.ask("wang", "在吗")
        assert await client.words("wang") == ["你说：在吗"]
        assert len(bot.seen) == 2
        assert await client.violations() == {}


async def test_two_different_answers_to_one_message_are_noted(client: Client, bot: EchoBot) -> None:
    def count(callback: Callback) -> str:
        return seal(text_reply(callback, f"第 {len(bot.seen)} 次"), callback.query["nonce"])

    bot.answer = count
    await fault(client, "duplicate_after")
    await client.ask("wang", "在吗")
    assert await client.words("wang") == ["第 1 次"]
    assert await client.violations() == {"different-answers": 1}


async def test_reordering_sends_a_message_behind_the_next(client: Client, bot: EchoBot) -> None:
    await fault(client, "reorder", nth=1, ms=60_000)
    for words in ("一", "二", "三"):
        await client.sim("POST", "shoppers/wang/say", {"text": words})
    await client.heard("wang")
    order = [callback.fields["Content"] for callback in bot.seen]
    assert order.index("二") < order.index("一")


async def test_a_slow_body_arrives_whole(client: Client, bot: EchoBot) -> None:
    await fault(client, "slow_body", ms=1000)
    assert (await client.ask("wang", "在吗"))["route"] == "passive"


async def test_a_delay_holds_the_message_back(client: Client, bot: EchoBot) -> None:
    await fault(client, "delay", ms=60_000)
    await client.sim("POST", "shoppers/wang/say", {"text": "在吗"})
    assert (await client.sim("POST", "settle?timeout=0"))["settled"] is False
    assert bot.seen == []
    await client.sim("POST", "reset")


async def test_one_shopper_is_in_order_and_does_not_wait_for_answers(client: Client, bot: EchoBot) -> None:
    bot.pause_seconds = lambda attempt: 0.1
    for number in range(20):
        await client.sim("POST", "shoppers/wang/say", {"text": str(number)})
    await client.heard("wang")
    assert [callback.fields["Content"] for callback in bot.seen] == [str(number) for number in range(20)]


async def test_order_by_answer_waits(client: Client, bot: EchoBot) -> None:
    await client.sim("PATCH", "settings", {"order": "answer", "timeout_scale": 1})
    open_now: list[int] = []

    def pause(attempt: int) -> float:
        open_now.append(attempt)
        return 0.02

    bot.pause_seconds = pause
    await asyncio.gather(
        *(client.sim("POST", "shoppers/wang/say", {"text": str(number)}) for number in range(4))
    )
    assert [line["attempt"] for line in await client.heard("wang")] == [1, 1, 1, 1]
    kinds = [kind for kind in await client.kinds() if kind in ("callback.sent", "callback.answer")]
    assert kinds == ["callback.sent", "callback.answer"] * 4


async def test_many_shoppers_at_once(client: Client, bot: EchoBot) -> None:
    await client.sim("PATCH", "settings", {"timeout_scale": 1})
    await asyncio.gather(
        *(client.sim("POST", f"shoppers/u{number}/say", {"text": f"我是 {number}"}) for number in range(100))
    )
    for number in (0, 50, 99):
        assert await client.words(f"u{number}") == [f"你说：我是 {number}"]
    assert len(bot.seen) == 100


async def test_transfer_to_the_platforms_agents(client: Client, bot: EchoBot) -> None:
    def transfer(callback: Callback) -> str:
        if callback.fields["MsgType"] != "text":
            return "success"
        clear = text_reply(callback, "x").replace(
            "<MsgType><![CDATA[text]]>", "<MsgType><![CDATA[transfer_customer_service]]>"
        )
        clear = clear.replace("<Content><![CDATA[x]]></Content>", "")
        return seal(clear, callback.query["nonce"])

    bot.answer = transfer
    await client.sim("PUT", "agents/lan@shop", {"nickname": "小兰"})
    await client.sim("POST", "shoppers/wang/say", {"text": "转人工"})
    await client.heard("wang")
    assert bot.seen[-1].fields["Event"] == "kf_create_session"
    assert bot.seen[-1].fields["KfAccount"] == "lan@shop"
    taken = await client.sim("POST", "shoppers/wang/say", {"text": "你好"})
    assert taken["push"] is None
    await client.sim("POST", "shoppers/wang/agent-say", {"text": "您好，我是小兰"})
    assert (await client.heard("wang"))[-1]["route"] == "agent"
    await client.sim("POST", "shoppers/wang/agent-close")
    await client.heard("wang")
    assert bot.seen[-1].fields["Event"] == "kf_close_session"
    bot.answer = echo
    assert (await client.ask("wang", "还在吗"))["route"] == "passive"


async def test_a_raw_body_is_sent_as_it_is(client: Client, bot: EchoBot) -> None:
    body = "<xml><ToUserName>x</ToUserName><MsgType>event</MsgType><Event>made_up</Event></xml>"
    await client.sim("POST", "shoppers/wang/event", {"body": body})
    await client.heard("wang")
    assert bot.seen[0].fields == {"ToUserName": "x", "MsgType": "event", "Event": "made_up"}
