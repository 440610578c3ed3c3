"""One call of the 公众号's HTTP API: its time-out, what became of it, and its count.

No tokens, no decisions.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import structlog

from channels import metrics
from channels.official.errcodes import ERRCODES, errcode
from channels.outcomes import NotSent, OutcomeUnknown
from conversations.address import Channel

log = structlog.get_logger()

_BEFORE_WRITING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_PERHAPS_WRITTEN = (aiohttp.ClientError, TimeoutError, OSError)
_CONNECTING_SHARE = 0.8
"""Connecting may use this part of the time, so that running out of it there is seen as "not sent"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The platform answered with JSON.

    ``code`` is its errcode, None where it gave none. ``message`` is for logs.
    """

    code: int | None
    message: str
    body: Mapping[str, object] = field(repr=False)


Result = Answered | NotSent | OutcomeUnknown


class OfficialApi:
    """Calls the API at ``api_base``. Never raises for what the network or the platform does."""

    def __init__(self, api_base: str, session: aiohttp.ClientSession) -> None:
        self._api_base = api_base
        self._session = session

    async def call(
        self, path: str, body: Mapping[str, object] | None, *, token: str | None, seconds: float
    ) -> Result:
        """Posts ``body`` to ``path`` (no leading slash), or reads it with GET when there is none.

        Waits ``seconds`` at most. NotSent: the request was certainly not acted on. OutcomeUnknown: it was, or may
        have been, written and no usable answer came. ``token`` travels as a query parameter and appears in no
        log and no result.
        """
        began = time.perf_counter()
        # Not \u-escaped: the platform has shown escapes to people as they were.
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        result = await self._request(path, data, token, seconds)
        metrics.call_seconds.labels(channel=Channel.OFFICIAL, api=path).observe(time.perf_counter() - began)
        self._count(path, result)
        return result

    async def _request(self, path: str, data: bytes | None, token: str | None, seconds: float) -> Result:
        if seconds <= 0:
            return NotSent(reason="no time left")
        try:
            async with (
                asyncio.timeout(seconds),
                self._session.request(
                    "GET" if data is None else "POST",
                    f"{self._api_base}/{path}",
                    params={} if token is None else {"access_token": token},
                    data=data,
                    headers={"Content-Type": "application/json; charset=utf-8"},
                    timeout=aiohttp.ClientTimeout(connect=seconds * _CONNECTING_SHARE),
                    # A redirect would carry the token elsewhere.
                    allow_redirects=False,
                ) as response,
            ):
                return _read(response.status, await response.read(), token)
        except _BEFORE_WRITING as error:
            return NotSent(reason=f"cannot connect: {type(error).__name__}")
        except _PERHAPS_WRITTEN as error:
            return OutcomeUnknown(reason=f"no answer: {type(error).__name__}")

    def _count(self, path: str, result: Result) -> None:
        outcome = _label(result)
        metrics.calls.labels(channel=Channel.OFFICIAL, api=path, outcome=outcome).inc()
        if isinstance(result, Answered) and result.code is not None and errcode(result.code).alarm:
            metrics.alarms.labels(channel=Channel.OFFICIAL, outcome=outcome).inc()
            log.error(
                "platform.alarm", channel="official", api=path, errcode=result.code, said=result.message
            )


def _read(status: int, raw: bytes, token: str | None) -> Result:
    """What a complete HTTP answer says. API errors come with status 200."""
    if status >= 500:
        return OutcomeUnknown(reason=f"http {status}")
    if status != 200:
        return NotSent(reason=f"http {status}", retry_after=60 if status == 429 else None)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return OutcomeUnknown(reason="answer is not JSON")
    if not isinstance(body, dict):
        return OutcomeUnknown(reason="answer is not a JSON object")
    code = body.get("errcode")
    message = str(body.get("errmsg", ""))[:300]
    return Answered(
        code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        message=message.replace(token, "…") if token else message,
        body=body,
    )


def _label(result: Result) -> str:
    match result:
        case Answered(code=None | 0):
            return "ok"
        case Answered(code=code):
            return f"errcode_{code}" if code in ERRCODES else "other_errcode"
        case NotSent():
            return "not_sent"
        case OutcomeUnknown():
            return "unknown"
