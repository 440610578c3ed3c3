"""Who scanned: the member behind the code of a web sign-in (WeCom 98176 获取用户登录身份)."""

from __future__ import annotations

from dataclasses import dataclass

from channels.wecom.answers import Failure, answer, text
from channels.wecom.api import QyApi

GET = "cgi-bin/auth/getuserinfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of the corp."""

    userid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """Somebody of WeChat who is no member of the corp."""


async def member_of(api: QyApi, code: str) -> Member | Outsider | Failure:
    """``code`` is good once, for five minutes. Never raises for anything the network or the platform does."""
    given = answer(await api.call(GET, params={"code": code}), repeatable=False)
    if isinstance(given, Failure):
        return given
    userid = text(given, "userid")
    return Member(userid=userid) if userid else Outsider()
