"""Answers by the address that a message brought: one POST, within an hour (WeCom 101033 主动回复消息)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import structlog
from sqlalchemy.exc import SQLAlchemyError

from channels.aibot.errcodes import ERRCODES
from channels.aibot.passive import Body, pushed
from channels.aibot.response_urls import ResponseUrl, ResponseUrls
from channels.aibot.settings import AibotSettings
from channels.calls import HttpApi
from channels.limits.windows import AIBOT_RESPONSE_URL
from channels.meaning import outcome
from channels.outcomes import NotSent, Refused, SendOutcome, WindowClosed
from conversations.address import Address, Channel
from conversations.replies import Reply

log = structlog.get_logger()


class ResponseUrlSpeaker:
    """Speaks in callback mode. Every process can: the addresses are in the database."""

    def __init__(self, settings: AibotSettings, session: aiohttp.ClientSession, urls: ResponseUrls) -> None:
        self._base = settings.api_base
        self._seconds = settings.send_timeout_seconds
        self._api = HttpApi(settings.api_base, session, Channel.AIBOT, ERRCODES)
        self._urls = urls

    @property
    def here(self) -> bool:
        return True

    async def say(self, reply: Reply, to: Address) -> SendOutcome:
        """Uses the newest address up: whatever comes of it, it is never posted to twice by one call."""
        body = pushed(reply)
        if body is None:
            return Refused(reason=f"{type(reply).__name__} is said in the answer to a callback or not at all")
        try:
            newest = await self._urls.newest(to.conversation_id)
        except SQLAlchemyError as error:
            return NotSent(reason=f"address not read: {type(error).__name__}")
        if newest is None or datetime.now(UTC) >= newest.received_at + AIBOT_RESPONSE_URL.lasts:
            return WindowClosed(reason="no message of the last hour brought an address")
        return await self._post(newest, body)

    async def _post(self, newest: ResponseUrl, body: Body) -> SendOutcome:
        url = urlsplit(newest.url)
        # The address comes in a signed callback; all the same it may lead nowhere but to the platform.
        if f"{url.scheme}://{url.netloc}".lower() != self._base.lower():
            log.error("aibot.strange_address", host=url.hostname)
            return Refused(reason="the message's address is not the platform's")
        params = dict(parse_qsl(url.query))
        result = await self._api.call(url.path.lstrip("/"), body, params=params, seconds=self._seconds)
        return outcome(result, ERRCODES, repeatable=False)
