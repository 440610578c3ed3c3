"""The client against an HTTP server: what was certainly sent, certainly not, and what nobody knows."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import pytest
import structlog
from prometheus_client import REGISTRY

from channels.limits import OFFICIAL_LIMITS
from channels.official.adapter import OfficialChannel
from channels.official.client import OfficialClient
from channels.official.stable_token import StableToken
from channels.outcomes import (
    NobodyReceiving,
    NotSent,
    OutcomeUnknown,
    Refused,
    SendOutcome,
    Sent,
    Transferred,
    WindowClosed,
)
from channels.port import ChannelPort
from channels.tokens import FetchedToken, TokenKeeper
from conversations.address import Address, Channel
from conversations.clock import ManualClock
from conversations.errors import Permanent, Transient
from conversations.inbound import MessageKey, Text
from conversations.ownership import Owner
from conversations.replies import (
    CardReply,
    CardUpdate,
    Choice,
    CodedReply,
    EventCode,
    ImageReply,
    MenuReply,
    Reply,
    TextReply,
    TransferReply,
)
from tests.functional.channels import platform as p
from tests.unit.channels.official.vectors import settings

WANG = Address(channel=Channel.OFFICIAL, account="gh_97417a04a28d", peer="oWang")
HELLO = TextReply(text='早上九点开门 😊 "营业中"')
MENU = MenuReply(head="您想问：", choices=(Choice(id="7", label="退货"), Choice(id="8", label="换货")))


@dataclass
class Shop:
    platform: p.Platform
    client: OfficialClient
    channel: ChannelPort


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with p.running() as platform, aiohttp.ClientSession() as session:
        yield open_shop(platform.url, session, platform)


def open_shop(url: str, session: aiohttp.ClientSession, platform: p.Platform) -> Shop:
    ours = settings(api_base=url, send_timeout_seconds=p.CALL_SECONDS)
    client = OfficialClient(ours, session, TokenKeeper(StableToken(ours, session)))
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return Shop(platform, client, OfficialChannel(ours, client, clock))


async def test_a_text_is_sent_as_unescaped_utf8(shop: Shop) -> None:
    assert await shop.channel.send(HELLO, WANG, key="k1") == Sent()
    [request] = shop.platform.asked_for(p.SEND)
    assert request.token == "secret-token-1"
    assert request.body == {"touser": "oWang", "msgtype": "text", "text": {"content": HELLO.text}}
    assert "早上九点开门 😊".encode() in request.raw
    [token_request] = shop.platform.asked_for(p.TOKEN)
    assert token_request.token is None
    assert token_request.body == {
        "grant_type": "client_credential",
        "appid": "wxba5fad812f8e6fb9",
        "secret": "fictional-secret",
        "force_refresh": False,
    }


async def test_an_image_is_sent(shop: Shop) -> None:
    assert await shop.channel.send(ImageReply(media_id="m1"), WANG, key="k1") == Sent()
    assert shop.platform.asked_for(p.SEND)[0].body["image"] == {"media_id": "m1"}


@pytest.mark.parametrize(
    "reply",
    [
        CardReply(task_id="t", card={}),
        CardUpdate(response_code="RC", button="好"),
        CodedReply(code=EventCode(code="c", expires_at=datetime(2026, 1, 1, tzinfo=UTC)), reply=HELLO),
    ],
)
async def test_what_the_account_does_not_have_is_refused_unasked(shop: Shop, reply: Reply) -> None:
    assert isinstance(await shop.channel.send(reply, WANG, key="k1"), Refused)
    assert shop.platform.asked == []


async def test_a_menu_is_a_menu_where_the_account_has_them(shop: Shop) -> None:
    assert await shop.channel.send(MENU, WANG, key="k1") == Sent()
    assert shop.platform.asked_for(p.SEND)[0].body["msgtype"] == "msgmenu"


async def test_a_menu_is_numbered_text_where_it_has_none_and_that_is_remembered(shop: Shop) -> None:
    shop.platform.will_answer(p.SEND, {"errcode": 40200, "errmsg": "invalid account type"})
    assert await shop.channel.send(MENU, WANG, key="k1") == Sent()
    assert await shop.channel.send(MENU, WANG, key="k1") == Sent()
    kinds = [request.body["msgtype"] for request in shop.platform.asked_for(p.SEND)]
    assert kinds == ["msgmenu", "text", "text"]
    assert shop.platform.asked[-1].body["text"] == {"content": "您想问：\n1. 退货\n2. 换货"}


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_replaced_and_the_message_sent_once_more(shop: Shop, code: int) -> None:
    shop.platform.will_answer(p.SEND, {"errcode": code, "errmsg": "access_token expired rid: 1-2-3"})
    assert await shop.channel.send(HELLO, WANG, key="k1") == Sent()
    assert [request.token for request in shop.platform.asked_for(p.SEND)] == [
        "secret-token-1",
        "secret-token-2",
    ]
    forced = [request.body["force_refresh"] for request in shop.platform.asked_for(p.TOKEN)]
    assert forced == [False, False, True]


async def test_a_second_refusal_ends_the_attempt(shop: Shop) -> None:
    refused = {"errcode": 40001, "errmsg": "invalid credential"}
    shop.platform.will_answer(p.SEND, *[refused] * 50)
    outcomes = [await shop.channel.send(HELLO, WANG, key="k1") for _ in range(10)]
    assert all(isinstance(outcome, NotSent) and outcome.retry_after for outcome in outcomes)
    assert len(shop.platform.asked_for(p.TOKEN)) <= 4


async def test_twenty_sends_at_once_share_one_token(shop: Shop) -> None:
    outcomes = await asyncio.gather(*(shop.channel.send(HELLO, WANG, key="k1") for _ in range(20)))
    assert outcomes == [Sent()] * 20
    assert len(shop.platform.asked_for(p.TOKEN)) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"errcode": -1, "errmsg": "system error"}, OutcomeUnknown),
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, NotSent),
        ({"errcode": 45011, "errmsg": "api minute-quota reach limit"}, NotSent),
        ({"errcode": 40164, "errmsg": "invalid ip 203.0.113.7, not in whitelist"}, NotSent),
        ({"errcode": 45015, "errmsg": "response out of time limit"}, WindowClosed),
        ({"errcode": 45047, "errmsg": "out of response count limit"}, WindowClosed),
        ({"errcode": 40003, "errmsg": "invalid openid"}, Refused),
        ({"errcode": 43004, "errmsg": "require subscribe"}, Refused),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, Refused),
        ({"errcode": 48002, "errmsg": "user refuse to accept the msg"}, Refused),
        ({"errcode": 77777, "errmsg": "something new"}, Refused),
        ({}, OutcomeUnknown),
        ({"errcode": "0"}, OutcomeUnknown),
        ({"errcode": True}, OutcomeUnknown),
        (p.plain("<html>maintenance</html>"), OutcomeUnknown),
        (p.plain("[]"), OutcomeUnknown),
        (p.plain(""), OutcomeUnknown),
        (p.plain("[" * 100_000), OutcomeUnknown),
        (p.plain("bad gateway", 502), OutcomeUnknown),
        (p.plain("unavailable", 503), OutcomeUnknown),
        (p.plain("not here", 404), NotSent),
        (p.plain("slow down", 429), NotSent),
        (p.redirect("/elsewhere"), NotSent),
        (p.hang_up, OutcomeUnknown),
        (p.stall, OutcomeUnknown),
        (p.stall_in_the_middle, OutcomeUnknown),
    ],
)
async def test_what_becomes_of_a_send(shop: Shop, answer: p.Answer, expected: type[SendOutcome]) -> None:
    shop.platform.will_answer(p.SEND, answer)
    assert type(await shop.channel.send(HELLO, WANG, key="k1")) is expected
    assert len(shop.platform.asked_for(p.SEND)) == 1  # never repeated here: that is the delivery's decision


@pytest.mark.parametrize(("code", "seconds"), [(45011, 60), (45009, 3600), (40164, 300)])
async def test_waits_are_told(shop: Shop, code: int, seconds: float) -> None:
    shop.platform.will_answer(p.SEND, {"errcode": code, "errmsg": ""})
    outcome = await shop.channel.send(HELLO, WANG, key="k1")
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == seconds


async def test_a_connection_that_cannot_be_made_sent_nothing(free_port: int) -> None:
    async def have_token(_force: bool) -> FetchedToken:
        return FetchedToken(token="secret-token-1", expires_in=7200)

    async with aiohttp.ClientSession() as session:
        ours = settings(api_base=f"http://127.0.0.1:{free_port}")
        outcome = await OfficialClient(ours, session, TokenKeeper(have_token)).send(HELLO, WANG)
    assert isinstance(outcome, NotSent)
    assert "cannot connect" in outcome.reason


async def test_the_token_service_being_slow_sent_nothing(shop: Shop) -> None:
    shop.platform.will_answer(p.TOKEN, p.stall)
    outcome = await shop.channel.send(HELLO, WANG, key="k1")
    assert isinstance(outcome, NotSent)
    assert shop.platform.asked_for(p.SEND) == []


async def test_a_wrong_secret_is_not_hammered_and_check_names_the_cure(shop: Shop) -> None:
    wrong = {"errcode": 40125, "errmsg": "invalid appsecret rid: 1-2-3"}
    shop.platform.will_answer(p.TOKEN, *[wrong] * 50)
    outcomes = [await shop.channel.send(HELLO, WANG, key="k1") for _ in range(10)]
    assert all(isinstance(outcome, NotSent) for outcome in outcomes)
    assert len(shop.platform.asked_for(p.TOKEN)) == 1
    problem = await shop.client.check()
    assert "official.app_secret" in problem
    assert "XIAOER_OFFICIAL__APP_SECRET" in problem
    assert "fictional-secret" not in problem


async def test_check_is_empty_when_all_is_well_and_shows_the_address_that_is_not_on_the_list(
    shop: Shop,
) -> None:
    assert await shop.client.check() == ""
    shop.platform.will_answer(
        p.TOKEN, {"errcode": 40164, "errmsg": "invalid ip 203.0.113.7 ipv6, not in whitelist"}
    )
    assert "203.0.113.7" in await shop.client.check()
    shop.platform.will_answer(p.TOKEN, p.plain("oops", 500))
    assert "not fetched" in await shop.client.check()


async def test_a_session_is_given_to_a_named_agent_or_to_the_least_busy(shop: Shop) -> None:
    online = {
        "kf_online_list": [
            {"kf_account": "mei@shop", "status": 1, "accepted_case": 3},
            {"kf_account": "ming@shop", "status": 1, "accepted_case": 0},
        ]
    }
    shop.platform.will_answer(p.ONLINE, online)
    chosen = await shop.channel.send(TransferReply(), WANG, key="k1")
    assert chosen == Transferred(owner=Owner.AGENT, agent="ming@shop")
    named = await shop.channel.send(TransferReply(agent="mei@shop"), WANG, key="k1")
    assert named == Transferred(owner=Owner.AGENT, agent="mei@shop")
    assert [request.body for request in shop.platform.asked_for(p.CREATE_SESSION)] == [
        {"kf_account": "ming@shop", "openid": "oWang"},
        {"kf_account": "mei@shop", "openid": "oWang"},
    ]


@pytest.mark.parametrize(
    ("code", "expected"), [(65414, Transferred), (65415, Refused), (65400, Refused), (-1, NotSent)]
)
async def test_what_becomes_of_a_transfer(shop: Shop, code: int, expected: type[SendOutcome]) -> None:
    shop.platform.will_answer(p.CREATE_SESSION, {"errcode": code, "errmsg": ""})
    assert type(await shop.channel.send(TransferReply(agent="mei@shop"), WANG, key="k1")) is expected


async def test_nobody_on_line_is_said_and_not_tried(shop: Shop) -> None:
    shop.platform.will_answer(p.ONLINE, {"kf_online_list": []})
    assert isinstance(await shop.channel.send(TransferReply(), WANG, key="k1"), NobodyReceiving)
    assert shop.platform.asked_for(p.CREATE_SESSION) == []


async def test_online_agents_are_listed_or_the_reason_is_raised(shop: Shop) -> None:
    online = {"kf_online_list": [{"kf_account": "mei@shop", "accepted_case": 1}]}
    shop.platform.will_answer(p.ONLINE, online, {"errcode": 65400}, p.plain("x", 502), {"errcode": 45009})
    assert [agent.account for agent in await shop.client.online_agents()] == ["mei@shop"]
    with pytest.raises(Permanent):
        await shop.client.online_agents()
    with pytest.raises(Transient):
        await shop.client.online_agents()
    with pytest.raises(Transient) as caught:
        await shop.client.online_agents()
    assert caught.value.retry_after == 3600


async def test_typing_is_best_effort(shop: Shop) -> None:
    shop.platform.will_answer(p.TYPING, {"errcode": 45080}, p.hang_up)
    await shop.client.typing(WANG)
    await shop.client.typing(WANG)
    assert shop.platform.asked_for(p.TYPING)[0].body == {"touser": "oWang", "command": "Typing"}


async def test_calls_are_counted_and_alarms_logged_without_token_or_text(shop: Shop) -> None:
    def count(outcome: str) -> float:
        labels = {"channel": "official", "api": "cgi-bin/message/custom/send", "outcome": outcome}
        return REGISTRY.get_sample_value("xiaoer_platform_calls_total", labels) or 0.0

    before = {outcome: count(outcome) for outcome in ("ok", "errcode_48004", "other_errcode", "unknown")}
    leaky = {"errcode": 48004, "errmsg": "api forbidden for secret-token-1"}
    shop.platform.will_answer(p.SEND, {"errcode": 0}, leaky, {"errcode": 99_999}, p.hang_up)
    with structlog.testing.capture_logs() as logs:
        results = [await shop.channel.send(HELLO, WANG, key="k1") for _ in range(4)]
    assert {outcome: count(outcome) - old for outcome, old in before.items()} == dict.fromkeys(before, 1.0)
    assert [line["errcode"] for line in logs if line["event"] == "platform.alarm"] == [48004, 99_999]
    shown = json.dumps(logs, default=str) + repr(results)
    for private in ("secret-token", "fictional-secret", "九点", "oWang"):
        assert private not in shown


async def test_the_adapter_reads_renders_and_knows_its_limits(shop: Shop) -> None:
    fields = {"ToUserName": "gh_97417a04a28d", "FromUserName": "oWang", "MsgType": "text", "Content": "在吗"}
    inbound = shop.channel.read(fields, MessageKey("k"))
    assert inbound.content == Text(text="在吗")
    assert inbound.address == WANG
    assert inbound.sent_at == datetime(2026, 1, 1, tzinfo=UTC)  # no CreateTime: the clock's time
    xml = shop.channel.render_passive(HELLO, WANG, datetime(2026, 1, 1, tzinfo=UTC))
    assert xml is not None
    assert "<ToUserName><![CDATA[oWang]]></ToUserName>" in xml
    assert shop.channel.limits is OFFICIAL_LIMITS
