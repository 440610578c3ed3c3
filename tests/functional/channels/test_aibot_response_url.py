"""Later answers by the address that a message brought, against an HTTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy.exc import OperationalError

from channels.aibot.adapter import AibotChannel
from channels.aibot.client import ResponseUrlSpeaker
from channels.aibot.response_urls import ResponseUrl, ResponseUrls
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent, WindowClosed
from conversations.address import ConversationId
from conversations.clock import ManualClock
from conversations.inbound import Text, Trigger
from conversations.replies import CardReply, CardUpdate, CodedReply, EventCode, ImageReply, Reply, TextReply
from tests.functional.channels import platform as p
from tests.unit.channels.aibot import bot

RESPONSE = "/cgi-bin/aibot/response"
HELLO = TextReply(text="你好")


class OneUrl(ResponseUrls):
    """Every conversation has this address, or none."""

    def __init__(self, url: str | None, *, age: timedelta = timedelta(0), away: bool = False) -> None:
        self._url = url
        self._age = age
        self._away = away

    async def newest(self, conversation: ConversationId) -> ResponseUrl | None:
        if self._away:
            raise OperationalError("select", None, OSError())
        if self._url is None:
            return None
        return ResponseUrl(url=self._url, received_at=datetime.now(UTC) - self._age)


@pytest.fixture
async def platform() -> AsyncIterator[p.Platform]:
    async with p.running() as running:
        yield running


async def sent(platform: p.Platform, urls: ResponseUrls, reply: Reply = HELLO) -> SendOutcome:
    ours = bot.settings(api_base=platform.url, send_timeout_seconds=p.CALL_SECONDS)
    async with aiohttp.ClientSession() as session:
        channel = AibotChannel(ours, ResponseUrlSpeaker(ours, session, urls), ManualClock(bot.NOW))
        assert channel.sends_here
        return await channel.send(reply, bot.ZHANG, key="k")


def one_url(platform: p.Platform, *, age: timedelta = timedelta(0)) -> OneUrl:
    return OneUrl(f"{platform.url}{RESPONSE}?response_code=RC1", age=age)


async def test_an_answer_is_posted_once_to_the_messages_address(platform: p.Platform) -> None:
    assert await sent(platform, one_url(platform)) == Sent()
    (asked,) = platform.asked_for(RESPONSE)
    assert asked.body == {"msgtype": "markdown", "markdown": {"content": "你好"}}


async def test_a_card_is_posted_as_it_is(platform: p.Platform) -> None:
    card = CardReply(task_id="case-1", card={"card_type": "button_interaction"})
    assert await sent(platform, one_url(platform), card) == Sent()
    assert platform.asked_for(RESPONSE)[0].body["template_card"] == {**card.card, "task_id": "case-1"}


@pytest.mark.parametrize(
    "reply",
    [
        ImageReply(media_id="m"),
        CardUpdate(response_code="c", button="好"),
        CodedReply(code=EventCode(code="welcome", expires_at=bot.NOW), reply=HELLO),
    ],
)
async def test_what_cannot_be_said_later_is_refused_and_not_posted(
    platform: p.Platform, reply: Reply
) -> None:
    assert isinstance(await sent(platform, one_url(platform), reply), Refused)
    assert platform.asked == []


async def test_without_an_address_of_the_last_hour_the_window_is_closed(platform: p.Platform) -> None:
    assert isinstance(await sent(platform, OneUrl(None)), WindowClosed)
    assert isinstance(await sent(platform, one_url(platform, age=timedelta(hours=1))), WindowClosed)
    assert isinstance(await sent(platform, OneUrl("x", away=True)), NotSent)
    assert platform.asked == []


@pytest.mark.parametrize(
    "change", [("127.0.0.1", "localhost"), ("http://", "http://user@"), ("http://", "https://")]
)
async def test_an_address_that_is_not_the_platforms_is_never_called(
    platform: p.Platform, change: tuple[str, str]
) -> None:
    strange = OneUrl(f"{platform.url.replace(*change)}{RESPONSE}?response_code=RC1")
    assert isinstance(await sent(platform, strange), Refused)
    assert platform.asked == []


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(45009, NotSent), (45002, Refused), (99999, Refused), (-1, OutcomeUnknown)],
)
async def test_what_the_platform_says(platform: p.Platform, code: int, outcome: type[SendOutcome]) -> None:
    platform.will_answer(RESPONSE, {"errcode": code, "errmsg": "no"})
    assert isinstance(await sent(platform, one_url(platform)), outcome)


async def test_a_lost_answer_is_unknown(platform: p.Platform) -> None:
    async def broken(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=502)

    platform.will_answer(RESPONSE, broken)
    assert isinstance(await sent(platform, one_url(platform)), OutcomeUnknown)
    assert len(platform.asked_for(RESPONSE)) == 1


async def test_the_adapter_reads_and_allows_one_later_answer() -> None:
    ours = bot.settings(name="小二")
    session = aiohttp.ClientSession()
    speaker = ResponseUrlSpeaker(ours, session, OneUrl(None))
    channel = AibotChannel(ours, speaker, ManualClock(bot.NOW))
    opened = bot.envelope().open(*bot.posted(bot.in_group(text={"content": "运费 @小二"})))
    inbound = channel.read(opened.fields, opened.key)
    assert (inbound.content, inbound.trigger) == (Text(text="运费"), Trigger.MESSAGE)
    assert channel.limits.windows[Trigger.MESSAGE].count == 1
    assert channel.limits.max_text_bytes == 20_480
    assert (channel.idempotent, channel.hands_over) == (False, False)
    assert channel.render_passive(HELLO, bot.ZHANG, bot.NOW) is not None
    await session.close()
