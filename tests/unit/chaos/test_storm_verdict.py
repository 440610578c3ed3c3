"""The storm's ledger sees what it is there to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.chaos.storm.evidence import Asked, Evidence, Kept, Phone, Reply
from tests.chaos.storm.plan import Customer, Platform, Says
from tests.chaos.storm.verdict import End, judge

WANG = Customer(name="wang", platform=Platform.KEFU, account="wk1")
LI = Customer(name="li", platform=Platform.OFFICIAL)
A, B, C, D = (f"HY20990000000{n}" for n in range(1, 5))


def asked(number: str, customer: Customer) -> Asked:
    return Asked(says=Says(at=0.0, customer=customer, number=number, text=number), msgid=f"m{number}")


def kept(number: int, *, left: bool = False) -> tuple[Kept, ...]:
    return (Kept(id=number, state="done", error=None, left_to_person=left),)


def reply(state: str = "sent", *, unknowns: int = 0, reason: str = "") -> tuple[Reply, ...]:
    return (Reply(id=1, state=state, reason=reason, unknowns=unknowns),)


GOOD = Evidence(
    asked={A: asked(A, WANG), B: asked(B, WANG), C: asked(C, LI), D: asked(D, LI)},
    phones={"wang": Phone(said=(A, B), heard=(A, B)), "li": Phone(said=(C, D), heard=(C, D))},
    kept={A: kept(1), B: kept(2), C: kept(3), D: kept(4)},
    replies={number: reply() for number in (A, B, C, D)},
    gave_up=frozenset(),
    repeated=frozenset(),
    replayed=frozenset(),
    touched=frozenset(),
    over_people=(),
    violations={"kefu-send-refused-state": 3, "possible-double": 1},
    attempts={},
)


def heard(name: str, *numbers: str) -> Mapping[str, Phone]:
    return {**GOOD.phones, name: replace(GOOD.phones[name], heard=numbers)}


def test_a_good_round_has_no_problems() -> None:
    verdict = judge(GOOD)
    assert verdict.problems == ()
    assert verdict.ends == {End.ANSWERED: 4}
    assert verdict.refused_about_people == {"kefu-send-refused-state": 3}


def test_an_answer_that_nobody_heard_is_lost() -> None:
    verdict = judge(replace(GOOD, phones=heard("wang", A)))
    assert verdict.ends[End.LOST] == 1
    assert len(verdict.lost) == 1


@pytest.mark.parametrize("rows", [(), (*kept(1), *kept(9))])
def test_a_question_is_in_the_inbox_exactly_once(rows: tuple[Kept, ...]) -> None:
    assert len(judge(replace(GOOD, kept={**GOOD.kept, A: rows})).lost) == 1


def test_what_the_platform_gave_up_on_need_not_be_there() -> None:
    given_up = replace(
        GOOD,
        phones=heard("li", D),
        kept={**GOOD.kept, C: ()},
        replies={**GOOD.replies, C: ()},
        gave_up=frozenset({C}),
    )
    verdict = judge(given_up)
    assert verdict.problems == ()
    assert verdict.ends[End.NEVER_RECEIVED] == 1


@pytest.mark.parametrize(
    ("rows", "left", "end"),
    [
        (reply("withheld"), False, End.WITHHELD),
        (reply("deferred", reason="used_up"), False, End.DEFERRED),
        (reply("dead", reason="lost twice"), False, End.DEAD),
        ((), True, End.LEFT),
    ],
)
def test_people_may_keep_what_was_theirs_and_nobody_elses(
    rows: tuple[Reply, ...], left: bool, end: End
) -> None:
    evidence = replace(
        GOOD,
        phones=heard("wang", A),
        kept={**GOOD.kept, B: kept(2, left=left)},
        replies={**GOOD.replies, B: rows},
    )
    touched = judge(replace(evidence, touched=frozenset({"wang"})))
    assert touched.problems == ()
    assert touched.ends[end] == 1
    assert len(judge(evidence).lost) == 1


@pytest.mark.parametrize("state", ["sent", "pending", "sending", "offered"])
def test_what_says_that_it_was_sent_and_was_not_is_lost_for_people_too(state: str) -> None:
    evidence = replace(
        GOOD,
        phones=heard("wang", A),
        replies={**GOOD.replies, B: reply(state)},
        touched=frozenset({"wang"}),
    )
    assert judge(evidence).ends[End.LOST] == 1


def test_a_deferred_reply_needs_its_reason() -> None:
    evidence = replace(GOOD, phones=heard("wang", A), replies={**GOOD.replies, B: reply("deferred")})
    assert judge(replace(evidence, touched=frozenset({"wang"}))).ends[End.LOST] == 1


def test_kefu_says_nothing_twice_whatever_is_on_record() -> None:
    twice = replace(GOOD, phones=heard("wang", A, A, B), replies={**GOOD.replies, A: reply(unknowns=3)})
    assert len(judge(twice).doubled) == 1


@pytest.mark.parametrize(("unknowns", "problems"), [(0, 1), (1, 0)])
def test_at_the_official_account_each_copy_needs_its_record(unknowns: int, problems: int) -> None:
    evidence = replace(
        GOOD, phones=heard("li", C, C, D), replies={**GOOD.replies, C: reply(unknowns=unknowns)}
    )
    verdict = judge(evidence)
    assert len(verdict.doubled) == problems
    assert verdict.said_twice_on_record == (C,)


@pytest.mark.parametrize("name", ["wang", "li"])
def test_answers_come_in_the_order_of_the_questions(name: str) -> None:
    numbers = GOOD.phones[name].heard
    assert len(judge(replace(GOOD, phones=heard(name, *reversed(numbers)))).out_of_order) == 1


def test_repeated_callbacks_and_what_a_person_sent_again_have_no_order() -> None:
    shuffled = replace(GOOD, phones=heard("li", D, C))
    assert judge(replace(shuffled, repeated=frozenset({C}))).problems == ()
    assert judge(replace(shuffled, replayed=frozenset({D}))).problems == ()
    assert judge(replace(GOOD, phones=heard("wang", B, A), repeated=frozenset({A}))).out_of_order


@pytest.mark.parametrize(
    "evidence",
    [
        replace(GOOD, over_people=("wang in state 3: 好",)),
        replace(GOOD, violations={"kefu-over-quota": 1}),
        replace(GOOD, violations={"over-quota": 1}),
        replace(GOOD, violations={"kefu-duplicate-text": 1}),
        replace(GOOD, unsettled=("2 replies to be sent",)),
        replace(GOOD, phones={**GOOD.phones, "li": Phone(said=(C, D), heard=("HY209999999999", C, D))}),
    ],
)
def test_everything_else_that_is_wrong_is_told(evidence: Evidence) -> None:
    assert len(judge(evidence).problems) == 1
