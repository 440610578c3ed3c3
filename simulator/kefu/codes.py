"""Single-use codes that let the API speak once on an event (WeCom 95122 发送欢迎语等事件响应消息)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from simulator.corp.errcodes import CorpError
from simulator.kefu.states import State

_KEPT = 20_000


class Occasion(Enum):
    """What a code was given for."""

    WELCOME = "welcome"
    POOL = "pool"
    SERVED = "served"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Seconds that a code is good for, message types it pays for, state the session must be in."""

    life: float
    types: frozenset[str]
    state: State | None


TERMS: Mapping[Occasion, Terms] = {
    Occasion.WELCOME: Terms(life=20.0, types=frozenset({"text", "msgmenu"}), state=None),
    Occasion.POOL: Terms(life=172_800.0, types=frozenset({"text"}), state=State.POOL),
    Occasion.SERVED: Terms(life=172_800.0, types=frozenset({"text"}), state=State.HUMAN),
    Occasion.ENDED: Terms(life=20.0, types=frozenset({"text", "msgmenu"}), state=State.OVER),
}

OCCASION_OF: Mapping[State, Occasion] = {
    State.POOL: Occasion.POOL,
    State.HUMAN: Occasion.SERVED,
    State.OVER: Occasion.ENDED,
}
"""Which code a change to a state gives."""


@dataclass(slots=True, kw_only=True)
class Code:
    """One code that was given out; ``expires_at`` in epoch seconds."""

    code: str
    occasion: Occasion
    open_kfid: str
    external_userid: str
    expires_at: float
    used: bool = False

    @property
    def terms(self) -> Terms:
        """What it is good for."""
        return TERMS[self.occasion]


class Codes:
    """Gives codes out and takes them back once."""

    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}

    def give(self, occasion: Occasion, open_kfid: str, external_userid: str, now: float) -> str:
        """A new code."""
        code = Code(
            code="CODE" + secrets.token_urlsafe(24),
            occasion=occasion,
            open_kfid=open_kfid,
            external_userid=external_userid,
            expires_at=now + TERMS[occasion].life,
        )
        self._codes[code.code] = code
        while len(self._codes) > _KEPT:
            del self._codes[next(iter(self._codes))]
        return code.code

    def look(self, code: str, now: float) -> Code:
        """The code, still good; raises CorpError 41050 (unknown or too late) or 41051 (used before)."""
        found = self._codes.get(code)
        if found is None:
            raise CorpError(41050, "no such code")
        if found.used:
            raise CorpError(41051, "the code has been used")
        if now >= found.expires_at:
            raise CorpError(41050, "the code has expired")
        return found
