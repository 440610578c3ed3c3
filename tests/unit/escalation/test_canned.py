"""Canned replies: gaps that fill themselves, and what may be stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from escalation.canned import CannedReply, filled, gaps_in, problem_of, unfilled

SHIPS = CannedReply(name="发货时间", text="{称呼}好，{order}今天 16:00 前发出")


def test_gaps_are_filled_by_either_name_and_others_stay_for_the_agent() -> None:
    said = filled(SHIPS.text, {"name": "王姐"})
    assert said == "王姐好，{订单号}今天 16:00 前发出"
    assert unfilled(said) == "{订单号}"
    assert unfilled(filled(SHIPS.text, {"name": "王姐", "order": "HY1"})) == ""


def test_values_are_put_in_as_they_are_and_on_one_line() -> None:
    assert filled("{name}好", {"name": "{order}\n小王"}) == "{order} 小王好"


def test_braces_that_mean_nothing_are_left_alone() -> None:
    assert filled("{随便} {称呼}", {"name": "您"}) == "{随便} 您"
    assert unfilled("请看 {随便}") == ""
    assert gaps_in("{ a }{a}{b}") == ("a", "b")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (replace(SHIPS, name=" "), "名字还没写"),
        (replace(SHIPS, text="\n"), "回复还没写"),
        (replace(SHIPS, name="长" * 21), "名字最多 20 个字，现在是 21 个"),
        (replace(SHIPS, text="长" * 2001), "回复最多 2000 个字"),
        (replace(SHIPS, note="长" * 1001), "备注最多 1000 个字"),
        (replace(SHIPS, text="{快递} 到了"), "回复里不认识 {快递}；可以用：{称呼}、{我的名字}"),
    ],
)
def test_what_cannot_be_stored_is_named_with_its_cure(reply: CannedReply, words: str) -> None:
    assert words in problem_of(reply)


def test_a_good_one_has_no_problem() -> None:
    assert problem_of(SHIPS) == ""


@pytest.mark.parametrize(
    ("asked", "fits"), [("", True), ("发货", True), ("发货 16", True), ("发货 退款", False), ("ORDER", True)]
)
def test_all_words_that_are_typed_have_to_be_in_it(asked: str, fits: bool) -> None:
    assert SHIPS.fits(asked) is fits
