"""The answer policy as a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge_base.answering import Policy, choose
from knowledge_base.calibration import Calibration, CutOff, Logistic, Tier
from knowledge_base.decision import Answer, Ask, Refuse, RefuseReason, Rule
from knowledge_base.index.version import NOTHING_FOUND, Finding
from tests.unit.knowledge_base.finding import found
from tests.unit.knowledge_base.shop import SHOP, entry

# The probability is the score itself around one half: 0.5 gives 0.5, 1 gives .99, 0 gives .01.
BY_SCORE = Logistic(bias=-4.6, weights={"dense": 9.2})
ONE_PHRASING = Tier(
    phrasings=1,
    ask_from=0.5,
    cut_offs=(CutOff(max_wrong_rate=0.02, probability=0.95), CutOff(max_wrong_rate=0.1, probability=0.75)),
)
SIX = Tier(phrasings=6, ask_from=0.6, cut_offs=(CutOff(max_wrong_rate=0.02, probability=0.9),))
CALIBRATION = Calibration(first=BY_SCORE, shown=BY_SCORE, tiers=(ONE_PHRASING, SIX))
POLICY = Policy(calibration=CALIBRATION, max_wrong_rate=0.02)


@pytest.mark.parametrize(
    ("asked", "finding", "rule", "kind"),
    [
        ("怎么申请退货", found(0.9, 0.2), Rule.SURE, Answer),
        ("怎么申请退货", found(0.7, 0.6), Rule.UNSURE, Ask),
        ("讲个笑话", found(0.3, 0.2), Rule.NOTHING_NEAR, Refuse),
        ("为什么不申请退货", found(0.9, 0.2), Rule.NEGATION_DIFFERS, Ask),
        ("满200能用吗", found(0.9, entries=[entry("coupon", "满100能用吗")]), Rule.NUMBERS_DIFFER, Ask),
        ("寄到华北几天", found(0.9, entries=[entry("south", "华南几天能到")]), Rule.CONTRAST, Ask),
        ("寄到华北几天", found(0.9, entries=[entry("days", "华南几天能到", "几天能到")]), Rule.SURE, Answer),
        ("怎么申请退货", NOTHING_FOUND, Rule.NOTHING_NEAR, Refuse),
        ("", NOTHING_FOUND, Rule.NO_TEXT, Refuse),
    ],
)
def test_rules(asked: str, finding: Finding, rule: Rule, kind: type) -> None:
    verdict = choose(asked, finding, [], POLICY)
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
    verdict = choose("同一个问题", NOTHING_FOUND, many, replace(POLICY, max_candidates=2))
    assert isinstance(verdict.decision, Ask)
    assert len(verdict.decision.candidates) == 2


def test_a_looser_bound_answers_more() -> None:
    finding = found(0.7, 0.1)
    assert isinstance(choose("退货", finding, [], POLICY).decision, Ask)
    assert isinstance(choose("退货", finding, [], replace(POLICY, max_wrong_rate=0.1)).decision, Answer)


def test_refusing_says_why() -> None:
    assert choose("", NOTHING_FOUND, [], POLICY).decision == Refuse(reason=RefuseReason.NO_TEXT)
    assert choose("讲个笑话", found(0.1), [], POLICY).decision == Refuse(reason=RefuseReason.NOTHING_NEAR)


def test_the_cut_off_is_that_of_the_first_entry_s_phrasings() -> None:
    one = entry("one", "怎么退货")
    six = entry("six", "怎么退货", "退货流程", "我要退货", "想退", "给我退了", "退货怎么弄")
    verdicts = [choose("退", found(0.76, entries=[first]), [], POLICY) for first in (one, six)]
    assert [verdict.cut_off for verdict in verdicts] == [0.95, 0.9]
    assert [type(verdict.decision) for verdict in verdicts] == [Ask, Answer]


def test_no_cut_off_where_no_probability_decided() -> None:
    assert choose("怎么开发票", found(0.9), [SHOP[1]], POLICY).cut_off is None
    assert choose("", NOTHING_FOUND, [], POLICY).cut_off is None
