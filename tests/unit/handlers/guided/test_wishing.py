"""What people are told that a customer wants after a purchase."""

from __future__ import annotations

from conversations.after_sales import AfterSalesKind, AfterSalesWish
from handlers.guided.forms import FORMS
from handlers.guided.wishing import wish_of


def test_each_form_has_its_kind_or_is_no_after_sales() -> None:
    kinds = {name: wish and wish.kind.value for name, form in FORMS.items() for wish in [wish_of(form, {})]}
    assert kinds == {
        "return_form": "return",
        "exchange_form": "exchange",
        "address_form": None,
        "cancel_form": "refund",
        "invoice_form": None,
        "redeem_form": None,
        "complaint_form": "complaint",
        "trouble_form": "trouble",
    }


def test_who_keeps_the_goods_wants_the_money() -> None:
    told = {"order_no": "HY1", "product": "大米", "reason": "有虫", "wish": "只退款"}
    assert wish_of(FORMS["return_form"], told) == AfterSalesWish(
        kind=AfterSalesKind.REFUND, order_no="HY1", wants="大米，只退款", why="有虫"
    )


def test_an_order_that_was_left_out_is_none() -> None:
    wish = wish_of(FORMS["complaint_form"], {"order_no": "", "details": "态度差", "wish": "道歉并改进"})
    assert wish is not None
    assert (wish.order_no, wish.wants, wish.why) == (None, "道歉并改进", "态度差")
