"""What trials of changes are held against: every question embedded and asked anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.decision import Decision
from knowledge_base.editing.asking import KnownVectors, ask, index_of
from knowledge_base.editing.trial import Outcome, Trial, Tried, outcome_of, said_by
from knowledge_base.editing.trial_questions import trial_questions
from knowledge_base.entry import Entry, EntryId
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.serving import Asker
from tests.unit.knowledge_base.shop import SHOP, entry
from tests.unit.knowledge_base.word_embedder import WordEmbedder

Key = tuple[str, EntryId | None]

TODAY = date(2026, 11, 22)
CUSTOMER = Asker(today=TODAY)
POLICY = Policy(calibration=shipped_calibration(), max_wrong_rate=0.3)
LOG = (
    LabelledQuestion(text="退货流程是啥", expected=frozenset({EntryId("return")})),
    LabelledQuestion(text="今天天气怎么样", expected=frozenset()),
    LabelledQuestion(text="门店几点开门", expected=frozenset({EntryId("hours")})),
)
TOPICS = ("鞋子", "帽子", "手套", "围巾", "雨伞", "水杯", "毛巾", "台灯", "键盘", "耳机", "闹钟", "书包")
LARGE = (
    *SHOP,
    entry("refund", "退货的钱什么时候退", "退货后多久退钱", "退货流程走完几天退款"),
    *(
        entry(f"t{at}", f"{topic}多少钱", f"{topic}什么价", f"{topic}贵不贵")
        for at, topic in enumerate(TOPICS)
    ),
)
STATES: dict[str, Sequence[Entry]] = {
    "as it was": LARGE,
    "another answer": (replace(LARGE[0], answer="退货流程是啥：打开订单，我要退货"), *LARGE[1:]),
    "another category": (LARGE[0], replace(LARGE[1], category="今天天气怎么样"), *LARGE[2:]),
    "one less served": (replace(LARGE[0], disabled=True), *LARGE[1:]),
    "another less served": (*LARGE[:6], replace(LARGE[6], disabled=True), *LARGE[7:]),
    "none of them served": tuple(replace(each, disabled=True) for each in LARGE),
}


class InFull:
    """Indexes from nothing, every question embedded and asked; of one state the same question once for all tests."""

    def __init__(self) -> None:
        self._known: dict[tuple[Entry, ...], dict[Key, Decision]] = {}

    def decisions(self, state: Sequence[Entry], keys: Sequence[Key]) -> list[Decision]:
        known = self._known.setdefault(tuple(state), {})
        if unknown := [key for key in keys if key not in known]:
            with index_of(state, WordEmbedder()) as index:
                verdicts = ask(index, unknown, KnownVectors(WordEmbedder()), POLICY, CUSTOMER)
            known.update(zip(unknown, (each.decision for each in verdicts), strict=True))
        return [known[key] for key in keys]

    def tried(self, before: Sequence[Entry], after: Sequence[Entry]) -> list[Tried]:
        questions = trial_questions(before, after, LOG)
        keys = [(question.tidied, question.entry_id) for question in questions]
        found = (self.decisions(state, keys) for state in (before, after))
        return [
            Tried(
                text=question.text,
                source=question.source,
                entry_id=question.entry_id,
                was=outcome_of(was, question.right_before),
                now=outcome_of(now, question.right_after),
                said=said_by(now),
            )
            for question, was, now in zip(questions, *found, strict=True)
        ]


def assert_as_in_full(trial: Trial, full: Sequence[Tried]) -> None:
    assert {*trial.lost} == {each for each in full if each.difference < 0}
    assert {*trial.gained} == {each for each in full if each.difference > 0}
    for outcome in Outcome:
        assert trial.before.counts[outcome] == sum(each.was is outcome for each in full)
        assert trial.after.counts[outcome] == sum(each.now is outcome for each in full)
