"""How long a question may lean on the answer before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.conversation import Context
from handlers.leaning import MOST_BETWEEN, WITHIN, a_message_later, answered, leaning_on
from tests.unit.handlers.turns import NOW

JUST_NOW = answered(Context(misses=1), "return-how", NOW)


def test_an_answer_is_remembered_with_its_time() -> None:
    assert (JUST_NOW.last_entry, JUST_NOW.answered_at, JUST_NOW.misses) == ("return-how", NOW, 1)
    assert leaning_on(JUST_NOW, NOW) == "return-how"
    assert Context.from_stored(JUST_NOW.to_stored()) == JUST_NOW


@pytest.mark.parametrize(
    ("later", "leans"),
    [
        (timedelta(0), True),
        (WITHIN, True),
        (WITHIN + timedelta(seconds=1), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_for_some_minutes(later: timedelta, leans: bool) -> None:
    assert (leaning_on(JUST_NOW, NOW + later) is not None) is leans


def test_a_context_of_an_earlier_version_is_leant_on_by_nothing() -> None:
    assert leaning_on(Context.from_stored({"last_entry": "return-how"}), NOW) is None
    assert leaning_on(Context(), NOW) is None


def test_some_messages_may_come_between_then_it_is_forgotten() -> None:
    context = JUST_NOW
    for count in range(1, MOST_BETWEEN + 1):
        context = a_message_later(context, context, NOW)
        assert (context.messages_since, leaning_on(context, NOW)) == (count, "return-how")
    assert a_message_later(context, context, NOW) == Context(misses=1)


def test_an_answer_that_is_too_old_is_forgotten() -> None:
    assert a_message_later(JUST_NOW, JUST_NOW, NOW + WITHIN * 2) == Context(misses=1)


def test_a_new_answer_counts_from_itself() -> None:
    before = replace(JUST_NOW, messages_since=2)
    again = answered(before, "return-fee", NOW + timedelta(minutes=1))
    assert a_message_later(before, again, NOW + timedelta(minutes=1)) == again
    assert again.messages_since == 0


def test_what_was_cleared_stays_cleared() -> None:
    assert a_message_later(JUST_NOW, Context(), NOW) == Context()
