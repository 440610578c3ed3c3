"""The ``desk`` section: shifts as shops write them, and mistakes that name the cure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from conversations.outcomes import HandOverReason
from escalation.hours import ALWAYS
from escalation.settings import DeskSettings

MONDAY_NOON = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)


def test_people_are_there_at_any_hour_unless_hours_are_given() -> None:
    assert DeskSettings().service_hours() == ALWAYS


def test_shifts_holidays_and_workdays() -> None:
    hours = DeskSettings.model_validate(
        {
            "hours": {"mon": ["9:00-12:00", "13:00-24:00"]},
            "days": {"2026-11-30": [], "2026-11-28": ["10:00-11:00"]},
        }
    ).service_hours()
    moments = {
        "monday at half past twelve": MONDAY_NOON,
        "monday at 23:59": datetime(2026, 11, 23, 15, 59, tzinfo=UTC),
        "tuesday": datetime(2026, 11, 24, 4, 0, tzinfo=UTC),
        "a monday that is a holiday": datetime(2026, 11, 30, 2, 0, tzinfo=UTC),
        "a saturday made up for it": datetime(2026, 11, 28, 2, 30, tzinfo=UTC),
    }
    assert {name: hours.open_at(moment) for name, moment in moments.items()} == {
        "monday at half past twelve": False,
        "monday at 23:59": True,
        "tuesday": False,
        "a monday that is a holiday": False,
        "a saturday made up for it": True,
    }


def test_a_mistake_names_the_cure() -> None:
    for wrong, cure in (
        ({"hours": {"monday": ["9:00-12:00"]}}, "write one of mon, tue"),
        ({"hours": {"mon": ["9-12"]}}, "write it like 9:00-12:00"),
        ({"days": {"2026-10-01": ["24:30-25:00"]}}, "write it like 9:00-12:00"),
        ({"skills": {"bored": ["x"]}}, "skills"),
    ):
        with pytest.raises(ValidationError, match=cure):
            DeskSettings.model_validate(wrong)


def test_skills_are_by_reason() -> None:
    settings = DeskSettings.model_validate({"skills": {"complaint": ["投诉"]}})
    assert settings.skills_for(HandOverReason.COMPLAINT) == {"投诉"}
    assert settings.skills_for(HandOverReason.ASKED_FOR) == frozenset()
