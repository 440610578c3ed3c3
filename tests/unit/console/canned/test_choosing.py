"""Which canned replies are offered to what an agent typed behind the slash."""

from __future__ import annotations

from console.canned.choosing import SHOWN, choices, then
from escalation.canned import CannedReply
from escalation.service import Ending

HELLO = CannedReply(id=1, name="开场", text="{称呼}好，我是{我的名字}，退货的事我来办")
RETURNS = CannedReply(
    id=2, name="退货地址", text="寄到溪口镇老街 1 号", note="给了退货地址", ending=Ending.FOLLOWED_UP
)


def test_names_that_begin_so_come_before_texts_that_hold_it() -> None:
    found = choices([HELLO, RETURNS], "退货", {"name": "您", "agent": "小林"})
    assert [each.id for each in found] == [2, 1]
    assert found[1].text == "您好，我是小林，退货的事我来办"


def test_what_else_is_done_is_told_before() -> None:
    assert then(RETURNS) == "记备注，结束：转售后跟进"
    assert then(HELLO) == ""


def test_no_more_than_fit_are_shown() -> None:
    many = [CannedReply(id=n, name=f"n{n}", text="t") for n in range(SHOWN + 3)]
    assert len(choices(many, "", {})) == SHOWN
    assert choices(many, "没有", {}) == []
