"""Who is asked what after a service, and the score that comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from escalation.survey import NO_SURVEY, Question, Survey, net_promoter_score

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_a_share_is_asked_the_other_question_and_always_the_same_ones() -> None:
    survey = Survey(rating=True, recommend_share=0.1)
    keys = [f"official:gh:{number}:case" for number in range(5_000)]
    asked = [survey.question(key, NOW, None) for key in keys]
    assert 400 < asked.count(Question.RECOMMEND) < 600
    assert asked.count(Question.RECOMMEND) + asked.count(Question.RATING) == 5_000
    assert asked == [survey.question(key, NOW + timedelta(days=1), None) for key in keys]


def test_nobody_is_asked_that_too_often_or_anything_where_nothing_is_asked() -> None:
    survey = Survey(rating=True, recommend_share=1, recommend_every=timedelta(days=90))
    assert survey.question("k", NOW, NOW - timedelta(days=89)) is Question.RATING
    assert survey.question("k", NOW, NOW - timedelta(days=90)) is Question.RECOMMEND
    assert Survey(rating=True).question("k", NOW, None) is Question.RATING
    assert NO_SURVEY.question("k", NOW, None) is None


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], None),
        ([10], 100),
        ([9, 8, 7, 6], 0),
        ([0, 6], -100),
        ([10, 10, 8, 0], 25),
        ([9, 7, 7], 33),
    ],
)
def test_the_net_promoter_score(scores: list[int], expected: int | None) -> None:
    assert net_promoter_score(scores) == expected
