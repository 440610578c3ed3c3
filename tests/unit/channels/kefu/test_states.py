"""The table of session states, cell by cell."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from channels.kefu.states import (
    CODE_GRANTS,
    HUMAN_EDGES,
    Certainty,
    CodeKind,
    HumanAct,
    SessionState,
    Told,
    code_life,
    code_of,
    edge,
    held_by,
    may_speak,
    told_by_errcode,
)
from conversations.ownership import Owner

D, R, NO = Certainty.DOCUMENTED, Certainty.REPORTED, None
TABLE = {
    # to:                   0   1   2  3  4
    SessionState.UNHANDLED: (NO, R, D, D, R),
    SessionState.BOT: (NO, NO, D, D, R),
    SessionState.POOL: (NO, NO, NO, D, R),
    SessionState.SERVED: (NO, NO, NO, D, D),
    SessionState.ENDED: (NO, NO, NO, NO, NO),
}


@pytest.mark.parametrize(("start", "end"), list(product(SessionState, SessionState)))
def test_every_change_by_the_api(start: SessionState, end: SessionState) -> None:
    found = edge(start, end)
    assert (found.certainty if found else None) == TABLE[start][end]
    assert found is None or (found.start, found.end) == (start, end)


@pytest.mark.parametrize(
    ("state", "speaks", "owner"),
    [
        (SessionState.UNHANDLED, True, None),
        (SessionState.BOT, True, None),
        (SessionState.POOL, False, Owner.QUEUE),
        (SessionState.SERVED, False, Owner.AGENT),
        (SessionState.ENDED, False, None),
    ],
)
def test_who_speaks(state: SessionState, speaks: bool, owner: Owner | None) -> None:
    assert may_speak(state) is speaks
    assert held_by(state) is owner


def test_what_people_do_leads_to_a_person_or_to_the_end() -> None:
    ends = {act: {end for (_, a), end in HUMAN_EDGES.items() if a is act} for act in HumanAct}
    assert ends[HumanAct.TAKE] == ends[HumanAct.PASS_ON] == ends[HumanAct.REOPEN] == {SessionState.SERVED}
    assert ends[HumanAct.END] == {SessionState.ENDED}
    assert {start for start, act in HUMAN_EDGES if act is HumanAct.WRITE} == set(SessionState)
    assert HUMAN_EDGES[SessionState.ENDED, HumanAct.WRITE] is SessionState.UNHANDLED


def test_no_human_act_but_the_end_gives_a_held_session_back() -> None:
    for (start, act), end in HUMAN_EDGES.items():
        if held_by(start) is not None and held_by(end) is None:
            assert act is HumanAct.END


@pytest.mark.parametrize(
    ("kind", "seconds", "menus", "state"),
    [
        (CodeKind.WELCOME, 20, True, None),
        (CodeKind.POOLED, 48 * 3600, False, SessionState.POOL),
        (CodeKind.SERVED, 48 * 3600, False, SessionState.SERVED),
        (CodeKind.ENDED, 20, True, SessionState.ENDED),
    ],
)
def test_what_codes_are_good_for(
    kind: CodeKind, seconds: int, menus: bool, state: SessionState | None
) -> None:
    grant = CODE_GRANTS[kind]
    assert (grant.lasts, grant.menus, grant.state) == (timedelta(seconds=seconds), menus, state)
    assert code_life(kind) == grant.lasts


def test_which_change_grants_which_code() -> None:
    assert [code_of(state) for state in SessionState] == [
        None,
        None,
        CodeKind.POOLED,
        CodeKind.SERVED,
        CodeKind.ENDED,
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (95013, Told(state=SessionState.ENDED)),
        (95016, Told(state=None)),
        (95018, Told(state=None)),
        (0, None),
        (95001, None),
        (None, None),
    ],
)
def test_what_errcodes_say_about_a_session(code: int | None, told: Told | None) -> None:
    assert told_by_errcode(code) == told
