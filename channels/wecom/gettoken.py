"""Fetches the app's access token (WeCom 91039 获取access_token)."""

from __future__ import annotations

import aiohttp

from channels.calls import Answered, HttpApi
from channels.errcodes import Reaction
from channels.tokens import CredentialRefused, FetchedToken
from channels.wecom.errcodes import ERRCODES
from channels.wecom.settings import WecomSettings, secret_text
from conversations.address import Channel
from conversations.errors import Transient

PATH = "cgi-bin/gettoken"

BANNED_SECONDS = 3600.0
"""A wrong Secret that is tried several times has our address banned for an hour, so it is tried once an hour."""

_CORP_CURE = ("wecom.corp_id", "Copy the 企业ID from 我的企业 → 企业信息")
_SECRET_CURE = (
    "wecom.secret",
    "Set XIAOER_WECOM__SECRET to the Secret of the app wecom.agent_id, from 应用管理",
)


class GetToken:
    """The ``Fetch`` of the TokenKeeper of one app's Secret.

    Within a token's life the platform gives out the same one again, so there is nothing to force.
    """

    def __init__(self, settings: WecomSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._api = HttpApi(settings.api_base, session, Channel.WECOM, ERRCODES)

    async def __call__(self, _force: bool) -> FetchedToken:
        """Raises Transient, or CredentialRefused when id, Secret or our address is not accepted."""
        params = {"corpid": self._settings.corp_id, "corpsecret": secret_text(self._settings.secret)}
        # Below the time of a whole send, so that what stopped us is known before that runs out.
        seconds = self._settings.send_timeout_seconds * 0.6
        match await self._api.call(PATH, params=params, seconds=seconds):
            case Answered(code=None | 0, body=answer):
                return _fetched(answer.get("access_token"), answer.get("expires_in"))
            case Answered(code=int(code)) as answered:
                raise _refusal(code, answered.address)
            case failure:
                raise Transient(f"access token not fetched: {failure}")


def _fetched(token: object, expires_in: object) -> FetchedToken:
    if not isinstance(token, str) or not token or not isinstance(expires_in, int) or expires_in <= 0:
        raise Transient("gettoken answered without a token")
    return FetchedToken(token=token, expires_in=float(expires_in))


def _refusal(code: int, address: str) -> Transient | CredentialRefused:
    row = ERRCODES.row(code)
    problem = f"the platform refuses it (errcode {code}, {row.meaning})"
    match code:
        case 45009:
            return Transient(
                f"gettoken: errcode {code}, {row.meaning}; wrong Secrets may have had our address banned",
                retry_after=BANNED_SECONDS,
            )
        case 60020:
            return CredentialRefused(
                "wecom",
                f"the platform refuses our address {address or '(not named)'} (errcode 60020)",
                "Add it to 企业可信IP of the app in 应用管理; it counts within a minute",
            )
        case 40013:
            key, cure = _CORP_CURE
            return CredentialRefused(key, problem, cure, retry_after=BANNED_SECONDS)
        case _ if row.reaction in (Reaction.CONFIG, Reaction.REFRESH_TOKEN):
            # On this call 40001 speaks of the Secret, not of a token.
            key, cure = _SECRET_CURE
            return CredentialRefused(key, problem, cure, retry_after=BANNED_SECONDS)
    return Transient(f"gettoken: errcode {code}, {row.meaning}", retry_after=row.retry_after)
