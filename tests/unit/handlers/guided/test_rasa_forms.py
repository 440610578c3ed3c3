"""Rasa's forms are those of the bot: the same slots in the same order, and every action that they need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import intents
from bot.rasa_actions import HEARD
from handlers.guided.forms import FORMS, SLOTS
from handlers.guided.heard import WRONG

PROJECT = Path(intents.__file__).parent
DOMAIN: dict[str, Any] = yaml.safe_load((PROJECT / "domain" / "forms.yml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = yaml.safe_load((PROJECT / "rules" / "forms.yml").read_text(encoding="utf-8"))[
    "rules"
]
BESIDE = {"change", WRONG, HEARD}


def test_forms_ask_for_the_same_slots_in_the_same_order() -> None:
    told = {name: tuple(form["required_slots"]) for name, form in DOMAIN["forms"].items()}
    assert told == {name: form.slots for name, form in FORMS.items()}


def test_no_slot_is_filled_by_rasa_itself() -> None:
    """A slot that an intent or an entity fills would change in the middle of a form."""
    assert set(DOMAIN["slots"]) == {*SLOTS, *BESIDE}
    for slot in DOMAIN["slots"].values():
        assert slot == {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}


def test_every_action_of_a_form_is_known() -> None:
    needed = {
        action
        for form in FORMS.values()
        for action in (
            f"validate_{form.name}",
            f"action_submit_{form.name}",
            *(f"action_ask_{form.name}_{slot}" for slot in (*form.slots, "change")),
        )
    }
    assert sorted(DOMAIN["actions"]) == sorted(needed)


def test_each_form_begins_with_its_intent_and_ends_with_its_action() -> None:
    begins = {
        form.name: [{"intent": form.intent}, {"action": form.name}, {"active_loop": form.name}]
        for form in FORMS.values()
    }
    ends = {name: {"action": f"action_submit_{name}"} for name in FORMS}
    found = {rule["rule"]: rule["steps"] for rule in RULES}
    assert {name: found[f"begin {name}"] for name in FORMS} == begins
    assert {name: found[f"end {name}"][-1] for name in FORMS} == ends
    assert len(RULES) == 2 * len(FORMS)


def test_a_form_waits_for_its_customer() -> None:
    """By itself Rasa begins a new session after an hour, and the form is forgotten."""
    assert DOMAIN["session_config"]["session_expiration_time"] == 0


def test_rasa_says_nothing_of_its_own() -> None:
    assert "responses" not in DOMAIN
