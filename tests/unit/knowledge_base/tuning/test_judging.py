"""Whether a tuned embedder is better, on questions that it was not tuned on."""

from __future__ import annotations

import pytest

from knowledge_base.calibrating.evidence import Evidence
from knowledge_base.calibration import Calibration, CutOff, Logistic, Tier, shipped_calibration
from knowledge_base.entry import EntryId
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.tuning.holding_out import is_held_out
from knowledge_base.tuning.judging import as_risky, compare, held_out_evidence
from tests.unit.knowledge_base.shop import SHOP, entry
from tests.unit.knowledge_base.word_embedder import WordEmbedder

FLAT = Logistic(bias=0.0, weights={})


def asked(text: str, probability: float, *, right: bool, in_scope: bool = True) -> Evidence:
    return Evidence(text=text, probability=probability, right=right, objected=False, in_scope=in_scope)


BEFORE = (
    asked("甲", 0.9, right=True),
    asked("乙", 0.8, right=True),
    asked("丙", 0.7, right=False),
    asked("丁", 0.6, right=True),
    asked("戊", 0.5, right=False, in_scope=False),
)
AFTER = (
    asked("甲", 0.95, right=True),
    asked("乙", 0.55, right=False),
    asked("丙", 0.9, right=True),
    asked("丁", 0.85, right=True),
    asked("戊", 0.2, right=False, in_scope=False),
)


def calibration(cut_off: float) -> Calibration:
    cuts = (CutOff(max_wrong_rate=0.02, probability=cut_off),)
    return Calibration(first=FLAT, shown=FLAT, tiers=(Tier(phrasings=1, ask_from=0.1, cut_offs=cuts),))


@pytest.mark.parametrize(
    ("cut_off", "moved"),
    [(0.75, 0.85), (0.55, 0.55), (0.95, 0.85)],
    ids=["none wrong", "a quarter wrong", "nothing answered, none wrong"],
)
def test_cut_offs_move_to_the_same_share_of_wrong_answers(cut_off: float, moved: float) -> None:
    assert as_risky(calibration(cut_off), BEFORE, AFTER).tiers[0].cut_off(0.02) == moved


def test_better_is_more_answered_and_no_more_of_it_wrong() -> None:
    comparison = compare(BEFORE, AFTER, (0.75, 0.85))
    assert (comparison.before.coverage, comparison.after.coverage) == (0.5, 0.75)
    assert (comparison.before.wrong, comparison.after.wrong) == (0.0, 0.0)
    assert (comparison.before.right_first, comparison.after.right_first) == (0.75, 0.75)
    assert comparison.better
    assert not compare(AFTER, BEFORE, (0.85, 0.75)).better


def test_questions_that_would_be_answered_wrongly_are_named() -> None:
    assert compare(BEFORE, AFTER, (0.75, 0.5)).lost == ("乙",)


def test_only_held_out_questions_are_asked() -> None:
    texts = [f"第{number}种退货问法" for number in range(60)]
    entries = (entry("return", "怎么申请退货", *texts), *SHOP[1:])
    labels = [
        LabelledQuestion(text=f"{number}楼门店在哪", expected=frozenset({EntryId("hours")}))
        for number in range(40)
    ]
    evidence = held_out_evidence(entries, labels, WordEmbedder(), shipped_calibration())
    phrasings = [phrasing for each in entries for phrasing in each.phrasings]
    held = {text for text in (*phrasings, *(label.text for label in labels)) if is_held_out(text)}
    assert 10 < len(held) < 40
    assert {each.text for each in evidence} == held
