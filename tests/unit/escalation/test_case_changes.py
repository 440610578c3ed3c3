"""A case is taken once and closed by whoever has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from conversations.address import ConversationId
from conversations.outcomes import HandOverReason
from escalation.cases import Case, CaseKey, CaseState, closed, taken
from escalation.settings import StaffSettings

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
OPEN = Case(
    key=CaseKey("m1:case"),
    conversation_id=ConversationId("kefu:wk1:wm1"),
    reason=HandOverReason.COMPLAINT,
    summary="荔枝坏了",
    opened_at=NOW,
)
TAKEN = taken(OPEN, "zhang", NOW)


def test_taking() -> None:
    assert (TAKEN.state, TAKEN.taken_by, TAKEN.taken_at) == (CaseState.TAKEN, "zhang", NOW)
    assert taken(TAKEN, "li", LATER) == TAKEN
    assert taken(TAKEN, "zhang", LATER) == TAKEN


def test_closing() -> None:
    done = closed(TAKEN, "zhang", LATER)
    assert (done.state, done.taken_by, done.closed_by, done.closed_at) == (
        CaseState.CLOSED,
        "zhang",
        "zhang",
        LATER,
    )
    assert closed(TAKEN, "li", LATER) == TAKEN
    assert closed(OPEN, "li", LATER).closed_by == "li"
    assert closed(done, "zhang", NOW) == done
    assert taken(done, "li", LATER) == done


@pytest.mark.parametrize(
    "wrong",
    [
        {"taken_by": "zhang"},
        {"taken_at": NOW},
        {"state": CaseState.TAKEN},
        {"taken_by": "zhang", "taken_at": NOW.replace(tzinfo=None)},
        {"closed_at": NOW.replace(tzinfo=None)},
    ],
)
def test_a_case_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"taken|took|timezone"):
        replace(OPEN, **wrong)  # type: ignore[arg-type]


def test_members_are_named_once_and_by_userid() -> None:
    assert StaffSettings(members=("zhang", "li.si@shop")).members == ("zhang", "li.si@shop")
    assert StaffSettings().members == ()
    for wrong in (("zhang", "zhang"), ("",), ("a b",), ("a|b",), ("x" * 65,)):
        with pytest.raises(ValidationError):
            StaffSettings(members=wrong)
