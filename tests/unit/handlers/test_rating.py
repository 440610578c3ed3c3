"""How a person served: a score, a word on it, and nothing mistaken for either."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conversations.ratings import COMMENT_WITHIN, Rating, score_of
from handlers.rating import LONGEST_COMMENT, SORRY_AND_WHY, THANKS, awaits_comment, commented, rated
from tests.unit.handlers.turns import make_turn, only_text


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
