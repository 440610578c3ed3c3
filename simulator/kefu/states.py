"""Who serves a session, and which changes the API may make (WeCom 94669 分配客服会话)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class State(IntEnum):
    """``service_state`` as the API numbers it."""

    NEW = 0
    """未处理: the customer wrote, nobody took it; the API may answer."""
    BOT = 1
    """智能助手: the API answers."""
    POOL = 2
    """待接入池: waiting for a person; nobody answers by API."""
    HUMAN = 3
    """人工: a person answers in the WeCom client."""
    OVER = 4
    """已结束/未开始: ended, lapsed, or entered without a word so far."""


API_SPEAKS = frozenset({State.NEW, State.BOT})
"""States in which ``send_msg`` is taken."""

DOCUMENTED: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.BOT, State.POOL, State.HUMAN}),
    State.BOT: frozenset({State.POOL, State.HUMAN}),
    State.POOL: frozenset({State.HUMAN}),
    State.HUMAN: frozenset({State.HUMAN, State.OVER}),
    State.OVER: frozenset(),
}
"""Changes that follow from the text of the page: from a state to those that ``trans`` may make of it."""

UNDOCUMENTED: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.OVER}),
    State.BOT: frozenset({State.OVER}),
    State.POOL: frozenset({State.OVER}),
}
"""Changes that others report as working; the page shows the diagram as a picture only."""


def api_may_change(old: State, new: State, *, undocumented: bool = True) -> bool:
    """Whether ``trans`` from one state to another is legal (else 95016; from OVER 95013)."""
    if new in DOCUMENTED[old]:
        return True
    return undocumented and new in UNDOCUMENTED.get(old, frozenset())
