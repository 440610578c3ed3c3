"""What can be done to an order in each status, and what is said where it cannot."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.guided import which_order
from handlers.guided.forms import FORMS
from handlers.guided.which_order import line, none_fits, suitable, why_not
from mall.port import Item, OrderStatus
from tests.unit.handlers.guided.shop import DELIVERED, LONG_AGO, NOON, PAID

S = OrderStatus
CAN = {
    "return_form": {S.SHIPPED, S.DELIVERED},
    "exchange_form": {S.SHIPPED, S.DELIVERED},
    "trouble_form": {S.SHIPPED, S.DELIVERED},
    "address_form": {S.UNPAID, S.PAID, S.PACKED},
    "cancel_form": {S.UNPAID, S.PAID},
    "invoice_form": {S.PAID, S.PACKED, S.SHIPPED, S.DELIVERED},
    "complaint_form": set(OrderStatus),
}


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("form", sorted(CAN))
def test_what_can_be_done_in_which_status(form: str, status: OrderStatus) -> None:
    said = why_not(FORMS[form], replace(DELIVERED, status=status), NOON)
    assert (said is None) == (status in CAN[form])
    if said is not None:
        assert DELIVERED.number in said
        assert "{" not in said
        assert len(said) <= 80


@pytest.mark.parametrize(
    ("form", "status", "text"),
    [
        ("return_form", S.PAID, which_order.NOT_YET_SENT),
        ("return_form", S.UNPAID, which_order.NOT_YET_PAID),
        ("return_form", S.PACKED, which_order.PACKED_NOT_SENT),
        ("exchange_form", S.PAID, which_order.NOT_YET_SENT),
        ("return_form", S.REFUNDING, which_order.IN_REFUND),
        ("return_form", S.REFUNDED, which_order.OVER),
        ("return_form", S.CLOSED, which_order.OVER),
        ("address_form", S.SHIPPED, which_order.ALREADY_SENT),
        ("address_form", S.DELIVERED, which_order.ARRIVED),
        ("cancel_form", S.PACKED, which_order.PACKED),
        ("cancel_form", S.SHIPPED, which_order.ALREADY_SENT),
        ("invoice_form", S.UNPAID, which_order.NOT_PAID),
        ("invoice_form", S.REFUNDED, which_order.OVER),
        ("trouble_form", S.PAID, which_order.NOTHING_SENT),
    ],
)
def test_what_is_said_instead(form: str, status: OrderStatus, text: str) -> None:
    said = why_not(FORMS[form], replace(DELIVERED, status=status), NOON)
    assert said is not None
    assert said.startswith(text.format(number=DELIVERED.number, title=FORMS[form].title, status="")[:20])


@pytest.mark.parametrize(("age", "late"), [(timedelta(days=7), False), (timedelta(days=7, minutes=1), True)])
def test_seven_days_from_the_day_it_arrived(age: timedelta, *, late: bool) -> None:
    arrived = replace(DELIVERED, delivered_at=NOON - age)
    assert (why_not(FORMS["return_form"], arrived, NOON) is not None) == late
    assert why_not(FORMS["trouble_form"], arrived, NOON) is None


@pytest.mark.parametrize(("days", "late"), [(8, False), (15, False), (16, True)])
def test_fifteen_days_to_exchange(days: int, *, late: bool) -> None:
    arrived = replace(DELIVERED, delivered_at=NOON - timedelta(days=days))
    assert (why_not(FORMS["exchange_form"], arrived, NOON) is not None) == late


def test_an_order_whose_arrival_is_unknown_is_left_to_the_mall() -> None:
    unknown = replace(DELIVERED, delivered_at=None, placed_at=NOON - timedelta(days=60))
    assert why_not(FORMS["return_form"], unknown, NOON) is None


def test_at_most_three_are_shown_and_only_those_that_fit() -> None:
    orders = [replace(DELIVERED, number=f"HY2026110100{at}") for at in range(5)]
    assert suitable(FORMS["return_form"], [PAID, LONG_AGO, *orders], NOON) == orders[:3]


def test_none_fits() -> None:
    assert none_fits(FORMS["return_form"], [], NOON) is None
    said = none_fits(FORMS["return_form"], [PAID, LONG_AGO], NOON)
    assert said is not None
    assert PAID.number in said


def test_a_line_is_short_enough_to_be_tapped() -> None:
    long = replace(DELIVERED, items=(Item("很长的名字" * 20, 1),))
    assert len(line(long)) == which_order.LONGEST_LINE
    assert len(line(long).encode()) <= 128
