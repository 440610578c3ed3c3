"""How a person served: a score, a word on it, and nothing mistaken for either."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.conversation import Context
from conversations.ratings import COMMENT_WITHIN, Rating, out_of_ten, score_of
from handlers.rating import (
    GLAD,
    LONGEST_COMMENT,
    SORRY_AND_WHY,
    THANKS,
    WHAT_IS_MISSING,
    awaits_comment,
    commented,
    rated,
    recommended,
    recommends,
)
from tests.unit.handlers.turns import NOW, make_turn, only_text


def test_choices_mean_scores_and_other_choices_do_not() -> None:
    asked = ["rate:5", "rate:3", "rate:1", "rate:4", "rate:", "rate:x", "intent:greet", "5"]
    assert [score_of(each) for each in asked] == [5, 3, 1, None, None, None, None, None]


def test_who_is_content_is_thanked_and_who_is_not_is_asked_why() -> None:
    turn = make_turn("1")
    content, discontent = rated(turn, 5), rated(turn, 1)

    assert (only_text(content), content.rating) == (THANKS, Rating(score=5))
    assert only_text(discontent) == SORRY_AND_WHY
    assert content.context is not None
    assert content.context.comment_until is None
    assert discontent.context is not None
    assert discontent.context.comment_until == turn.now + COMMENT_WITHIN


def test_a_comment_is_awaited_for_a_while_and_kept_in_measure() -> None:
    first = make_turn("1")
    context = rated(first, 1).context
    assert context is not None
    soon = make_turn("太慢了" * 400, context=context)
    late = replace(soon, now=soon.now + COMMENT_WITHIN + timedelta(seconds=1))

    assert (awaits_comment(first), awaits_comment(soon), awaits_comment(late)) == (False, True, False)
    outcome = commented(soon)
    assert outcome.rating is not None
    assert len(outcome.rating.comment) == LONGEST_COMMENT
    assert outcome.context is not None
    assert not awaits_comment(make_turn("好", context=outcome.context))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10", 10),
        ("０", 0),
        ("9分", 9),
        ("打八分吧", 8),
        ("给个十分", 10),
        (" 7。", 7),
        ("11", None),
        ("100", None),
        ("-1", None),
        ("8.5", None),
        ("3人团怎么参加", None),
        ("一直没到", None),
        ("", None),
    ],
)
def test_a_number_up_to_ten_is_read_and_nothing_else(text: str, number: int | None) -> None:
    assert out_of_ten(text) == number


def test_a_number_answers_whether_they_recommend_while_it_is_asked_and_nothing_else_is() -> None:
    asked = Context(recommend_until=NOW + timedelta(hours=1))
    assert recommends(make_turn("9", context=asked)) == 9
    assert recommends(make_turn("发什么快递", context=asked)) is None
    assert recommends(make_turn("9")) is None
    assert recommends(make_turn("9", context=Context(recommend_until=NOW))) is None
    assert recommends(make_turn("2", context=replace(asked, offered=("a", "b")))) is None


def test_who_recommends_is_thanked_and_who_does_not_is_asked_what_is_missing() -> None:
    turn = make_turn("9", context=Context(recommend_until=NOW + timedelta(hours=1)))
    glad, not_glad = recommended(turn, 9), recommended(turn, 8)
    assert (only_text(glad), glad.rating) == (GLAD, Rating(recommends=9))
    assert only_text(not_glad) == WHAT_IS_MISSING
    for outcome, awaits in ((glad, False), (not_glad, True)):
        assert outcome.context is not None
        after = make_turn("9", context=outcome.context)
        assert (recommends(after), awaits_comment(after)) == (None, awaits)
