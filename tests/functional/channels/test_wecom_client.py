"""The app's client against an HTTP server: what members got, certainly did not get, and what nobody knows."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import pytest
import structlog
from aiohttp import web
from prometheus_client import REGISTRY

from channels.calls import Answered, Downloaded, TooLarge, Upload
from channels.limits import MEMBER_LIMITS
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent, WindowClosed
from channels.port import ChannelPort
from channels.tokens import TokenKeeper
from channels.wecom.adapter import WecomChannel
from channels.wecom.api import QyApi
from channels.wecom.client import WecomClient
from channels.wecom.gettoken import GetToken
from channels.wecom.welcome import Welcomes
from conversations.address import Address, Channel
from conversations.clock import ManualClock
from conversations.inbound import MessageKey, Text
from conversations.replies import (
    CardReply,
    CardUpdate,
    CodedReply,
    EventCode,
    Reply,
    TextReply,
    TransferReply,
)
from tests.functional.channels import platform as p
from tests.unit.channels.wecom import vectors as v

SEND = "/cgi-bin/message/send"
UPDATE_CARD = "/cgi-bin/message/update_template_card"
MEDIA = "/cgi-bin/media/get"
UPLOAD = "/cgi-bin/media/upload"
ZHANG = Address(channel=Channel.WECOM, account="218", peer="zhangsan")
HELLO = TextReply(text="有客户在等 😊")
AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Gate:
    """Lets everything through for ``wait`` 0, and remembers what it was asked."""

    wait: float = 0.0
    asked: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[tuple[str, str]] = field(default_factory=list)

    async def may_call(self, api: str, scope: str) -> float:
        self.asked.append((api, scope))
        return self.wait

    async def blocked(self, api: str, scope: str) -> None:
        self.blocks.append((api, scope))


@dataclass
class App:
    platform: p.Platform
    gate: Gate
    api: QyApi
    channel: ChannelPort


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with p.running() as platform, aiohttp.ClientSession() as session:
        ours = v.settings(api_base=platform.url, send_timeout_seconds=p.CALL_SECONDS)
        gate = Gate()
        api = QyApi(ours, session, TokenKeeper(GetToken(ours, session)), calls=gate)
        channel = WecomChannel(ours, WecomClient(ours, api), Welcomes(api), ManualClock(AT))
        yield App(platform, gate, api, channel)


async def test_a_text_goes_to_the_member_with_the_token_in_the_query(app: App) -> None:
    app.platform.will_answer(SEND, {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "M1"})
    assert await app.channel.send(HELLO, ZHANG, key="k1") == Sent(platform_id="M1")
    [request] = app.platform.asked_for(SEND)
    assert request.token == "secret-token-1"
    assert request.body == {
        "touser": "zhangsan",
        "msgtype": "text",
        "agentid": 218,
        "text": {"content": HELLO.text},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 120,
    }
    assert "有客户在等 😊".encode() in request.raw
    [token_request] = app.platform.asked_for(p.GETTOKEN)
    assert token_request.query == {"corpid": v.V1_CORP, "corpsecret": "fictional-secret"}
    assert app.gate.asked == [("cgi-bin/message/send", "zhangsan")]


async def test_a_card_keeps_its_codes_and_is_changed_by_the_one_of_the_tap(app: App) -> None:
    app.platform.will_answer(SEND, {"errcode": 0, "msgid": "M1", "response_code": "RC1"})
    sent = await app.channel.send(CardReply(task_id="t1", card={"card_type": "x"}), ZHANG, key="k1")
    assert sent == Sent(platform_id="M1", response_code="RC1")
    update = CardUpdate(response_code="RC2", button="已接入")
    assert await app.channel.send(update, ZHANG, key="k2") == Sent()
    assert app.platform.asked_for(UPDATE_CARD)[0].body == {
        "userids": ["zhangsan"],
        "agentid": 218,
        "response_code": "RC2",
        "button": {"replace_name": "已接入"},
    }


@pytest.mark.parametrize(
    ("reply", "to"),
    [
        (TransferReply(), ZHANG),
        (CardReply(task_id="case:42", card={}), ZHANG),
        (HELLO, Address(channel=Channel.WECOM, account="218", peer="unknown")),
        (HELLO, Address(channel=Channel.WECOM, account=v.V1_CORP, peer="sys")),
        (HELLO, Address(channel=Channel.WECOM, account="219", peer="zhangsan")),
    ],
)
async def test_what_cannot_be_said_is_refused_unasked(app: App, reply: Reply, to: Address) -> None:
    assert isinstance(await app.channel.send(reply, to, key="k1"), Refused)
    assert app.platform.asked == []


async def test_a_welcome_code_that_has_ended_is_not_tried(app: App) -> None:
    late = CodedReply(code=EventCode(code="c", expires_at=AT), reply=HELLO)
    assert isinstance(await app.channel.send(late, ZHANG, key="k1"), WindowClosed)
    assert app.platform.asked == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"errcode": -1, "errmsg": "system error"}, NotSent),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, NotSent),
        ({"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.7"}, NotSent),
        ({"errcode": 0, "invaliduser": "zhangsan"}, Refused),
        ({"errcode": 81013, "errmsg": "user & party & tag all invalid"}, Refused),
        ({"errcode": 77777, "errmsg": "something new"}, Refused),
        ({}, OutcomeUnknown),
        (p.plain("bad gateway", 502), OutcomeUnknown),
        (p.plain("[]"), OutcomeUnknown),
        (p.redirect("/elsewhere"), NotSent),
        (p.hang_up, OutcomeUnknown),
        (p.stall, OutcomeUnknown),
        (p.stall_in_the_middle, OutcomeUnknown),
    ],
)
async def test_what_becomes_of_a_send(app: App, answer: p.Answer, expected: type[SendOutcome]) -> None:
    app.platform.will_answer(SEND, answer)
    assert type(await app.channel.send(HELLO, ZHANG, key="k1")) is expected
    assert len(app.platform.asked_for(SEND)) == 1  # never repeated here: that is the delivery's decision


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_replaced_and_the_message_sent_once_more(app: App, code: int) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        app.platform.token_number = 2
        return web.json_response({"errcode": code, "errmsg": "invalid"})

    app.platform.will_answer(SEND, refuse)
    assert isinstance(await app.channel.send(HELLO, ZHANG, key="k1"), Sent)
    assert [request.token for request in app.platform.asked_for(SEND)] == ["secret-token-1", "secret-token-2"]
    assert len(app.platform.asked_for(p.GETTOKEN)) == 2


async def test_a_token_that_is_given_out_again_and_refused_again_does_not_loop(app: App) -> None:
    app.platform.will_answer(SEND, *[{"errcode": 40014, "errmsg": "invalid access_token"}] * 50)
    outcomes = [await app.channel.send(HELLO, ZHANG, key="k1") for _ in range(10)]
    assert all(isinstance(outcome, NotSent) and outcome.retry_after for outcome in outcomes)
    assert len(app.platform.asked_for(p.GETTOKEN)) <= 4


async def test_twenty_sends_at_once_share_one_token(app: App) -> None:
    outcomes = await asyncio.gather(*(app.channel.send(HELLO, ZHANG, key=f"k{n}") for n in range(20)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert len(app.platform.asked_for(p.GETTOKEN)) == 1


@pytest.mark.parametrize(
    ("refusal", "words", "seconds"),
    [
        ({"errcode": 40001, "errmsg": "invalid credential"}, ("XIAOER_WECOM__SECRET", "40001"), 3600),
        ({"errcode": 40013, "errmsg": "invalid corpid"}, ("wecom.corp_id", "企业ID"), 3600),
        ({"errcode": 60020, "errmsg": "not allow, from ip: 203.0.113.7, more"}, ("203.0.113.7", "企业可信IP"), 60),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, ("banned",), 3600),
        ({"errcode": -1, "errmsg": "system busy"}, ("busy",), None),
        ({"errcode": 0, "errmsg": "ok"}, ("without a token",), None),
    ],
)  # fmt: skip
async def test_a_refused_credential_is_not_tried_again_soon(
    app: App, refusal: dict[str, object], words: tuple[str, ...], seconds: float | None
) -> None:
    app.platform.will_answer(p.GETTOKEN, *[refusal] * 50)
    outcomes = [await app.channel.send(HELLO, ZHANG, key="k1") for _ in range(10)]
    assert len(app.platform.asked_for(p.GETTOKEN)) == 1
    assert app.platform.asked_for(SEND) == []
    for outcome in outcomes:
        assert isinstance(outcome, NotSent)
        assert all(word in outcome.reason for word in words)
        assert "fictional-secret" not in outcome.reason
    if seconds is not None:
        assert isinstance(outcomes[0], NotSent)
        assert outcomes[0].retry_after == seconds


async def test_a_call_that_was_too_frequent_stops_all_like_it(app: App) -> None:
    app.platform.will_answer(SEND, {"errcode": 45009, "errmsg": "too often"})
    outcome = await app.channel.send(HELLO, ZHANG, key="k1")
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == 60
    assert app.gate.blocks == [("cgi-bin/message/send", "zhangsan")]
    await app.channel.send(HELLO, ZHANG, key="k2")
    assert len(app.gate.blocks) == 1


async def test_a_limit_that_is_used_up_stops_the_call_before_the_platform_does(app: App) -> None:
    app.gate.wait = 42.0
    outcome = await app.channel.send(HELLO, ZHANG, key="k1")
    assert outcome == NotSent(reason="limit of cgi-bin/message/send used up", retry_after=42.0)
    assert app.platform.asked == []


async def test_an_api_below_a_path_is_reached_there() -> None:
    async with p.running() as platform, aiohttp.ClientSession() as session:
        ours = v.settings(api_base=f"{platform.url}/wecom")
        platform.will_answer("/wecom/cgi-bin/gettoken", {"access_token": "t", "expires_in": 7200})
        result = await QyApi(ours, session, TokenKeeper(GetToken(ours, session))).call("cgi-bin/agent/get")
        assert isinstance(result, Answered)
        assert [request.path for request in platform.asked] == [
            "/wecom/cgi-bin/gettoken",
            "/wecom/cgi-bin/agent/get",
        ]


def file(content: bytes, **headers: str) -> p.Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=content, headers=headers)

    return answer


async def test_a_file_is_downloaded_with_its_type_and_name(app: App) -> None:
    named = {"Content-Type": "image/jpeg", "Content-Disposition": 'attachment; filename="a.jpg"'}
    app.platform.will_answer(MEDIA, file(b"\xff\xd8picture", **named))
    got = await app.api.download("cgi-bin/media/get", params={"media_id": "m1"}, max_bytes=100)
    assert got == Downloaded(content=b"\xff\xd8picture", media_type="image/jpeg", name="a.jpg")
    assert app.platform.asked_for(MEDIA)[0].query == {"media_id": "m1", "access_token": "secret-token-1"}


async def test_an_error_in_place_of_a_file_is_an_answer_and_a_json_file_is_a_file(app: App) -> None:
    as_file = {"Content-Type": "application/json", "Content-Disposition": 'attachment; filename="a.json"'}
    app.platform.will_answer(
        MEDIA,
        {"errcode": 40007, "errmsg": "invalid media_id"},
        p.plain('{"errcode":40007,"errmsg":"invalid media_id"}'),
        file(b'{"errcode": 0}', **as_file),
        p.plain("gone", 404),
        p.plain("broken", 502),
        p.stall_in_the_middle,
    )
    got = [await app.api.download("cgi-bin/media/get", max_bytes=100) for _ in range(6)]
    assert [one.code for one in got[:2] if isinstance(one, Answered)] == [40007, 40007]
    assert got[2] == Downloaded(content=b'{"errcode": 0}', media_type="application/json", name="a.json")
    assert [type(one) for one in got[3:]] == [NotSent, OutcomeUnknown, OutcomeUnknown]


async def test_a_download_too_large_is_not_read_to_the_end(app: App) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
        await response.prepare(request)
        while True:
            await response.write(b"x" * 1000)

    app.platform.will_answer(MEDIA, file(b"x" * 101), endless)
    assert await app.api.download("cgi-bin/media/get", max_bytes=100) == TooLarge(max_bytes=100)
    assert await app.api.download("cgi-bin/media/get", max_bytes=5000) == TooLarge(max_bytes=5000)


async def test_an_expired_token_at_a_download_is_replaced(app: App) -> None:
    async def expired(_request: web.Request) -> web.Response:
        app.platform.token_number = 2
        return web.json_response({"errcode": 42001, "errmsg": "access_token expired"})

    app.platform.will_answer(MEDIA, expired, file(b"abc", **{"Content-Type": "audio/amr"}))
    got = await app.api.download("cgi-bin/media/get", max_bytes=100)
    assert got == Downloaded(content=b"abc", media_type="audio/amr")


async def test_an_upload_is_sent_whole_again_after_a_refused_token(app: App) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        app.platform.token_number = 2
        return web.json_response({"errcode": 40014, "errmsg": "invalid access_token"})

    app.platform.will_answer(UPLOAD, refuse, {"errcode": 0, "media_id": "m9"})
    picture = Upload(content=b"\x89PNG" * 10, name='图"\r\n.png', media_type="image/png")
    result = await app.api.upload("cgi-bin/media/upload", picture, params={"type": "image"})
    assert isinstance(result, Answered)
    assert result.body["media_id"] == "m9"
    refused, taken = app.platform.asked_for(UPLOAD)
    for request in (refused, taken):
        head, _, content = request.raw.partition(b"\r\n\r\n")
        assert 'form-data; name="media"; filename="图___.png"'.encode() in head
        assert content.startswith(picture.content + b"\r\n--")
    assert taken.query == {"type": "image", "access_token": "secret-token-2"}


async def test_calls_are_counted_and_alarms_logged_without_token_or_text(app: App) -> None:
    def count(outcome: str) -> float:
        labels = {"channel": "wecom", "api": "cgi-bin/message/send", "outcome": outcome}
        return REGISTRY.get_sample_value("xiaoer_platform_calls_total", labels) or 0.0

    before = {outcome: count(outcome) for outcome in ("ok", "errcode_48002", "other_errcode", "unknown")}
    leaky = {"errcode": 48002, "errmsg": "x" * 290 + "forbidden for secret-token-1"}
    app.platform.will_answer(SEND, {"errcode": 0}, leaky, {"errcode": 99_999}, p.hang_up)
    with structlog.testing.capture_logs() as logs:
        results = [await app.channel.send(HELLO, ZHANG, key="k1") for _ in range(4)]
    assert {outcome: count(outcome) - old for outcome, old in before.items()} == dict.fromkeys(before, 1.0)
    assert [line["errcode"] for line in logs if line["event"] == "platform.alarm"] == [48002, 99_999]
    shown = json.dumps(logs, default=str) + repr(results)
    for private in ("secret", "有客户"):
        assert private not in shown


async def test_the_adapter_reads_renders_and_knows_its_limits(app: App) -> None:
    fields = {"ToUserName": v.V1_CORP, "FromUserName": "zhangsan", "MsgType": "text", "Content": "在"}
    inbound = app.channel.read(fields, MessageKey("k"))
    assert (inbound.content, inbound.address, inbound.sent_at) == (Text(text="在"), ZHANG, AT)
    xml = app.channel.render_passive(HELLO, ZHANG, AT)
    assert xml is not None
    assert f"<FromUserName><![CDATA[{v.V1_CORP}]]></FromUserName>" in xml
    assert app.channel.limits is MEMBER_LIMITS
    assert not app.channel.idempotent
    assert not app.channel.hands_over
