"""One call of a platform's HTTP API: its time-out, what became of it, and its count. No tokens, no decisions."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp
import structlog

from channels import metrics
from channels.errcodes import ErrcodeTable
from channels.outcomes import NotSent, OutcomeUnknown
from conversations.address import Channel

log = structlog.get_logger()

_T = TypeVar("_T")

_BEFORE_WRITING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_PERHAPS_WRITTEN = (aiohttp.ClientError, TimeoutError, OSError)
_CONNECTING_SHARE = 0.8
"""Connecting may use this part of the time, so that running out of it there is seen as "not sent"."""

_SECRET_PARAMETERS = ("access_token", "corpsecret", "key", "response_code")
"""Query parameters whose values a platform might repeat in an errmsg, which goes to the log."""

_JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The platform answered with JSON.

    ``code`` is its errcode, None where it gave none. ``message`` is for logs and people.
    """

    code: int | None
    message: str
    body: Mapping[str, object] = field(repr=False)

    @property
    def address(self) -> str:
        """The IPv4 address that the message names, which is ours where it was refused; empty when it names none."""
        found = re.search(r"\b(?:\d{1,3}\.){3}\d{1,3}\b", self.message)
        return found[0] if found else ""


Result = Answered | NotSent | OutcomeUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file. ``media_type`` is the Content-Type without parameters, ``name`` the platform's file name, if any."""

    content: bytes = field(repr=False)
    media_type: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    """The file is larger than was allowed; it was not read to the end."""

    max_bytes: int


DownloadResult = Downloaded | TooLarge | Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file to send. Whole in memory, so that a repeated call sends it again from the start."""

    content: bytes = field(repr=False)
    name: str
    media_type: str


class Budget:
    """The seconds that one operation may take as a whole, tokens and repetitions included."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        return self._ends - time.monotonic()


class HttpApi:
    """Calls the API at ``api_base`` (no slash at the end). Never raises for what the network or the platform does.

    Every method takes ``path`` without a leading slash and waits ``seconds`` at most. NotSent: the request was
    certainly not acted on. OutcomeUnknown: it was, or may have been, written and no usable answer came. Tokens
    and keys travel in ``params`` (the query) and appear in no log and no result.
    """

    def __init__(
        self, api_base: str, session: aiohttp.ClientSession, channel: Channel, errcodes: ErrcodeTable
    ) -> None:
        self._api_base = api_base
        self._session = session
        self._channel = channel
        self._errcodes = errcodes

    async def call(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        seconds: float,
    ) -> Result:
        """Posts ``body`` as JSON, or reads with GET when there is none."""
        # Not \u-escaped: the platform has shown escapes to people as they were.
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        given = params or {}
        return await self._counted(path, self._request(path, data, given, seconds, _read_answer(given)))

    async def upload(
        self,
        path: str,
        file: Upload,
        *,
        part: str = "media",
        params: Mapping[str, str] | None = None,
        seconds: float,
    ) -> Result:
        """Posts ``file`` as the multipart field ``part``. The name is what the receiver sees of a document."""
        # Unquoted, because the platform shows percent signs to people as they are.
        form = aiohttp.FormData(quote_fields=False)
        name = re.sub(r'[\x00-\x1f"\\/]', "_", file.name)
        form.add_field(part, file.content, filename=name, content_type=file.media_type)
        given = params or {}
        return await self._counted(path, self._request(path, form, given, seconds, _read_answer(given)))

    async def download(
        self, path: str, *, params: Mapping[str, str] | None = None, seconds: float, max_bytes: int
    ) -> DownloadResult:
        """Reads a file of at most ``max_bytes``. Errors come as JSON with status 200, as from every API."""
        given = params or {}

        async def read(response: aiohttp.ClientResponse) -> DownloadResult:
            content = await _read_at_most(response, max_bytes)
            if content is None:
                return TooLarge(max_bytes=max_bytes)
            # A file that somebody sent may itself be JSON; only an answer comes without a file name.
            disposition = response.content_disposition
            if response.status != 200 or disposition is None:
                answer = _answer(response.status, content, given)
                if response.status != 200 or isinstance(answer, Answered):
                    return answer
            name = (disposition.filename or "") if disposition is not None else ""
            return Downloaded(content=content, media_type=response.content_type, name=name)

        return await self._counted(path, self._request(path, None, given, seconds, read))

    async def _request(
        self,
        path: str,
        data: bytes | aiohttp.FormData | None,
        params: Mapping[str, str],
        seconds: float,
        read: Callable[[aiohttp.ClientResponse], Awaitable[_T]],
    ) -> _T | NotSent | OutcomeUnknown:
        if seconds <= 0:
            return NotSent(reason="no time left")
        try:
            async with (
                asyncio.timeout(seconds),
                self._session.request(
                    "GET" if data is None else "POST",
                    f"{self._api_base}/{path}",
                    params=params,
                    data=data,
                    headers=_JSON if not isinstance(data, aiohttp.FormData) else None,
                    timeout=aiohttp.ClientTimeout(connect=seconds * _CONNECTING_SHARE),
                    # A redirect would carry the token elsewhere.
                    allow_redirects=False,
                ) as response,
            ):
                return await read(response)
        except _BEFORE_WRITING as error:
            return NotSent(reason=f"cannot connect: {type(error).__name__}")
        except _PERHAPS_WRITTEN as error:
            return OutcomeUnknown(reason=f"no answer: {type(error).__name__}")

    async def _counted(self, path: str, calling: Awaitable[_T]) -> _T:
        began = time.perf_counter()
        result = await calling
        metrics.call_seconds.labels(channel=self._channel, api=path).observe(time.perf_counter() - began)
        outcome = self._label(result)
        metrics.calls.labels(channel=self._channel, api=path, outcome=outcome).inc()
        if isinstance(result, Answered) and result.code is not None and self._errcodes.row(result.code).alarm:
            metrics.alarms.labels(channel=self._channel, outcome=outcome).inc()
            log.error(
                "platform.alarm",
                channel=str(self._channel),
                api=path,
                errcode=result.code,
                said=result.message,
            )
        return result

    def _label(self, result: object) -> str:
        match result:
            case NotSent():
                return "not_sent"
            case OutcomeUnknown():
                return "unknown"
            case Answered(code=int(code)) if code != 0:
                return f"errcode_{code}" if code in self._errcodes else "other_errcode"
            case _:
                return "ok"


def _read_answer(params: Mapping[str, str]) -> Callable[[aiohttp.ClientResponse], Awaitable[Result]]:
    async def read(response: aiohttp.ClientResponse) -> Result:
        return _answer(response.status, await response.read(), params)

    return read


async def _read_at_most(response: aiohttp.ClientResponse, max_bytes: int) -> bytes | None:
    """The body; None for one of more than ``max_bytes``, which is not read to the end."""
    if response.content_length is not None and response.content_length > max_bytes:
        return None
    content = bytearray()
    async for piece in response.content.iter_any():
        content += piece
        if len(content) > max_bytes:
            return None
    return bytes(content)


def _answer(status: int, raw: bytes, params: Mapping[str, str]) -> Result:
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
    message = str(body.get("errmsg", ""))
    for name in _SECRET_PARAMETERS:
        if secret := params.get(name):
            message = message.replace(secret, "…")
    return Answered(
        code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        message=message[:300],
        body=body,
    )
