"""A customer who returns goods: what they say to what they hear, and who is killed how often."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from handlers.guided import wording
from mall.demo_rules import RETURN_DONE
from simulator.world import FAILURE_NOTICE
from tests.chaos.guided.killer import Kill, plan
from tests.chaos.guided.lines import (
    AWAY,
    CHOSEN,
    FORM,
    OPENING,
    PERSON,
    REASON,
    SUBMITTED,
    Heard,
    answer,
    recognised,
    shown,
)

ABOUT = wording.about(FORM)
GOODS_ASKED = "好的，看到您这一单\n\n" + wording.PROMPTS["product"].format(about=ABOUT) + "\n1. 大米\n2. 抽纸"
CONFIRM = wording.confirm(FORM, {"product": CHOSEN, "reason": REASON}, "HY1")
RECEIPT = RETURN_DONE.format(number="TH20261123001", goods=CHOSEN)


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        (GOODS_ASKED, Heard.GOODS, CHOSEN),
        (wording.PROMPTS["reason"], Heard.REASON, REASON),
        (CONFIRM, Heard.CONFIRM, wording.YES),
        (AWAY, Heard.AWAY, OPENING),
        (FAILURE_NOTICE, Heard.OUT_OF_ORDER, "大米"),
        ("荔枝坏了 48 小时内联系我们", Heard.ELSE, OPENING),
        (SUBMITTED, Heard.SUBMITTED, None),
    ],
)
def test_what_is_said_to_what_is_heard(text: str, kind: Heard, says: str | None) -> None:
    assert recognised(text) is kind
    following = answer(("欢迎", text), "大米", impatient=False)
    assert (following.says, following.over) == (says, False)


def test_a_menu_is_read_like_the_text_that_it_is_elsewhere() -> None:
    menu = {"head": CONFIRM, "items": [{"id": wording.YES, "content": wording.YES}], "tail": ""}
    assert recognised(shown(menu)) is recognised(shown({"text": CONFIRM})) is Heard.CONFIRM
    assert recognised(shown({"media_id": "m1"})) is Heard.ELSE


def test_the_receipt_ends_it_even_when_it_came_before_something_else() -> None:
    assert recognised(RECEIPT) is Heard.RECEIPT
    assert answer((RECEIPT, AWAY), OPENING, impatient=True).over


def test_what_was_handed_in_is_not_asked_for_again() -> None:
    assert answer((SUBMITTED, FAILURE_NOTICE), wording.YES, impatient=False).says is None


def test_impatient_customers_ask_for_a_person_and_leave_it_there() -> None:
    assert answer((AWAY,), OPENING, impatient=True).says == PERSON
    assert answer((AWAY, "好的，这就请同事来"), PERSON, impatient=True).over


def test_each_kind_of_kill_comes_as_often_as_the_others() -> None:
    kinds = plan(30, random.Random(3))
    assert Counter(kinds) == dict.fromkeys(Kill, 10)
    assert kinds != sorted(kinds)
    assert kinds == plan(30, random.Random(3))
