"""Customers and what they see on their phones, in the order in which it came."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from simulator.requests_in import BadRequest

_NAME = re.compile(r"[0-9A-Za-z_.-]{1,64}")


class Speaker(Enum):
    """Who put a line on the phone."""

    CUSTOMER = "customer"
    API = "api"
    EVENT = "event"
    """The API by ``send_msg_on_event``."""
    SERVICER = "servicer"
    SYSTEM = "system"


@dataclass(slots=True, kw_only=True)
class Line:
    """One thing on the phone; ``at`` in epoch seconds, ``number`` grows by one for each customer."""

    number: int
    at: float
    open_kfid: str
    speaker: Speaker
    kind: str
    content: Mapping[str, object]
    msgid: str
    servicer: str | None = None
    recalled: bool = False

    @property
    def text(self) -> str:
        """What can be read on it: a text, a menu line by line, a title; else an empty string."""
        if self.kind == "msgmenu":
            return "\n".join(line for line in _menu_lines(self.content) if line)
        words = self.content.get("content") or self.content.get("title") or ""
        return words if isinstance(words, str) else ""

    def as_json(self) -> dict[str, object]:
        """The line for the control API and the page."""
        return {
            "number": self.number,
            "at": self.at,
            "open_kfid": self.open_kfid,
            "direction": "said" if self.speaker is Speaker.CUSTOMER else "heard",
            "by": self.speaker.value,
            "kind": self.kind,
            "content": dict(self.content),
            "text": self.text,
            "msgid": self.msgid,
            "servicer": self.servicer,
            "recalled": self.recalled,
        }


def _menu_lines(content: Mapping[str, object]) -> Iterator[str]:
    """Head, the words of each item, tail."""
    yield str(content.get("head_content", ""))
    items = content.get("list")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and isinstance(item.get(item.get("type")), dict):
            yield str(item[item["type"]].get("content", ""))
    yield str(content.get("tail_content", ""))


@dataclass(slots=True, kw_only=True)
class Customer:
    """A person in WeChat; ``refuses`` lets what is sent to them fail with fail_type 10."""

    name: str
    external_userid: str
    nickname: str
    gender: int = 0
    unionid: str = ""
    refuses: bool = False
    lines: list[Line] = field(default_factory=list)
    _waiting: list[asyncio.Future[Line]] = field(default_factory=list)

    def add(
        self,
        open_kfid: str,
        speaker: Speaker,
        kind: str,
        content: Mapping[str, object],
        *,
        msgid: str,
        at: float,
        servicer: str | None = None,
    ) -> Line:
        """Put a line on the phone and tell those who wait for one."""
        line = Line(
            number=len(self.lines) + 1,
            at=at,
            open_kfid=open_kfid,
            speaker=speaker,
            kind=kind,
            content=content,
            msgid=msgid,
            servicer=servicer,
        )
        self.lines.append(line)
        if speaker is not Speaker.CUSTOMER:
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(line)
        return line

    def next_heard(self) -> asyncio.Future[Line]:
        """Resolves with the next line that somebody else puts on the phone."""
        future: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return future

    def line_of(self, msgid: str) -> Line | None:
        """The line of a message, newest first."""
        return next((line for line in reversed(self.lines) if line.msgid == msgid), None)

    def as_json(self) -> dict[str, object]:
        """The person for the control API and the page."""
        return {
            "id": self.name,
            "external_userid": self.external_userid,
            "nickname": self.nickname,
            "unionid": self.unionid,
            "refuses": self.refuses,
            "lines": len(self.lines),
        }


class Customers:
    """Customers by their name in the simulator and by external_userid."""

    def __init__(self, corp_id: str) -> None:
        self._corp_id = corp_id
        self._by_name: dict[str, Customer] = {}
        self._by_id: dict[str, Customer] = {}

    def __iter__(self) -> Iterator[Customer]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def ensure(self, name: str, nickname: str | None = None) -> Customer:
        """The customer of that name or external_userid, made when new; raises BadRequest for a bad name."""
        known = self._by_name.get(name) or self._by_id.get(name)
        if known is not None:
            known.nickname = nickname or known.nickname
            return known
        if not _NAME.fullmatch(name):
            raise BadRequest("a customer's id must be 1 to 64 letters, digits, dots, dashes or underscores")
        customer = Customer(
            name=name,
            external_userid=self._id(name),
            nickname=nickname or name,
            unionid="o" + self._id(name)[2:29],
        )
        self._by_name[name] = self._by_id[customer.external_userid] = customer
        return customer

    def get(self, name: str) -> Customer:
        """The customer of that name or external_userid; raises BadRequest when there is none."""
        known = self._by_name.get(name) or self._by_id.get(name)
        if known is None:
            raise BadRequest(f"there is no customer {name!r}")
        return known

    def by_external_userid(self, external_userid: object) -> Customer | None:
        """The customer whom the API means, if any."""
        return self._by_id.get(external_userid) if isinstance(external_userid, str) else None

    def _id(self, name: str) -> str:
        digest = hashlib.sha256(f"{self._corp_id}:{name}".encode()).digest()
        return "wm" + base64.urlsafe_b64encode(digest).decode()[:30]
