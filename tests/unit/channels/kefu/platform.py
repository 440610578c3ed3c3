"""A small 微信客服 for one customer, written from the protocol's words and not from our tables, behind QyApi's face.

It never waits, so ``run`` can carry a coroutine through in one go.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from channels.calls import Answered, Result
from channels.kefu.adapter import KefuChannel
from channels.kefu.client import KefuClient
from channels.kefu.sessions import KnownSession
from channels.kefu.states import SessionState, Told
from channels.outcomes import OutcomeUnknown
from channels.wecom.settings import WecomSettings
from conversations.address import Address, Channel
from conversations.clock import Clock, ManualClock
from tests.unit.channels.kefu.pulled import ACCOUNT, CUSTOMER, NOW

TO = Address(channel=Channel.KEFU, account=ACCOUNT, peer=CUSTOMER)
T = TypeVar("T")

FREE, BOT, POOL, SERVED, ENDED = range(5)
BUDGET = 5
WINDOW = timedelta(hours=48)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never really waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise AssertionError("the coroutine waited for something")


@dataclass
class Code:
    """``state`` None: spendable in any."""

    state: int | None
    ends: datetime
    menus: bool
    spent: bool = False


@dataclass
class Platform:
    """The account's only customer, her session, and what reached her. ``calls`` keeps every call's path and body."""

    clock: ManualClock
    state: int = ENDED
    servicer: str | None = None
    left: int = 0
    wrote_at: datetime | None = None
    receiving: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    codes: dict[str, Code] = field(default_factory=dict)
    code_given: bool = False
    delivered: list[tuple[str, int]] = field(default_factory=list)
    msgids: set[str] = field(default_factory=set)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, list[Result]] = field(default_factory=dict)
    """Prepared answers by the last part of the path; used up before anything else happens."""
    lose_next: bool = False
    """The next call is carried out, and its answer is lost."""
    changed_unseen: bool = False
    """The session changed, and neither an event that was pulled nor an answer has told so."""

    async def call(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        seconds: float | None = None,
        scope: str = "",
    ) -> Result:
        api = path.removeprefix("cgi-bin/kf/")
        self.calls.append((api, body or params or {}))
        if self.answers.get(api):
            return self.answers[api].pop(0)
        lost, self.lose_next = self.lose_next, False
        answer = self._answer(api, dict(body or params or {}))
        code = answer.get("errcode", 0)
        if code:
            self.refusals.append(code)
        if lost:
            return OutcomeUnknown(reason="no answer: lost")
        return Answered(code=code, message=str(answer.get("errmsg", "")), body=answer)

    def _answer(self, api: str, body: dict[str, Any]) -> dict[str, Any]:
        handlers = {
            "service_state/get": self._get,
            "service_state/trans": self._trans,
            "servicer/list": self._list,
            "send_msg": self._send,
            "send_msg_on_event": self._send_on_event,
        }
        return handlers[api](body)

    def _get(self, _body: dict[str, Any]) -> dict[str, Any]:
        self.changed_unseen = False
        named = {"servicer_userid": self.servicer} if self.state == SERVED else {}
        return {"errcode": 0, "service_state": self.state, **named}

    def _list(self, _body: dict[str, Any]) -> dict[str, Any]:
        people = [{"userid": name, "status": 0} for name in sorted(self.receiving)]
        return {
            "errcode": 0,
            "servicer_list": people + [{"userid": name, "status": 1} for name in sorted(self.stopped)],
        }

    def _trans(self, body: dict[str, Any]) -> dict[str, Any]:
        end = body["service_state"]
        if self.state == ENDED:
            return {"errcode": 95013}
        if end == SERVED and body.get("servicer_userid") not in self.receiving:
            return {"errcode": 95019 if body.get("servicer_userid") in self.stopped else 95014}
        allowed = {
            FREE: {BOT, POOL, SERVED},
            BOT: {POOL, SERVED},
            POOL: {SERVED},
            SERVED: {SERVED, ENDED},
        }
        if end not in allowed[self.state]:
            return {"errcode": 95016}
        self.state, self.servicer = end, body.get("servicer_userid")
        if end in (POOL, SERVED) and not self.code_given:
            self.code_given = True
            return {"errcode": 0, "msg_code": self.grant(end, WINDOW, menus=False)}
        return {"errcode": 0}

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["msgid"] in self.msgids:
            return {"errcode": 40058, "errmsg": "msgid duplicated"}
        if self.state not in (FREE, BOT):
            return {"errcode": 95018}
        if self.wrote_at is None or self.clock.now() >= self.wrote_at + WINDOW:
            return {"errcode": 95002}
        if self.left == 0:
            return {"errcode": 95001}
        self.left -= 1
        return self._deliver(body)

    def _send_on_event(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["msgid"] in self.msgids:
            return {"errcode": 40058, "errmsg": "msgid duplicated"}
        code = self.codes.get(body["code"])
        if code is None or code.spent or code.ends <= self.clock.now():
            return {"errcode": 40058, "errmsg": "invalid code"}
        if code.state not in (None, self.state):
            return {"errcode": 95018}
        if body["msgtype"] == "msgmenu" and not code.menus:
            return {"errcode": 95030}
        code.spent = True
        return self._deliver(body)

    def _deliver(self, body: dict[str, Any]) -> dict[str, Any]:
        self.msgids.add(body["msgid"])
        self.delivered.append((body["msgid"], self.state))
        return {"errcode": 0, "errmsg": "ok", "msgid": body["msgid"]}

    def grant(self, state: int | None, lasts: timedelta, *, menus: bool) -> str:
        name = f"CODE{len(self.codes)}"
        self.codes[name] = Code(state=state, ends=self.clock.now() + lasts, menus=menus)
        return name

    def customer_writes(self, *, native: str | None = None) -> None:
        """``native``: the account is in native reception, and this servicer gets the new session."""
        if self.state == ENDED:
            self.state, self.servicer, self.code_given = FREE, None, False
            if native is not None:
                self.state, self.servicer = SERVED, native
            self.changed_unseen = True
        self.left, self.wrote_at = BUDGET, self.clock.now()


@dataclass
class MemorySessions:
    """The ``Sessions`` of one process."""

    clock: Clock
    known: dict[Address, KnownSession] = field(default_factory=dict)

    async def read(self, address: Address) -> KnownSession | None:
        return self.known.get(address)

    async def learn(self, address: Address, told: Told, *, code_granted: bool = False) -> None:
        before = self.known.get(address)
        self.known[address] = KnownSession(
            state=told.state,
            servicer=told.servicer if told.state is SessionState.SERVED else None,
            checked_at=self.clock.now(),
            code_granted=code_granted or (before is not None and before.code_granted),
        )


def platform() -> Platform:
    return Platform(clock=ManualClock(NOW))


def channel_of(platform: Platform) -> tuple[KefuChannel, MemorySessions]:
    """Our channel in front of ``platform``."""
    sessions = MemorySessions(platform.clock)
    client = KefuClient(platform)  # type: ignore[arg-type]  # it has the one method that is called
    return KefuChannel(WecomSettings(), client, sessions, platform.clock), sessions
