from __future__ import annotations

from itertools import permutations

from customers.value.histories import Histories, History, history_of


def test_orders_of_one_day_are_one_purchase_in_any_order() -> None:
    orders = [(100, 500), (130, 70), (100, 30), (107, 1)]
    assert {history_of(each, 140) for each in permutations(orders)} == {
        History(repeats=2, last_days=30, observed_days=40, spent_fen=601)
    }


def test_what_is_paid_later_does_not_count_yet() -> None:
    orders = [(100, 500), (130, 70)]
    assert history_of(orders, 129) == History(repeats=0, last_days=0, observed_days=29, spent_fen=500)
    assert history_of(orders, 99) is None
    assert history_of([], 99) is None


def test_many_are_columns() -> None:
    one = History(repeats=2, last_days=30, observed_days=40, spent_fen=601)
    other = History(repeats=0, last_days=0, observed_days=9, spent_fen=5)
    many = Histories.of([one, other])
    assert [
        column.tolist() for column in (many.repeats, many.last_days, many.observed_days, many.spent_fen)
    ] == [
        [2, 0],
        [30, 0],
        [40, 9],
        [601, 5],
    ]
    assert len(many) == 2
    assert len(Histories.of([])) == 0
