"""Signing in by 企业微信: the page with the QR code, and what its answer means (WeCom 98152 企业微信Web登录)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from console.sessions.session import derived, is_derived
from console.web.visit import BASE

CALLBACK = "/login/wecom"
_STATE = "wecom"
_LONGEST_CODE = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class WecomLogin:
    """``member_of`` names the member behind a code; None when there is none, or the platform does not answer."""

    base: str
    corp_id: str
    agent_id: int
    public_url: str
    member_of: Callable[[str], Awaitable[str | None]]

    def address(self, token: str) -> str:
        """The page with the QR code. Its state is known to nobody but the browser that has ``token``."""
        query = {
            "login_type": "CorpApp",
            "appid": self.corp_id,
            "agentid": str(self.agent_id),
            "redirect_uri": f"{self.public_url}{BASE}{CALLBACK}",
            "state": derived(token, _STATE),
        }
        return f"{self.base}/wwlogin/sso/login?{urlencode(query)}"

    async def member(self, *, code: str, state: str, token: str) -> str | None:
        """The userid of who scanned; None when this is not the answer to a page that ``token`` asked for."""
        if not is_derived(state, token, _STATE) or not 0 < len(code) <= _LONGEST_CODE:
            return None
        return await self.member_of(code)
