"""When the second factor is asked for, and when the setting may be on."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from console.permissions import Open, Permission
from console.second_factor.rule import JUST_NOW_MS, Asked, Needed, asked_of, needed
from console.settings import ConsoleSettings, SecondFactorMode

NOW = 10_000_000
WITHIN = 600_000
KEY = "k" * 32


def said(
    mode: SecondFactorMode,
    *,
    enrolled: bool = True,
    asked: Asked = Asked.RECENTLY,
    ago: int | None = None,
    carried: bool = True,
) -> str:
    return needed(
        mode,
        enrolled=enrolled,
        asked=asked,
        answered_ms=None if ago is None else NOW - ago,
        now_ms=NOW,
        within_ms=WITHIN,
        carried=carried,
    ).value


def test_the_setting_decides_for_who_has_and_has_not_enrolled() -> None:
    assert {mode: (said(mode), said(mode, enrolled=False)) for mode in ("off", "asked", "required")} == {
        "off": ("nothing", "nothing"),
        "asked": ("code", "nothing"),
        "required": ("code", "enrolment"),
    }


def test_how_long_an_answer_counts() -> None:
    each = Asked.EACH_TIME
    assert {
        "just now": said("asked", ago=0),
        "almost over": said("asked", ago=WITHIN - 1),
        "over": said("asked", ago=WITHIN),
        "from the future": said("asked", ago=-1),
        "each time": said("asked", asked=each, ago=0),
        "each time, without a form": said("asked", asked=each, ago=JUST_NOW_MS - 1, carried=False),
        "each time, a minute later": said("asked", asked=each, ago=JUST_NOW_MS, carried=False),
    } == {
        "just now": "nothing",
        "almost over": "nothing",
        "over": "code",
        "from the future": "code",
        "each time": "code",
        "each time, without a form": "nothing",
        "each time, a minute later": "code",
    }
    assert Needed("code") is Needed.CODE


def test_whatever_reveals_asks() -> None:
    assert asked_of(Permission.PERSONAL_REVEAL, None) is Asked.RECENTLY
    assert asked_of(Permission.PERSONAL_REVEAL, Asked.EACH_TIME) is Asked.EACH_TIME
    assert asked_of(Permission.PEOPLE_MANAGE, None) is None
    assert asked_of(Open.PUBLIC, None) is None


def test_the_setting_is_on_with_a_key_only() -> None:
    assert ConsoleSettings().second_factor == "off"
    assert ConsoleSettings.model_validate({"second_factor": False}).second_factor == "off"
    assert ConsoleSettings.model_validate({"second_factor": "asked", "key": KEY}).second_factor == "asked"
    for wrong, problem in (
        ({"second_factor": "asked"}, "XIAOER_CONSOLE__KEY"),
        ({"second_factor": "required", "key": None}, "XIAOER_CONSOLE__KEY"),
        ({"key": "k" * 31}, "shorter than 32"),
        ({"second_factor": True, "key": KEY}, "'off', 'asked' or 'required'"),
    ):
        with pytest.raises(ValidationError, match=problem):
            ConsoleSettings.model_validate(wrong)
