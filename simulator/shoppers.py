"""Shoppers: who they are to the account, and what each of them said and heard."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from simulator.quota import Act, Allowance, ReplyQuota

_SHOPPER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ShopperRefused(ValueError):
    """There is no such shopper, or there cannot be one; the text says why."""


class Route(Enum):
    """How a line came into the transcript."""

    SHOPPER = "shopper"
    PASSIVE = "passive"
    CUSTOM = "custom"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a transcript; ``content`` depends on ``kind`` (``text`` has ``text``)."""

    number: int
    at: datetime
    route: Route
    kind: str
    content: Mapping[str, object]
    msg_id: str | None = None
    attempt: int | None = None

    @property
    def said(self) -> bool:
        """Whether the shopper said or did it."""
        return self.route is Route.SHOPPER

    def as_json(self) -> dict[str, object]:
        """The line for the control API and the page."""
        return {
            "number": self.number,
            "at": self.at.isoformat(timespec="milliseconds"),
            "direction": "said" if self.said else "heard",
            "route": self.route.value,
            "kind": self.kind,
            "content": dict(self.content),
            "msgid": self.msg_id,
            "attempt": self.attempt,
        }


def openid_of(app_id: str, shopper_id: str) -> str:
    """28 characters beginning with ``o``, the same for the same account and shopper."""
    digest = hashlib.sha256(f"{app_id}\0{shopper_id}".encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]


@dataclass(slots=True)
class Shopper:
    """One person who may follow the account."""

    id: str
    openid: str
    nickname: str
    following: bool
    quota: ReplyQuota
    transcript: deque[Line]
    typing_until: float = 0.0
    last_act: float = 0.0
    _number: int = 0
    _waiters: list[asyncio.Future[Line]] = field(default_factory=list)

    def add(
        self,
        route: Route,
        kind: str,
        content: Mapping[str, object],
        *,
        at: datetime,
        msg_id: str | None = None,
        attempt: int | None = None,
    ) -> Line:
        """Append a line; whoever waits for an answer is woken by the first line that is heard."""
        self._number += 1
        line = Line(
            number=self._number,
            at=at,
            route=route,
            kind=kind,
            content=content,
            msg_id=msg_id,
            attempt=attempt,
        )
        self.transcript.append(line)
        if not line.said:
            self._wake(line)
        return line

    def next_heard(self) -> asyncio.Future[Line]:
        """A future of the next line that the shopper hears."""
        waiter: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
        self._waiters = [known for known in self._waiters if not known.done()]
        self._waiters.append(waiter)
        return waiter

    def lines_after(self, number: int) -> list[Line]:
        """The lines newer than ``number``, oldest first."""
        return [line for line in self.transcript if line.number > number]

    def as_json(self, now: float) -> dict[str, object]:
        """The shopper for the control API and the page."""
        return {
            "id": self.id,
            "openid": self.openid,
            "nickname": self.nickname,
            "following": self.following,
            "typing": self.typing_until > now,
            "quota_left": self.quota.left(now),
            "lines": self._number,
        }

    def _wake(self, line: Line) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(line)


class ShopperBook:
    """All shoppers, by id and by openid."""

    def __init__(
        self,
        *,
        app_id: str,
        allowances: Mapping[Act, Allowance],
        capacity: int = 200_000,
        lines_kept: int = 400,
    ) -> None:
        self._app_id = app_id
        self._capacity = capacity
        self._lines_kept = lines_kept
        self.allowances = allowances
        self._by_id: dict[str, Shopper] = {}
        self._by_openid: dict[str, Shopper] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Shopper]:
        return iter(self._by_id.values())

    def get(self, shopper_id: str) -> Shopper:
        """The shopper of that id; raises ShopperRefused."""
        shopper = self._by_id.get(shopper_id)
        if shopper is None:
            raise ShopperRefused(f"there is no shopper {shopper_id!r}")
        return shopper

    def by_openid(self, openid: str) -> Shopper | None:
        """The shopper whom the account knows by that openid, if any."""
        return self._by_openid.get(openid)

    def ensure(self, shopper_id: str, *, nickname: str | None = None, following: bool = True) -> Shopper:
        """The shopper of that id, created when there is none; raises ShopperRefused."""
        known = self._by_id.get(shopper_id)
        if known is not None:
            return known
        if not _SHOPPER_ID.fullmatch(shopper_id):
            raise ShopperRefused("a shopper's id is 1 to 64 letters, digits, - or _")
        if len(self._by_id) >= self._capacity:
            raise ShopperRefused(f"there are {self._capacity} shoppers already")
        shopper = Shopper(
            id=shopper_id,
            openid=openid_of(self._app_id, shopper_id),
            nickname=nickname or shopper_id,
            following=following,
            quota=ReplyQuota(self.allowances),
            transcript=deque(maxlen=self._lines_kept),
        )
        self._by_id[shopper.id] = shopper
        self._by_openid[shopper.openid] = shopper
        return shopper

    def remove(self, shopper_id: str) -> None:
        """Forget a shopper; raises ShopperRefused when there is none."""
        shopper = self.get(shopper_id)
        del self._by_id[shopper.id], self._by_openid[shopper.openid]

    def clear(self) -> None:
        """Forget everybody."""
        self._by_id.clear()
        self._by_openid.clear()
