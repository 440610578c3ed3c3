"""The answer policy as a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge_base.answering import Policy, choose
from knowledge_base.calibration import Calibration, CutOff, Logistic, features_of, shipped_calibration
from knowledge_base.decision import Answer, Ask, Refuse, RefuseReason, Rule
from knowledge_base.index.version import Match
from tests.unit.knowledge_base.shop import SHOP, entry

# The probability is the score itself around one half: 0.5 gives 0.5, 1 gives .99, 0 gives .01.
BY_SCORE = Logistic(bias=-4.6, weights={"score": 9.2})
CALIBRATION = Calibration(
    first=BY_SCORE,
    shown=BY_SCORE,
    ask_from=0.5,
    cut_offs=(CutOff(max_wrong_rate=0.02, probability=0.95), CutOff(max_wrong_rate=0.1, probability=0.75)),
)
POLICY = Policy(calibration=CALIBRATION, max_wrong_rate=0.02)


def found(*scores: float, phrasing: str = "") -> list[Match]:
    return [
        Match(entry=each, phrasing=phrasing or each.question, dense=score, lexical=0.0, score=score)
        for each, score in zip(SHOP, scores, strict=False)
    ]


@pytest.mark.parametrize(
    ("asked", "matches", "rule", "kind"),
    [
        ("怎么申请退货", found(0.9, 0.2), Rule.SURE, Answer),
        ("怎么申请退货", found(0.7, 0.6), Rule.UNSURE, Ask),
        ("讲个笑话", found(0.3, 0.2), Rule.NOTHING_NEAR, Refuse),
        ("为什么不申请退货", found(0.9, 0.2), Rule.NEGATION_DIFFERS, Ask),
        ("满200能用吗", found(0.9, phrasing="满100能用吗"), Rule.NUMBERS_DIFFER, Ask),
        ("怎么申请退货", [], Rule.NOTHING_NEAR, Refuse),
        ("", [], Rule.NO_TEXT, Refuse),
    ],
)
def test_rules(asked: str, matches: list[Match], rule: Rule, kind: type) -> None:
    verdict = choose(asked, matches, [], POLICY)
    assert verdict.rule is rule
    assert isinstance(verdict.decision, kind)


def test_a_stored_text_is_answered_for_certain_however_low_its_score() -> None:
    verdict = choose("怎么开发票", found(0.9, 0.1), [SHOP[1]], POLICY)
    assert isinstance(verdict.decision, Answer)
    assert verdict.decision.candidate.entry_id == "invoice"
    assert verdict.probability == 1
    assert [candidate.entry_id for candidate in verdict.ranked] == ["invoice", "return"]


def test_a_text_that_several_entries_hold_is_asked_back() -> None:
    verdict = choose("怎么退", found(0.9, 0.8), [SHOP[0], SHOP[1]], POLICY)
    assert verdict.rule is Rule.CONFLICT
    assert isinstance(verdict.decision, Ask)
    assert [candidate.entry_id for candidate in verdict.decision.candidates] == ["return", "invoice"]


def test_at_most_three_are_shown() -> None:
    verdict = choose("退货发票", found(0.7, 0.6, 0.5, 0.4), [], POLICY)
    assert isinstance(verdict.decision, Ask)
    assert len(verdict.decision.candidates) == 3
    many = [entry(str(number), "同一个问题") for number in range(5)]
    verdict = choose("同一个问题", [], many, replace(POLICY, max_candidates=2))
    assert isinstance(verdict.decision, Ask)
    assert len(verdict.decision.candidates) == 2


def test_a_looser_bound_answers_more() -> None:
    matches = found(0.7, 0.1)
    assert isinstance(choose("退货", matches, [], POLICY).decision, Ask)
    assert isinstance(choose("退货", matches, [], replace(POLICY, max_wrong_rate=0.1)).decision, Answer)


def test_refusing_says_why() -> None:
    assert choose("", [], [], POLICY).decision == Refuse(reason=RefuseReason.NO_TEXT)
    assert choose("讲个笑话", found(0.1), [], POLICY).decision == Refuse(reason=RefuseReason.NOTHING_NEAR)


@pytest.mark.parametrize(
    ("bound", "cut_off"), [(0.001, 0.95), (0.02, 0.95), (0.06, 0.85), (0.1, 0.75), (0.5, 0.75)]
)
def test_cut_off_between_and_beyond_the_fitted_bounds(bound: float, cut_off: float) -> None:
    assert CALIBRATION.cut_off(bound) == pytest.approx(cut_off)


def test_features() -> None:
    features = features_of(found(0.9, 0.5, 0.1))
    assert features == pytest.approx({"score": 0.9, "margin": 0.4, "lexical": 0.0, "spread": 0.6})


def test_the_shipped_calibration_gets_stricter_with_the_bound_and_surer_with_the_score() -> None:
    calibration = shipped_calibration()
    cut_offs = [cut.probability for cut in calibration.cut_offs]
    assert cut_offs == sorted(cut_offs, reverse=True)
    low, high = features_of(found(0.3, 0.2)), features_of(found(0.9, 0.2))
    assert calibration.first.probability(low) < calibration.first.probability(high)
