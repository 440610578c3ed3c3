"""Which later turns say something about an earlier question."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversations.questions import AskedQuestion, Reaction
from knowledge_base.mining.marking import Happened, NewMark, marks_of
from knowledge_base.mining.questions import BAD, GOOD, MarkKind, Missed, asked_in_vain
from knowledge_base.mining.reasking import asks_again
from tests.unit.knowledge_base.mining.log import NOW, logged

MINUTE = timedelta(minutes=1)


def asked(text: str) -> AskedQuestion:
    return AskedQuestion(text=text, reaction=Reaction.REFUSED, rule="nothing_near")


@pytest.mark.parametrize(
    ("earlier", "later", "again"),
    [
        ("怎么退货", "请问怎么退货呀", True),
        ("怎么退货", "退货怎么弄", True),
        ("怎么退货", "怎么换货", False),
        ("怎么退货", "几点关门", False),
        ("？？", "？？", False),
        ("退", "退", True),
        ("退", "换", False),
    ],
)
def test_asking_again(earlier: str, later: str, again: bool) -> None:
    assert asks_again(earlier, later) is again
    assert asks_again(later, earlier) is again


def test_the_same_question_again_within_ten_minutes_marks_the_first() -> None:
    earlier = logged("怎么退货", Reaction.ANSWERED, "return", ago=9 * MINUTE)
    turn = Happened(key="t", at=NOW, question=asked("退货怎么弄"))
    assert marks_of(turn, earlier, None) == [NewMark(question=earlier.key, kind=MarkKind.REASKED, value="t")]
    assert marks_of(turn, logged("怎么退货", ago=11 * MINUTE), None) == []
    assert marks_of(turn, logged("几点关门"), None) == []


def test_a_choice_belongs_to_the_offer_that_has_it() -> None:
    offer = logged("退", Reaction.ASKED, "return", "refund", ago=60 * MINUTE)
    assert marks_of(Happened(key="t", at=NOW, chosen="refund"), offer, offer) == [
        NewMark(question=offer.key, kind=MarkKind.CHOSEN, value="refund")
    ]
    assert marks_of(Happened(key="t", at=NOW, chosen="hours"), offer, offer) == []
    late = logged("退", Reaction.ASKED, "refund", ago=timedelta(days=2))
    assert marks_of(Happened(key="t", at=NOW, chosen="refund"), late, late) == []


def test_a_person_is_brought_by_the_turns_own_question_else_by_the_last_one() -> None:
    earlier = logged("怎么退货", ago=20 * MINUTE)
    own = Happened(key="t", at=NOW, question=asked("几点关门"), handed_over=True)
    assert marks_of(own, earlier, None) == [NewMark(question="t", kind=MarkKind.HANDED_OVER, value="t")]  # type: ignore[arg-type]
    menu = Happened(key="t", at=NOW, handed_over=True)
    assert marks_of(menu, earlier, None) == [
        NewMark(question=earlier.key, kind=MarkKind.HANDED_OVER, value="t")
    ]
    assert marks_of(menu, logged("怎么退货", ago=31 * MINUTE), None) == []


def test_why_a_question_counts_as_missed() -> None:
    served = logged("怎么退货", Reaction.ANSWERED, "return", marks=((MarkKind.RATED, GOOD),))
    assert served.missed == ()
    again = logged(
        "怎么退货",
        Reaction.ANSWERED,
        "return",
        marks=((MarkKind.REASKED, "q"), (MarkKind.HANDED_OVER, "t"), (MarkKind.RATED, BAD)),
    )
    assert again.missed == (Missed.REASKED, Missed.HANDED_OVER, Missed.RATED_BAD)
    assert logged("退", Reaction.ASKED, "return").missed == (Missed.ASKED_BACK,)
    assert logged("退", Reaction.REFUSED).missed == (Missed.REFUSED,)


def test_only_words_and_only_what_an_index_could_have_answered_is_mined() -> None:
    found = logged("发票抬头能改吗")
    questions = (
        found,
        logged("？"),
        logged("还没有索引", version=None),
        logged("好", Reaction.ANSWERED, "a"),
    )
    assert asked_in_vain(questions) == (found,)


def test_an_answer_that_did_not_help_is_rated_bad() -> None:
    answered = logged("怎么退货", Reaction.ANSWERED, "return", ago=5 * MINUTE)
    picked = logged("退", Reaction.ASKED, "return", "refund", marks=((MarkKind.CHOSEN, "return"),))
    turn = Happened(key="t", at=NOW, unsolved="return")
    for question in (answered, picked):
        assert marks_of(turn, question, None) == [
            NewMark(question=question.key, kind=MarkKind.RATED, value=BAD)
        ]
    assert marks_of(turn, logged("几点关门", Reaction.ANSWERED, "hours"), None) == []
    assert marks_of(turn, logged("几点关门"), None) == []
    assert marks_of(turn, None, None) == []
    assert turn
