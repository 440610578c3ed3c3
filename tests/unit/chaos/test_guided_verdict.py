"""The ledger of returns while somebody is killed sees what it is there to see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.guided.evidence import (
    CustomerEvidence,
    ErrandEvidence,
    Evidence,
    ReturnEvidence,
    TextEvidence,
)
from tests.chaos.guided.verdict import End, Verdict, judge

RICE = "五常大米 10斤"
DONE = ErrandEvidence(state="done", goods=RICE)
ACCEPTED = ReturnEvidence(accepted=True, reference="TH1")
ONCE = TextEvidence(written=1, heard=1)
GOOD = CustomerEvidence(
    name="wang",
    chose=RICE,
    errands=(DONE,),
    returns=(ACCEPTED,),
    submitted=ONCE,
    receipt=ONCE,
    told_numbers=("TH1",),
)
NOTHING = CustomerEvidence(name="li", chose=RICE)


def judged(*customers: CustomerEvidence, **more: Any) -> Verdict:
    return judge(Evidence(customers=customers, violations=more.pop("violations", {}), **more))


def test_a_return_that_was_made_and_told_once_is_no_problem() -> None:
    verdict = judged(GOOD, violations={"possible-double": 1})
    assert verdict.problems == ()
    assert verdict.ends == {End.RETURNED: 1}


def test_who_got_a_person_or_the_offer_of_one_is_seen_to() -> None:
    verdict = judged(replace(NOTHING, cases=1), replace(NOTHING, name="zhao", last_offers_person=True))
    assert verdict.problems == ()
    assert verdict.ends == {End.TO_PERSON: 1, End.OFFERED_PERSON: 1}


@pytest.mark.parametrize(
    "lost",
    [
        NOTHING,
        replace(GOOD, errands=(), returns=()),
        replace(GOOD, errands=(), returns=(), cases=1),
        replace(GOOD, returns=()),
        replace(GOOD, errands=()),
        replace(GOOD, errands=(replace(DONE, state="dead"),)),
        replace(GOOD, errands=(replace(DONE, goods="抽纸 24包"),)),
        replace(GOOD, returns=(ReturnEvidence(accepted=False, reference=None),)),
        replace(GOOD, submitted=TextEvidence(written=1)),
        replace(GOOD, receipt=TextEvidence(written=1), told_numbers=()),
        replace(GOOD, told_numbers=("TH2",)),
    ],
    ids=[
        "nothing came of it",
        "told, and nothing was done",
        "told that it was done, and left to a person",
        "an errand that the mall does not know of",
        "the mall knows of it, and we do not",
        "on the dead list",
        "other goods",
        "refused by the mall",
        "not told that it was handed in",
        "not told the number",
        "told another number",
    ],
)
def test_anything_less_is_lost(lost: CustomerEvidence) -> None:
    verdict = judged(replace(GOOD, name="sun"), lost)
    assert verdict.ends == {End.RETURNED: 1, End.LOST: 1}
    assert len(verdict.lost) == 1
    assert verdict.problems == verdict.lost


@pytest.mark.parametrize(
    "doubled",
    [
        replace(GOOD, errands=(DONE, DONE)),
        replace(GOOD, errands=(DONE, replace(DONE, state="declined"))),
        replace(GOOD, returns=(ACCEPTED, replace(ACCEPTED, reference="TH2"))),
        replace(GOOD, returns=(ACCEPTED, ReturnEvidence(accepted=False, reference=None))),
        replace(GOOD, submitted=TextEvidence(written=2, heard=1)),
        replace(GOOD, submitted=TextEvidence(written=1, heard=2)),
        replace(GOOD, receipt=TextEvidence(written=1, heard=3, unknowns=1)),
    ],
    ids=[
        "two errands",
        "an errand that was refused the second time",
        "two returns",
        "a return that was refused the second time",
        "written twice",
        "heard twice",
        "heard more often than records say",
    ],
)
def test_anything_twice_is_doubled(doubled: CustomerEvidence) -> None:
    verdict = judged(replace(GOOD, name="sun"), doubled)
    assert len(verdict.doubled) == 1
    assert verdict.problems == verdict.doubled


def test_a_text_that_was_sent_again_on_record_may_be_heard_twice() -> None:
    verdict = judged(replace(GOOD, receipt=TextEvidence(written=1, heard=2, unknowns=1)))
    assert verdict.problems == ()
    assert verdict.told_twice_on_record == 1


def test_a_return_for_nobody_a_broken_rule_and_what_never_ends_are_problems() -> None:
    verdict = judged(
        GOOD, violations={"outside-window": 2}, unsettled=("an errand",), returns_of_nobody=("x",)
    )
    assert len(verdict.other) == 3
    assert verdict.problems == verdict.other
