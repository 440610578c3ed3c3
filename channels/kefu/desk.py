"""What 微信客服 says about sessions, servicers, customers and accounts, as typed values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from channels.kefu.fields import BadField, JsonReader
from channels.kefu.states import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as service_state/get tells it. ``servicer`` is named in SERVED only."""

    state: SessionState
    servicer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Servicer:
    """A member who may receive. In servicer/list status 0 is receiving, unlike in servicer_status_change."""

    userid: str
    receiving: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Servicers:
    """The servicers of one account (WeCom 94645). ``departments``: whole departments, whose members are not told."""

    members: tuple[Servicer, ...]
    departments: bool

    @property
    def somebody_receives(self) -> bool:
        """Whether a customer in the pool can be taken. Of a department that cannot be seen, so it is believed."""
        return self.departments or any(servicer.receiving for servicer in self.members)

    def receives(self, userid: str) -> bool:
        """Whether this member may receive now; one who is not listed may be of a department."""
        for servicer in self.members:
            if servicer.userid == userid:
                return servicer.receiving
        return self.departments


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer who was active within 48 h (WeCom 95159). ``union_id`` is empty where no 开放平台 account is bound."""

    external_userid: str
    nickname: str
    avatar: str
    gender: int
    union_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KefuAccount:
    """One 微信客服 account (WeCom 获取客服账号列表). ``manageable``: our app may change it."""

    open_kfid: str
    name: str
    manageable: bool


def session(body: Mapping[str, object]) -> Session | None:
    """The session in an answer of service_state/get; None for a state that we do not know."""
    reader = JsonReader(body)
    try:
        state = SessionState(reader.number("service_state"))
    except (BadField, ValueError):
        return None
    return Session(state=state, servicer=reader.optional_identifier("servicer_userid"))


def servicers(body: Mapping[str, object]) -> Servicers:
    """The servicers in an answer of servicer/list."""
    members, departments = [], False
    for entry in _objects(body, "servicer_list"):
        userid = entry.optional_identifier("userid")
        if userid is None:
            departments = departments or "department_id" in entry.fields
        else:
            members.append(Servicer(userid=userid, receiving=entry.fields.get("status") in (0, "0")))
    return Servicers(members=tuple(members), departments=departments)


def customers(body: Mapping[str, object]) -> tuple[Customer, ...]:
    """The customers in an answer of customer/batchget."""
    return tuple(
        Customer(
            external_userid=userid,
            nickname=entry.optional_text("nickname"),
            avatar=entry.optional_text("avatar"),
            gender=_number(entry, "gender"),
            union_id=entry.optional_text("unionid"),
        )
        for entry in _objects(body, "customer_list")
        if (userid := entry.optional_identifier("external_userid"))
    )


def accounts(body: Mapping[str, object]) -> tuple[KefuAccount, ...]:
    """The accounts in an answer of account/list."""
    return tuple(
        KefuAccount(
            open_kfid=open_kfid,
            name=entry.optional_text("name"),
            manageable=entry.fields.get("manage_privilege") is True,
        )
        for entry in _objects(body, "account_list")
        if (open_kfid := entry.optional_identifier("open_kfid"))
    )


def _objects(body: Mapping[str, object], name: str) -> Iterable[JsonReader]:
    entries = body.get(name)
    return (
        JsonReader(entry)
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    )


def _number(entry: JsonReader, name: str) -> int:
    try:
        return entry.number(name)
    except BadField:
        return 0
