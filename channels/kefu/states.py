"""The states of a 微信客服 session as data (WeCom 94669 分配客服会话).

Who may speak, which changes exist, what grants a code. Pure.

The platform shows its transitions as a picture, so each edge here says how certain it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType

from channels.limits import windows
from conversations.ownership import Owner


class SessionState(IntEnum):
    """service_state. Values are the platform's and are stored."""

    UNHANDLED = 0
    """The customer wrote and nobody took it."""
    BOT = 1
    """智能助手: the API serves."""
    POOL = 2
    """待接入池: queued for a person."""
    SERVED = 3
    """A servicer serves in the WeCom client."""
    ENDED = 4
    """Ended, or entered without a word. The customer's next message makes it UNHANDLED."""


class Certainty(StrEnum):
    DOCUMENTED = "documented"
    REPORTED = "reported"
    """Others do it and say that it works; the platform's text does not mention it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A change that service_state/trans makes. Changes that are no edge are answered 95016 (from ENDED: 95013)."""

    start: SessionState
    end: SessionState
    certainty: Certainty


def _documented(start: SessionState, *ends: SessionState) -> list[Edge]:
    return [Edge(start=start, end=end, certainty=Certainty.DOCUMENTED) for end in ends]


def _reported(start: SessionState, *ends: SessionState) -> list[Edge]:
    return [Edge(start=start, end=end, certainty=Certainty.REPORTED) for end in ends]


API_EDGES: tuple[Edge, ...] = (
    *_documented(SessionState.UNHANDLED, SessionState.POOL, SessionState.SERVED),
    *_reported(SessionState.UNHANDLED, SessionState.BOT, SessionState.ENDED),
    *_documented(SessionState.BOT, SessionState.POOL, SessionState.SERVED),
    *_reported(SessionState.BOT, SessionState.ENDED),
    *_documented(SessionState.POOL, SessionState.SERVED),
    *_reported(SessionState.POOL, SessionState.ENDED),
    # To another servicer.
    *_documented(SessionState.SERVED, SessionState.SERVED, SessionState.ENDED),
)

_EDGES: Mapping[tuple[SessionState, SessionState], Edge] = MappingProxyType(
    {(edge.start, edge.end): edge for edge in API_EDGES}
)


class HumanAct(StrEnum):
    """What people do that changes a session. The first four are told by session_status_change, in this order."""

    TAKE = "take"
    """A servicer takes it from the pool (change_type 1)."""
    PASS_ON = "pass_on"  # noqa: S105 - an act, not a password
    """A servicer gives it to another (change_type 2)."""
    END = "end"
    """A servicer ends it (change_type 3)."""
    REOPEN = "reopen"
    """A servicer writes into an ended session (change_type 4)."""
    WRITE = "write"
    """The customer writes. In native reception the platform may then put a new session into POOL or SERVED itself."""


HUMAN_EDGES: Mapping[tuple[SessionState, HumanAct], SessionState] = MappingProxyType(
    {
        (SessionState.POOL, HumanAct.TAKE): SessionState.SERVED,
        (SessionState.SERVED, HumanAct.PASS_ON): SessionState.SERVED,
        (SessionState.SERVED, HumanAct.END): SessionState.ENDED,
        (SessionState.ENDED, HumanAct.REOPEN): SessionState.SERVED,
        (SessionState.UNHANDLED, HumanAct.WRITE): SessionState.UNHANDLED,
        (SessionState.BOT, HumanAct.WRITE): SessionState.BOT,
        (SessionState.POOL, HumanAct.WRITE): SessionState.POOL,
        (SessionState.SERVED, HumanAct.WRITE): SessionState.SERVED,
        (SessionState.ENDED, HumanAct.WRITE): SessionState.UNHANDLED,
    }
)


class CodeKind(StrEnum):
    """What granted a code, which decides how long it lives and what it may say."""

    WELCOME = "welcome"
    """enter_session's welcome_code."""
    POOLED = "pooled"
    """msg_code of trans to POOL."""
    SERVED = "served"
    """msg_code of trans to SERVED, or of change_type 1."""
    ENDED = "ended"
    """msg_code of trans to ENDED, or of change_type 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGrant:
    """A code is good once within ``lasts`` of its grant, while the session is in ``state`` (None: in any).

    ``menus``: it may say a menu; every code may say a text.
    """

    lasts: timedelta
    menus: bool
    state: SessionState | None


CODE_GRANTS: Mapping[CodeKind, CodeGrant] = MappingProxyType(
    {
        CodeKind.WELCOME: CodeGrant(lasts=windows.KEFU_WELCOME_CODE.lasts, menus=True, state=None),
        CodeKind.POOLED: CodeGrant(lasts=windows.KEFU_POOL_CODE.lasts, menus=False, state=SessionState.POOL),
        CodeKind.SERVED: CodeGrant(
            lasts=windows.KEFU_SERVICER_CODE.lasts, menus=False, state=SessionState.SERVED
        ),
        CodeKind.ENDED: CodeGrant(lasts=windows.KEFU_ENDING_CODE.lasts, menus=True, state=SessionState.ENDED),
    }
)
"""WeCom 95122 发送欢迎语等事件响应消息."""


def code_life(kind: CodeKind) -> timedelta:
    return CODE_GRANTS[kind].lasts


def code_of(end: SessionState) -> CodeKind | None:
    """The kind of code that a change to ``end`` grants; the platform gives it on the first such change only."""
    return {
        SessionState.POOL: CodeKind.POOLED,
        SessionState.SERVED: CodeKind.SERVED,
        SessionState.ENDED: CodeKind.ENDED,
    }.get(end)


def may_speak(state: SessionState) -> bool:
    """Whether send_msg is allowed: the API speaks while nobody has, or waits for, the session."""
    return state in (SessionState.UNHANDLED, SessionState.BOT)


def held_by(state: SessionState) -> Owner | None:
    """Which people have the session; None when none do."""
    return {SessionState.POOL: Owner.QUEUE, SessionState.SERVED: Owner.AGENT}.get(state)


def edge(start: SessionState, end: SessionState) -> Edge | None:
    """The API's change from ``start`` to ``end``; None when it is forbidden, or nobody has seen it work."""
    return _EDGES.get((start, end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the platform said about a session. ``state`` None: changed or doubtful, so ask before speaking."""

    state: SessionState | None
    servicer: str | None = None


def told_by_errcode(code: int | None) -> Told | None:
    """What a refused call says about the session; None when nothing (WeCom 90313 全局错误码)."""
    match code:
        case 95013:
            return Told(state=SessionState.ENDED)
        case 95016 | 95018:
            return Told(state=None)
        case _:
            return None
