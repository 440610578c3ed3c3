"""Which reading of a follow-up counts."""

from __future__ import annotations

import pytest

from knowledge_base.decision import Answer, Ask, Candidate, Refuse, RefuseReason, Rule, Verdict
from knowledge_base.entry import EntryId
from knowledge_base.follow_up import Gap, Part
from knowledge_base.in_context import in_context

BEFORE = EntryId("before")
MARKED = Gap(core="运费", part=Part.ATTRIBUTE, sure=True, marked=True)
UNMARKED = Gap(core="多久到", part=Part.ATTRIBUTE, sure=True, marked=False)
UNSURE = Gap(core="有店吗", part=Part.ATTRIBUTE, sure=False, marked=False)


def candidate(entry_id: str, probability: float = 0.5) -> Candidate:
    return Candidate(entry_id=EntryId(entry_id), question="", answer="", score=0.9, probability=probability)


def answered(entry_id: str) -> Verdict:
    one = candidate(entry_id, 0.99)
    return Verdict(decision=Answer(candidate=one), rule=Rule.SURE, probability=0.99, ranked=(one,))


def asked(*entry_ids: str) -> Verdict:
    shown = tuple(map(candidate, entry_ids))
    return Verdict(decision=Ask(candidates=shown), rule=Rule.UNSURE, probability=0.5, ranked=shown)


REFUSED = Verdict(
    decision=Refuse(reason=RefuseReason.NOTHING_NEAR), rule=Rule.NOTHING_NEAR, probability=0.1, ranked=()
)


@pytest.mark.parametrize(
    ("own", "completed", "gap", "said"),
    [
        (REFUSED, [answered("a")], MARKED, "a"),
        (answered("x"), [answered("a")], MARKED, "a"),
        (answered("x"), [answered("a")], UNMARKED, ["a", "x"]),
        (answered("a"), [answered("a")], UNMARKED, "a"),
        (REFUSED, [answered("a"), answered("b")], MARKED, ["a", "b"]),
        (REFUSED, [answered("a"), asked("b")], MARKED, "a"),
        (REFUSED, [asked("a", "b", "c", "d")], MARKED, ["a", "b", "c"]),
        (asked("x", "a"), [asked("a", "b", "c")], MARKED, ["a", "b", "x"]),
        (answered("x"), [REFUSED], MARKED, "x"),
        (asked("x"), [REFUSED], UNMARKED, ["x"]),
        (REFUSED, [REFUSED], MARKED, None),
        # What was said before is not said again; it is offered last.
        (REFUSED, [answered("before")], MARKED, ["before"]),
        (asked("x", "y"), [answered("before")], MARKED, ["x", "y", "before"]),
        (REFUSED, [answered("before"), asked("a", "b")], MARKED, ["a", "b", "before"]),
        # A text that may stand for itself is helped to what it finds.
        (answered("x"), [answered("a")], UNSURE, "x"),
        (asked("x", "a"), [answered("a")], UNSURE, "a"),
        (asked("x", "a"), [answered("b")], UNSURE, ["x", "a"]),
        (asked("x", "before"), [answered("before")], UNSURE, ["x", "before"]),
        (asked("x", "a"), [asked("a")], UNSURE, ["x", "a"]),
        (REFUSED, [answered("a")], UNSURE, None),
    ],
)
def test_what_is_said(own: Verdict, completed: list[Verdict], gap: Gap, said: str | list[str] | None) -> None:
    verdict = in_context(own, completed, gap, previous=BEFORE, most=3)
    match verdict.decision:
        case Answer(candidate=one):
            assert one.entry_id == said
        case Ask(candidates=candidates):
            assert [each.entry_id for each in candidates] == said
        case Refuse():
            assert said is None


def test_the_rule_says_that_the_conversation_helped() -> None:
    assert in_context(REFUSED, [answered("a")], MARKED, previous=BEFORE, most=3).rule is Rule.FOLLOW_UP
    assert in_context(REFUSED, [asked("a")], MARKED, previous=BEFORE, most=3).rule is Rule.FOLLOW_UP
    assert in_context(answered("x"), [answered("a")], UNSURE, previous=BEFORE, most=3).rule is Rule.SURE
