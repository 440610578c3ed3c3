"""Fetches the 公众号's access token with stable_token (platform page getStableAccessToken)."""

from __future__ import annotations

import aiohttp

from channels.calls import Answered, HttpApi
from channels.errcodes import Reaction
from channels.official.errcodes import ERRCODES
from channels.official.settings import OfficialSettings, secret_text
from channels.tokens import CredentialRefused, FetchedToken
from conversations.address import Channel
from conversations.errors import Transient

_PATH = "cgi-bin/stable_token"
_CURES = {
    40013: ("official.app_id", "Copy the AppID from 设置与开发 → 基本配置"),
    40164: ("official", "Add the address to the IP white list in 设置与开发 → 基本配置"),
}
_SECRET_CURE = (
    "official.app_secret",
    "Set XIAOER_OFFICIAL__APP_SECRET to the AppSecret of this app_id",
)


class StableToken:
    """The ``Fetch`` of this account's TokenKeeper.

    stable_token leaves tokens that other programs hold valid, which the classic call does not.
    """

    def __init__(self, settings: OfficialSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._api = HttpApi(settings.api_base, session, Channel.OFFICIAL, ERRCODES)

    async def __call__(self, force: bool) -> FetchedToken:
        """Raises Transient, or CredentialRefused when id, secret or our address is not accepted."""
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": secret_text(self._settings.app_secret),
            "force_refresh": force,
        }
        # Below the time of a whole send, so that what stopped us is known before that runs out.
        seconds = self._settings.send_timeout_seconds * 0.6
        match await self._api.call(_PATH, body, seconds=seconds):
            case Answered(code=None | 0, body=answer):
                return _fetched(answer.get("access_token"), answer.get("expires_in"))
            case Answered(code=int(code)) as answered:
                raise _refusal(code, answered.address)
            case failure:
                raise Transient(f"access token not fetched: {failure}")


def _fetched(token: object, expires_in: object) -> FetchedToken:
    if not isinstance(token, str) or not token or not isinstance(expires_in, int) or expires_in <= 0:
        raise Transient("stable_token answered without a token")
    return FetchedToken(token=token, expires_in=float(expires_in))


def _refusal(code: int, address: str) -> Transient | CredentialRefused:
    row = ERRCODES.row(code)
    # On this call 40001 speaks of the secret, not of a token.
    if row.reaction not in (Reaction.CONFIG, Reaction.REFRESH_TOKEN):
        return Transient(f"stable_token: errcode {code}, {row.meaning}", retry_after=row.retry_after)
    key, cure = _CURES.get(code, _SECRET_CURE)
    problem = f"the platform refuses it (errcode {code}, {row.meaning})"
    return CredentialRefused(
        key, f"{problem}, address {address}" if code == 40164 and address else problem, cure
    )
