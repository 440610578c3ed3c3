"""The members' phones: what each member said to the app and what arrived there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from simulator.corp.errcodes import CorpError
from simulator.corpapp.windows import DAY

KEPT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsetLine:
    """One line of a phone; ``route`` is ``member``, ``app``, ``passive``, ``chat:…`` or ``mass``; epoch seconds."""

    number: int
    at: float
    route: str
    kind: str
    content: Mapping[str, object]
    msg_id: str | None = None

    @property
    def said(self) -> bool:
        """Whether the member did this."""
        return self.route == "member"

    def as_json(self) -> dict[str, object]:
        """The line for the control API."""
        return {
            "number": self.number,
            "at": self.at,
            "direction": "said" if self.said else "heard",
            "route": self.route,
            "kind": self.kind,
            "content": dict(self.content),
            "msgid": self.msg_id,
        }


@dataclass(slots=True)
class Handset:
    """One member's phone."""

    lines: deque[HandsetLine] = field(default_factory=lambda: deque(maxlen=KEPT))
    waiters: list[asyncio.Future[HandsetLine]] = field(default_factory=list)


class Handsets:
    """Phones by userid (lower case), made when they are first needed."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._phones: dict[str, Handset] = {}
        self._number = 0

    def add(
        self, userid: str, route: str, kind: str, content: Mapping[str, object], msg_id: str | None = None
    ) -> HandsetLine:
        """Write a line and wake whoever waits for one that is heard."""
        self._number += 1
        line = HandsetLine(
            number=self._number, at=self._now(), route=route, kind=kind, content=content, msg_id=msg_id
        )
        self._phone(userid).lines.append(line)
        if not line.said:
            self._wake(userid, line)
        return line

    def stir(self, userid: str, kind: str, content: Mapping[str, object]) -> None:
        """What is on the phone already looks different now; wakes whoever waits, writes no line."""
        line = HandsetLine(number=0, at=self._now(), route="passive", kind=kind, content=content)
        self._wake(userid, line)

    def lines(self, userid: str, after: int = 0) -> list[HandsetLine]:
        """What stands on a phone, oldest first."""
        return [line for line in self._phone(userid).lines if line.number > after]

    def repeated(self, msg_id: str) -> list[str]:
        """Who heard, with this message, what they had heard since they last did something."""
        return [userid for userid, phone in self._phones.items() if _repeats(phone, msg_id)]

    def recall(self, msg_id: str, now: float) -> None:
        """Take a message of the app back; raises CorpError 40058 (unknown) or 42052 (older than a day)."""
        found = [
            (phone, line)
            for phone in self._phones.values()
            for line in phone.lines
            if line.msg_id == msg_id and line.route == "app"
        ]
        if not found:
            raise CorpError(40058, "msgid")
        for phone, line in found:
            if now - line.at >= DAY:
                raise CorpError(42052)
            phone.lines[phone.lines.index(line)] = replace(line, kind="recalled", content={})

    def next_heard(self, userid: str) -> asyncio.Future[HandsetLine]:
        """The next line that arrives on a phone."""
        future: asyncio.Future[HandsetLine] = asyncio.get_running_loop().create_future()
        self._phone(userid).waiters.append(future)
        return future

    def _wake(self, userid: str, line: HandsetLine) -> None:
        phone = self._phone(userid)
        waiters, phone.waiters = phone.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(line)

    def _phone(self, userid: str) -> Handset:
        return self._phones.setdefault(userid.lower(), Handset())


def _repeats(phone: Handset, msg_id: str) -> bool:
    lines = list(phone.lines)
    if not lines or lines[-1].msg_id != msg_id or lines[-1].said:
        return False
    for line in reversed(lines[:-1]):
        if line.said:
            return False
        if line.kind == lines[-1].kind and line.content == lines[-1].content and line.msg_id != msg_id:
            return True
    return False
