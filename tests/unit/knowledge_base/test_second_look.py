"""The order after a second look, and what it does to the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from knowledge_base.answering import choose
from knowledge_base.decision import Answer, Ask, Rule
from knowledge_base.index.version import Finding
from knowledge_base.second_look import ANSWER_SHARE, RERANKER_SHARE, second_look
from tests.unit.knowledge_base.finding import found
from tests.unit.knowledge_base.test_answering import POLICY


def looked_at(finding: Finding, *, answered: Sequence[float] = (), reranked: Sequence[float] = ()) -> Finding:
    """The finding whose matches have these figures, in their order; 0 where none is given."""
    matches = tuple(
        replace(match, answered=held or 0.0, reranked=liked or 0.0)
        for match, held, liked in zip_longest(finding.matches, answered, reranked)
    )
    return replace(finding, matches=matches)


def ids(finding: Finding, *, answers: bool = True) -> list[str]:
    return [match.entry.id for match in second_look(finding.matches, answers=answers)]


def test_what_answers_hold_counts_beside_the_score() -> None:
    finding = looked_at(found(0.7, 0.6, 0.5), answered=(0.0, 0.5, 1.0))
    assert ids(finding) == ["hours", "invoice", "return"]
    first = second_look(finding.matches, answers=True)[0]
    assert first.score == 0.5 + ANSWER_SHARE
    assert ids(finding, answers=False) == ["return", "invoice", "hours"]


def test_a_reranker_counts_beside_the_score() -> None:
    finding = looked_at(found(0.7, 0.6), reranked=(0.1, 0.9))
    assert ids(finding) == ["invoice", "return"]
    assert second_look(finding.matches, answers=True)[0].score == 0.6 + RERANKER_SHARE * 0.9


def test_equal_entries_keep_the_index_s_order() -> None:
    assert ids(found(0.5, 0.5, 0.5)) == ["return", "invoice", "hours"]


def test_nothing_found_stays_nothing() -> None:
    assert second_look((), answers=True) == ()


def test_an_outright_answer_needs_both_stages_to_agree() -> None:
    sure = found(0.95, 0.9)
    agreed = choose("退货", looked_at(sure, reranked=(0.9, 0.1)), [], POLICY)
    assert (agreed.rule, type(agreed.decision)) == (Rule.SURE, Answer)
    differing = choose("退货", looked_at(sure, reranked=(0.1, 0.9)), [], POLICY)
    assert differing.rule is Rule.SECOND_LOOK
    assert isinstance(differing.decision, Ask)
    assert [each.entry_id for each in differing.decision.candidates] == ["invoice", "return"]


def test_a_second_look_neither_answers_nor_rescues() -> None:
    """However much it likes an entry, the probability and the cut-off are the index's own."""
    for score, rule in ((0.7, Rule.UNSURE), (0.3, Rule.NOTHING_NEAR)):
        plain = found(score, 0.2)
        liked = looked_at(plain, answered=(1.0, 0.0), reranked=(1.0, 0.0))
        before, after = (choose("退货", finding, [], POLICY) for finding in (plain, liked))
        assert before.rule is after.rule is rule
        assert before.probability == after.probability
        assert before.cut_off == after.cut_off


def test_the_entries_offered_are_those_of_the_second_look() -> None:
    finding = looked_at(found(0.7, 0.6, 0.5, 0.4), answered=(0.0, 0.0, 0.0, 1.0))
    verdict = choose("退货", finding, [], POLICY)
    assert isinstance(verdict.decision, Ask)
    assert [each.entry_id for each in verdict.decision.candidates] == ["coupon", "return", "invoice"]
    assert verdict.ranked[1].probability == verdict.probability
    assert verdict.ranked[3].probability == 0
    without = choose("退货", finding, [], replace(POLICY, answers_searched=False))
    assert isinstance(without.decision, Ask)
    assert [each.entry_id for each in without.decision.candidates] == ["return", "invoice", "hours"]


def test_objections_can_be_switched_off() -> None:
    asked, finding = "为什么不申请退货", found(0.9, 0.2)
    assert choose(asked, finding, [], POLICY).rule is Rule.NEGATION_DIFFERS
    assert choose(asked, finding, [], replace(POLICY, checks=False)).rule is Rule.SURE
