"""An account: a person of the shop who may use the console."""

from __future__ import annotations

import re
from dataclasses import dataclass

from console.permissions import Permission, Role, allows

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]")
_USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
LONGEST_NAME = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``login`` is in small letters. ``must_change``: somebody else set the password. Times: ms since 1970 UTC."""

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    has_password: bool
    must_change: bool
    wecom_userid: str | None
    disabled: bool
    created_ms: int
    signed_in_ms: int | None

    def may(self, permission: Permission) -> bool:
        return allows(self.roles, permission)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What an account is made of, checked. ``password_hash`` None: this person comes in by 企业微信 only."""

    login: str
    name: str
    roles: frozenset[Role]
    password_hash: str | None
    must_change: bool = False
    wecom_userid: str | None = None


def login_of(typed: str) -> str:
    """The login name that somebody typed, as it is stored."""
    return typed.strip().lower()


def problem_of(*, login: str, name: str, roles: frozenset[Role], wecom_userid: str | None) -> str:
    """What is wrong with these, in a sentence for people; empty when nothing is."""
    if not _LOGIN.fullmatch(login):
        return "登录名用 3 到 40 个小写字母、数字、点、横线或下划线，首尾为字母或数字"
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        return f"请填写姓名，最多 {LONGEST_NAME} 个字"
    if not roles:
        return "至少选择一个角色"
    if wecom_userid is not None and not _USERID.fullmatch(wecom_userid):
        return "企业微信账号（userid）的格式不对，请从通讯录里复制"
    return ""
