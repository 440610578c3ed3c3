"""Accounts of 微信客服 and who serves them (WeCom 94662 添加客服账号, 94645 客服人员列表)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.corp.errcodes import CorpError
from simulator.corp.members import Members

MAX_ACCOUNTS, MAX_NAME = 5000, 16
MAX_SERVICERS, MAX_DEPARTMENTS = 2000, 20
_OPEN_KFID = re.compile(r"wk[0-9A-Za-z_-]{1,62}")
_SCENE = re.compile(r"[0-9A-Za-z_-]{0,32}")


@dataclass(slots=True, kw_only=True)
class Servicer:
    """A member who serves customers; ``suspended`` tells 暂时挂起 from 停止接待 when not receiving."""

    userid: str
    receiving: bool = True
    suspended: bool = False

    def as_json(self) -> dict[str, object]:
        """As ``servicer/list`` gives it: status 0 receives, 1 does not (the event numbers differ)."""
        if self.receiving:
            return {"userid": self.userid, "status": 0}
        return {"userid": self.userid, "status": 1, "stop_type": int(self.suspended)}


@dataclass(slots=True, kw_only=True)
class Account:
    """One account; ``authorised`` says whether the app may call for it."""

    open_kfid: str
    name: str
    avatar: str = ""
    authorised: bool = True
    servicers: dict[str, Servicer] = field(default_factory=dict)
    departments: list[int] = field(default_factory=list)

    def add_servicer(self, userid: str, members: Members) -> int:
        """Let a member serve; returns the errcode of this one: 60111, 60030, 95014, 95021 or 0."""
        member = members.get(userid)
        if member is None:
            return 60111
        if not member.visible:
            return 60030
        if not member.active:
            return 95014
        if len(self.servicers) >= MAX_SERVICERS and userid not in self.servicers:
            return 95021
        self.servicers.setdefault(member.userid, Servicer(userid=member.userid))
        return 0

    def remove_servicer(self, userid: str) -> int:
        """No longer serve; returns the errcode of this one."""
        return 0 if self.servicers.pop(userid, None) is not None else 95014

    def check_receives(self, userid: str, members: Members) -> None:
        """Raises CorpError 95014 (no servicer, not activated) or 95019 (stopped or suspended)."""
        servicer, member = self.servicers.get(userid), members.get(userid)
        if servicer is None or member is None or not member.active:
            raise CorpError(95014)
        if not servicer.receiving:
            raise CorpError(95019)

    def receivers(self) -> list[str]:
        """The userids of those who receive now."""
        return [item.userid for item in self.servicers.values() if item.receiving]


class Accounts:
    """Accounts by open_kfid, in the order in which they were made."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._scenes: dict[str, tuple[str, str]] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)

    def add(self, name: str, open_kfid: str | None = None) -> Account:
        """Make an account; raises CorpError 95006 (name) or 95005 (too many)."""
        _check_name(name)
        if len(self._accounts) >= MAX_ACCOUNTS:
            raise CorpError(95005)
        key = open_kfid or "wk" + secrets.token_urlsafe(24).replace("-", "A")[:30]
        account = Account(open_kfid=key, name=name)
        self._accounts[key] = account
        return account

    def rename(self, account: Account, name: str) -> None:
        """Give a new name; raises CorpError 95006."""
        _check_name(name)
        account.name = name

    def remove(self, open_kfid: str) -> None:
        """The account is no more."""
        self._accounts.pop(open_kfid, None)

    def look(self, open_kfid: object) -> Account:
        """The account; raises CorpError 95000 (no such id can be), 95004 (not ours, deleted)."""
        if not isinstance(open_kfid, str) or not _OPEN_KFID.fullmatch(open_kfid):
            raise CorpError(95000)
        account = self._accounts.get(open_kfid)
        if account is None:
            raise CorpError(95004)
        return account

    def need(self, open_kfid: object) -> Account:
        """The account, with the app's right to call for it; raises CorpError 95000, 95004, 48007."""
        account = self.look(open_kfid)
        if not account.authorised:
            raise CorpError(48007)
        return account

    def link(self, account: Account, scene: str) -> str:
        """A link that leads customers to the account; raises CorpError 40058 for a bad scene."""
        if not _SCENE.fullmatch(scene):
            raise CorpError(40058, "scene: at most 32 of 0-9a-zA-Z_-")
        key = "ENC" + secrets.token_urlsafe(24)
        self._scenes[key] = (account.open_kfid, scene)
        return f"https://work.weixin.qq.com/kfid/kfc{secrets.token_hex(8)}?enc_scene={key}"

    def scene_of(self, enc_scene: str) -> tuple[str, str] | None:
        """Account and scene of a link that was made here."""
        return self._scenes.get(enc_scene)


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= MAX_NAME:
        raise CorpError(95006)
