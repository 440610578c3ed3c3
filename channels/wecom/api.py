"""The API of qyapi.weixin.qq.com with the app's token: every call of 企业微信 and 微信客服 goes through here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import aiohttp

from channels.call_limits import CallGate
from channels.calls import Answered, Budget, DownloadResult, HttpApi, Result, Upload
from channels.outcomes import NotSent
from channels.token_calls import TokenCalls
from channels.tokens import TokenKeeper
from channels.wecom.errcodes import ERRCODES, TOO_FREQUENT
from channels.wecom.settings import WecomSettings
from conversations.address import Channel

_T = TypeVar("_T")


class QyApi:
    """Calls the API with the token of one app. Never raises for anything the network or the platform does.

    ``path`` has no leading slash (``cgi-bin/kf/send_msg``). Each method takes ``seconds`` at most, token and one
    repetition with a fresh token included; the default is ``send_timeout_seconds``. ``scope`` is what a call
    limit counts by, see CallGate; a limit that is used up is NotSent with ``retry_after``, and nothing is called.
    ``channel`` is the word that the calls are counted under.
    """

    def __init__(
        self,
        settings: WecomSettings,
        session: aiohttp.ClientSession,
        tokens: TokenKeeper,
        *,
        calls: CallGate | None = None,
        channel: Channel = Channel.WECOM,
    ) -> None:
        self.tokens = tokens
        self._seconds = settings.send_timeout_seconds
        self._http = HttpApi(settings.api_base, session, channel, ERRCODES)
        self._token_calls = TokenCalls(tokens, ERRCODES)
        self._calls = calls

    async def call(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        seconds: float | None = None,
        scope: str = "",
    ) -> Result:
        """Posts ``body`` as JSON, or reads with GET when there is none."""

        def attempt(token: str, left: float) -> Awaitable[Result]:
            return self._http.call(path, body, params=_with(params, token), seconds=left)

        return await self._allowed(path, scope, attempt, seconds)

    async def upload(
        self,
        path: str,
        file: Upload,
        *,
        params: Mapping[str, str] | None = None,
        seconds: float | None = None,
        scope: str = "",
    ) -> Result:
        """Posts ``file`` as the multipart field ``media``."""

        def attempt(token: str, left: float) -> Awaitable[Result]:
            return self._http.upload(path, file, params=_with(params, token), seconds=left)

        return await self._allowed(path, scope, attempt, seconds)

    async def download(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        seconds: float | None = None,
        max_bytes: int,
        scope: str = "",
    ) -> DownloadResult:
        """Reads a file (WeCom 90254 获取临时素材); an Answered is an error that came in its place."""

        def attempt(token: str, left: float) -> Awaitable[DownloadResult]:
            return self._http.download(path, params=_with(params, token), seconds=left, max_bytes=max_bytes)

        return await self._allowed(path, scope, attempt, seconds)

    async def _allowed(
        self,
        path: str,
        scope: str,
        attempt: Callable[[str, float], Awaitable[_T]],
        seconds: float | None,
    ) -> _T | NotSent:
        budget = Budget(self._seconds if seconds is None else seconds)
        if self._calls is not None:
            wait = await self._calls.may_call(path, scope)
            if wait > 0:
                return NotSent(reason=f"limit of {path} used up", retry_after=wait)
        result = await self._token_calls.call(attempt, budget)
        if self._calls is not None and isinstance(result, Answered) and result.code == TOO_FREQUENT:
            await self._calls.blocked(path, scope)
        return result


def _with(params: Mapping[str, str] | None, token: str) -> Mapping[str, str]:
    return {**(params or {}), "access_token": token}
