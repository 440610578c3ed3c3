"""Whether a tuned reranker is better, on questions that it was not tuned on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pytest

from knowledge_base.answering import Policy
from knowledge_base.calibration import Calibration, CutOff, Logistic, Tier
from knowledge_base.entry import EntryId
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.reranker.looking_again import SecondStage
from knowledge_base.tuning.holding_out import is_held_out
from knowledge_base.tuning.reranker_judging import HeldOut, RerankerComparison, compare_rerankers, held_out
from tests.unit.knowledge_base.finding import found
from tests.unit.knowledge_base.shop import SHOP, entry
from tests.unit.knowledge_base.word_embedder import WordEmbedder

FLAT = Logistic(bias=0.0, weights={"dense": 1.0})
"""Every question is asked back, or answered where ``SURE`` lets it."""


def policy(cut_off: float) -> Policy:
    cuts = (CutOff(max_wrong_rate=0.02, probability=cut_off),)
    tier = Tier(phrasings=1, ask_from=0.0, cut_offs=cuts)
    return Policy(
        calibration=Calibration(first=FLAT, shown=FLAT, tiers=(tier,)),
        max_wrong_rate=0.02,
        answers_searched=False,
        checks=False,
    )


class Knowing:
    """Knows which entry answers a question, or takes another for it; looks at its standard question alone."""

    def __init__(self, answers: dict[str, str], *, skilled: bool = True) -> None:
        self.answers = answers
        self.skilled = skilled

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return [float((self.answers[question] == text) is self.skilled) for text in texts]


def asked(number: int, place: int) -> HeldOut:
    """The right entry stands at ``place`` of the index's own order."""
    return HeldOut(
        text=f"第{number}个问题", finding=found(0.9, 0.8, 0.7, 0.6), expected=frozenset({SHOP[place].id})
    )


ASKED = tuple(asked(number, number % 4) for number in range(40))
ANSWERS = {each.text: next(e.question for e in SHOP if e.id in each.expected) for each in ASKED}
GOOD = SecondStage(reranker=Knowing(ANSWERS), answers=False)
BAD = SecondStage(reranker=Knowing(ANSWERS, skilled=False), answers=False)


def compared(
    before: SecondStage | None, after: SecondStage | None, *, cut_off: float = 0.5, seconds: float = 1e9
) -> RerankerComparison:
    ticks = count()
    return compare_rerankers(
        ASKED,
        before,
        after,
        policy(cut_off),
        seconds=seconds,
        progress=lambda done, total: None,
        clock=lambda: float(next(ticks)),
    )


def test_one_that_helps_is_better_and_the_other_way_round_is_not() -> None:
    comparison = compared(None, GOOD)
    assert comparison.without == comparison.before
    assert (comparison.before.right_first, comparison.after.right_first) == (0.25, 1.0)
    # The index answers all of them, three in four wrongly; the reranker stops those.
    assert (comparison.before.coverage, comparison.before.wrong) == (1.0, 0.75)
    assert (comparison.after.coverage, comparison.after.wrong, comparison.after.offered) == (0.25, 0.0, 0.75)
    assert comparison.after.worth == pytest.approx(0.25 + 0.75 * 0.5)
    assert comparison.better
    assert comparison.lost == ()
    worse = compared(GOOD, None)
    assert not worse.better
    assert len(worse.lost) == 30
    assert set(worse.lost) == {each.text for each in ASKED if SHOP[0].id not in each.expected}


def test_one_that_changes_nothing_is_not_better() -> None:
    comparison = compared(GOOD, GOOD)
    assert (comparison.gain, comparison.chance) == (0.0, 0.0)
    assert not comparison.better


def test_what_chance_explains_is_not_better() -> None:
    """One question in forty that is offered now and was not."""
    knowing = {each.text: ANSWERS[each.text] for each in ASKED}
    unlucky = next(each.text for each in ASKED if SHOP[3].id in each.expected)
    knowing[unlucky] = SHOP[0].question
    before = SecondStage(reranker=Knowing(knowing), answers=False)
    comparison = compared(before, GOOD, cut_off=1.1)
    assert comparison.gain == pytest.approx(0.5 / 40)
    assert comparison.gain < comparison.chance
    assert not comparison.better


def test_of_one_that_is_wrong_the_questions_lost_are_named() -> None:
    comparison = compared(GOOD, BAD, cut_off=1.1)
    assert not comparison.better
    assert comparison.after.worth < comparison.before.worth
    # It puts the right one of four last, and three are shown.
    assert (comparison.before.offered, comparison.after.offered) == (1.0, 0.0)
    assert set(comparison.lost) == {each.text for each in ASKED}


def test_time_ends_the_comparison() -> None:
    assert compared(None, GOOD, seconds=5).questions == 5
    assert compared(None, GOOD).questions == len(ASKED)


def test_only_held_out_questions_are_asked_and_some_have_no_entry() -> None:
    many = [
        entry(f"e{n}", f"第{n}件事怎么办", *(f"{n}号事情的第{w}种问法" for w in range(9))) for n in range(40)
    ]
    labels = [
        LabelledQuestion(text=f"{number}楼门店在哪", expected=frozenset({EntryId("e1")}))
        for number in range(40)
    ]
    drawn = held_out(many, labels, WordEmbedder())
    texts = {text for each in many for text in each.similar} | {label.text for label in labels}
    assert {each.text for each in drawn} == {text for text in texts if is_held_out(text)}
    outside = [each for each in drawn if not each.expected]
    assert 0 < len(outside) < len(drawn) / 3
    for each in outside:
        assert each.text not in {match.phrasing for match in each.finding.matches}
    assert drawn == held_out(many, labels, WordEmbedder())
