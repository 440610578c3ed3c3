"""Judging a trial, and which questions it is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.decision import Answer, Ask, Candidate, Decision, Refuse, RefuseReason, Rule, Verdict
from knowledge_base.editing.trial import (
    WORTH,
    Outcome,
    Source,
    Tried,
    gate_of,
    judge_trial,
    may_publish,
    outcome_of,
    said_by,
)
from knowledge_base.editing.trial_questions import Change, change_between, trial_questions
from knowledge_base.entry import Entry, EntryId
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.serving import Asker
from tests.unit.knowledge_base.shop import SHOP, entry

RETURN, INVOICE = EntryId("return"), EntryId("invoice")


def candidate(entry_id: str) -> Candidate:
    return Candidate(entry_id=EntryId(entry_id), question="", answer="", score=1, probability=1)


ANSWER = Answer(candidate=candidate("return"))
ASK = Ask(candidates=(candidate("invoice"), candidate("return")))
REFUSE = Refuse(reason=RefuseReason.NOTHING_NEAR)


@pytest.mark.parametrize(
    ("decision", "expected", "outcome"),
    [
        (ANSWER, {RETURN}, Outcome.RIGHT),
        (ANSWER, {RETURN, INVOICE}, Outcome.RIGHT),
        (ANSWER, {INVOICE}, Outcome.WRONG),
        (ANSWER, set(), Outcome.WRONG),
        (ASK, {RETURN}, Outcome.OFFERED),
        (ASK, {EntryId("hours")}, Outcome.ASKED),
        (ASK, set(), Outcome.ASKED),
        (REFUSE, {RETURN}, Outcome.REFUSED),
        (REFUSE, set(), Outcome.RIGHT),
    ],
)
def test_what_came_of_a_question(decision: Decision, expected: set[EntryId], outcome: Outcome) -> None:
    assert outcome_of(decision, frozenset(expected)) is outcome


def test_what_the_customer_sees() -> None:
    assert [said_by(decision) for decision in (ANSWER, ASK, REFUSE)] == [
        ("return",),
        ("invoice", "return"),
        (),
    ]


def tried(text: str, was: Outcome, now: Outcome) -> Tried:
    return Tried(text=text, source=Source.LOG, was=was, now=now)


MIXED = judge_trial(
    [
        tried("right to refused", Outcome.RIGHT, Outcome.REFUSED),
        tried("right to wrong", Outcome.RIGHT, Outcome.WRONG),
        tried("asked to refused", Outcome.ASKED, Outcome.REFUSED),
        tried("refused to wrong", Outcome.REFUSED, Outcome.WRONG),
        tried("wrong to refused", Outcome.WRONG, Outcome.REFUSED),
        tried("refused to right", Outcome.REFUSED, Outcome.RIGHT),
        tried("right to offered", Outcome.RIGHT, Outcome.OFFERED),
        tried("as before", Outcome.RIGHT, Outcome.RIGHT),
    ]
)


def test_what_is_lost_and_gained_is_named_the_worst_first() -> None:
    assert [each.text for each in MIXED.lost] == [
        "right to wrong",
        "refused to wrong",
        "right to refused",
        "right to offered",
    ]
    assert [each.text for each in MIXED.gained] == ["wrong to refused", "refused to right"]
    assert MIXED.newly_wrong == 2
    assert MIXED.before.counts[Outcome.RIGHT] == 4
    assert MIXED.after.counts[Outcome.WRONG] == 2
    assert MIXED.before.questions == MIXED.after.questions == 8
    assert MIXED.before.worth == 0
    assert MIXED.after.worth == (2 + 0.5 - 8) / 8


def test_a_wrong_answer_weighs_more_than_one_not_given() -> None:
    assert WORTH[Outcome.REFUSED] - WORTH[Outcome.WRONG] > WORTH[Outcome.RIGHT] - WORTH[Outcome.REFUSED]


def test_a_loss_needs_a_reason() -> None:
    refused = may_publish(MIXED, "  ")
    assert (refused.granted, refused.needs_reason) == (False, True)
    assert "4 个问题变差，其中 2 个会答错" in refused.why
    granted = may_publish(MIXED, " 活动结束了 ")
    assert granted.granted
    assert granted.why.endswith("理由：活动结束了")


def test_what_loses_nothing_needs_no_reason() -> None:
    gain = judge_trial(
        [tried("a", Outcome.REFUSED, Outcome.RIGHT), tried("b", Outcome.ASKED, Outcome.REFUSED)]
    )
    permission = may_publish(gain, "")
    assert (permission.granted, permission.needs_reason) == (True, False)
    assert may_publish(judge_trial([]), "").granted


def test_a_revision_keeps_the_names() -> None:
    gate = gate_of(MIXED)
    assert (gate.questions, gate.lost[0], len(gate.gained)) == (8, "right to wrong", 2)
    assert (gate.worth_before, gate.worth_after) == (0, MIXED.after.worth)


def test_every_phrasing_is_asked_and_must_find_its_entry() -> None:
    log = [LabelledQuestion(text="在吗", expected=frozenset())]
    questions = trial_questions(SHOP, SHOP, log)
    assert len(questions) == sum(len(each.phrasings) for each in SHOP) + 1
    assert questions[0].text == "怎么申请退货"
    assert {(q.right_before, q.right_after) for q in questions if q.entry_id == RETURN} == {
        (frozenset({RETURN}), frozenset({RETURN}))
    }
    assert (questions[-1].source, questions[-1].right_after) == (Source.LOG, frozenset())


def test_a_phrasing_that_moves_to_another_entry_is_right_there() -> None:
    merged = (replace(SHOP[0], similar=(*SHOP[0].similar, "能开发票吗")), *SHOP[2:])
    by_text = {q.text: q for q in trial_questions(SHOP, merged, ()) if q.entry_id == INVOICE}
    assert by_text["能开发票吗"].right_before == {INVOICE}
    assert by_text["能开发票吗"].right_after == {RETURN}
    assert by_text["怎么开发票"].right_after == {INVOICE}


def test_a_phrasing_that_two_entries_hold_must_find_each() -> None:
    after = (*SHOP, entry("new", "我要退货"))
    right = {q.entry_id: q.right_after for q in trial_questions(SHOP, after, ()) if q.text == "我要退货"}
    assert right == {RETURN: {RETURN}, EntryId("new"): {EntryId("new")}}


OFF = (replace(SHOP[0], disabled=True), *SHOP[1:])


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (SHOP, tuple(replace(each, note="x") for each in SHOP), Change(all=False)),
        (SHOP, (replace(SHOP[0], answer="新"), *SHOP[1:]), Change(all=False, entries=frozenset({RETURN}))),
        (SHOP, (replace(SHOP[0], category="新"), *SHOP[1:]), Change(all=False, entries=frozenset({RETURN}))),
        (SHOP, OFF, Change(all=False, entries=frozenset({RETURN}))),
        (OFF, (replace(OFF[0], answer="新"), *OFF[1:]), Change(all=False)),
        (OFF, SHOP, Change(all=True)),
        (SHOP, SHOP[::-1], Change(all=True)),
        (SHOP, (replace(SHOP[0], similar=()), *SHOP[1:]), Change(all=True)),
    ],
)
def test_what_a_change_may_concern(
    before: tuple[Entry, ...], after: tuple[Entry, ...], change: Change
) -> None:
    assert change_between(before, after, Asker(today=date(2026, 11, 22))) == change


def test_a_change_concerns_the_questions_that_found_its_entries() -> None:
    verdict = Verdict(decision=ASK, rule=Rule.UNSURE, probability=0.5, ranked=ASK.candidates)
    assert Change(all=False, entries=frozenset({RETURN})).concerns(verdict)
    assert not Change(all=False, entries=frozenset({EntryId("hours")})).concerns(verdict)
    assert Change(all=True).concerns(replace(verdict, ranked=()))
