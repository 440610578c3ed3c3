"""How well questions are answered, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conversations.questions import Reaction
from knowledge_base.decision import Rule
from knowledge_base.entry import EntryId
from knowledge_base.mining.labels import Judgement, Label, LabelSource, implied_labels
from knowledge_base.mining.quality import is_right, quality_of, upper_bound
from knowledge_base.mining.questions import MarkKind, Missed
from tests.unit.knowledge_base.mining.log import NOW, logged


def label(
    text: str, judgement: Judgement, entry: str | None, source: LabelSource = LabelSource.EDITOR
) -> Label:
    entry_id = EntryId(entry) if entry else None
    return Label(text=text, judgement=judgement, entry_id=entry_id, source=source, author="li", at=NOW)


@pytest.mark.parametrize(
    ("wrong", "count", "bound"),
    # Without a wrong one the bound is 1 - .05 ** (1 / n); the others: published tables of the exact interval.
    [
        (0, 1, 0.95),
        (0, 59, 0.04951),
        (0, 149, 0.01991),
        (1, 10, 0.39416),
        (5, 100, 0.10225),
        (3, 3, 1.0),
        (0, 0, 1.0),
    ],
)
def test_the_bound_is_the_exact_one(wrong: int, count: int, bound: float) -> None:
    assert upper_bound(wrong, count) == pytest.approx(bound, abs=1e-4)


def test_the_bound_is_never_below_the_share_and_falls_with_more_of_the_same() -> None:
    bounds = [upper_bound(2 * times, 100 * times) for times in (1, 2, 5, 20)]
    assert bounds == sorted(bounds, reverse=True)
    assert min(bounds) > 0.02


@pytest.mark.parametrize(
    ("judgement", "entry", "expected"),
    [
        (Judgement.RIGHT, "hours", True),
        (Judgement.WRONG, "hours", False),
        (Judgement.SHOULD_BE, "hours", True),
        (Judgement.SHOULD_BE, "return", False),
        (Judgement.NO_ENTRY, None, False),
        (Judgement.RIGHT, "return", None),
        (Judgement.WRONG, "return", None),
    ],
)
def test_what_a_label_says_of_an_answer(
    judgement: Judgement, entry: str | None, expected: bool | None
) -> None:
    assert is_right(EntryId("hours"), label("几点关门", judgement, entry)) is expected


def test_shares_count_askings_and_labels_count_different_questions() -> None:
    log = [
        logged("几点关门", Reaction.ANSWERED, "hours"),
        logged("请问几点关门", Reaction.ANSWERED, "hours"),
        logged("怎么退货", Reaction.ANSWERED, "hours", marks=((MarkKind.HANDED_OVER, "t"),)),
        logged("退货", Reaction.ASKED, "return", "hours"),
        logged("火星有店吗"),
    ]
    labels = (
        label("几点关门", Judgement.RIGHT, "hours"),
        label("怎么退货", Judgement.SHOULD_BE, "return", LabelSource.AGENT),
        *implied_labels(log),
    )
    quality = quality_of(log, labels)
    assert quality.asked == 5
    assert quality.reactions == {Reaction.ANSWERED: 3, Reaction.ASKED: 1, Reaction.REFUSED: 1}
    assert quality.share(quality.missed[Missed.HANDED_OVER]) == pytest.approx(0.2)
    assert (quality.by_people.right, quality.by_people.wrong) == (1, 1)
    assert quality.by_people.share == pytest.approx(0.5)
    assert (quality.by_customers.right, quality.by_customers.wrong) == (0, 1)
    assert quality.wrong == ("怎么退货",)


def test_a_question_that_leans_on_another_is_not_judged_by_its_text() -> None:
    asked = replace(logged("那运费呢", Reaction.ANSWERED, "hours"), rule=Rule.FOLLOW_UP)
    quality = quality_of([asked], [label("那运费呢", Judgement.WRONG, "hours")])
    assert quality.asked == 1
    assert quality.by_people.count == 0


def test_without_questions_nothing_is_said() -> None:
    quality = quality_of((), ())
    assert quality.share(0) == 0.0
    assert quality.by_people.share is None
    assert quality.by_people.at_most == 1.0
