from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.value.rfm import RfmBounds, bounds_of, cell, cells, name_of

buyers = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 6), st.integers(0, 30)), min_size=1, max_size=40
)


def columns(rows: list[tuple[int, int, int]]) -> list[np.ndarray]:
    return list(np.array(rows, dtype=np.int64).T.copy())


def bounds(rows: list[tuple[int, int, int]]) -> RfmBounds:
    made = bounds_of(*columns(rows))
    assert made is not None
    return made


@given(buyers)
@settings(max_examples=60, deadline=None)
def test_score_is_five_less_the_whole_fifths_that_are_better(rows: list[tuple[int, int, int]]) -> None:
    def score(better: int) -> int:
        return 5 - 5 * better // len(rows)

    expected = []
    for recency, orders, spent in rows:
        r = score(sum(other[0] < recency for other in rows))
        f = score(sum(other[1] > orders for other in rows)) if orders > 1 else 1
        m = score(sum(other[2] > spent for other in rows))
        expected.append(f"{r}{f}{m}")
    made = bounds(rows)
    assert [cell(made, *row) for row in rows] == expected
    assert cells(made, *columns(rows)) == expected


@given(buyers, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_order_of_buyers_changes_nothing(rows: list[tuple[int, int, int]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert bounds(rows).to_json() == bounds(shuffled).to_json()


def test_ten_different_buyers_are_two_in_each_fifth() -> None:
    rows = [(days, 12 - days, 100 * (12 - days)) for days in range(1, 11)]
    made = bounds(rows)
    assert [cell(made, *row) for row in rows] == ["555"] * 2 + ["444"] * 2 + ["333"] * 2 + ["222"] * 2 + [
        "111"
    ] * 2
    assert cell(made, 0, 99, 99_999) == "555"
    assert cell(made, 999, 1, 1) == "111"


def test_who_ordered_once_is_not_frequent_though_most_did() -> None:
    rows = [(1, 1, 100)] * 9 + [(1, 2, 100)]
    assert {row: cell(bounds(rows), *row) for row in rows} == {(1, 1, 100): "515", (1, 2, 100): "555"}


def test_nobody_has_no_bounds() -> None:
    nobody = np.array([], dtype=np.int64)
    assert bounds_of(nobody, nobody, nobody) is None


def test_bounds_come_back_from_json() -> None:
    made = RfmBounds(recency_days=(7, 30, 90, 180), orders=(9, 5, 3, 2), spent_fen=(90_000, 5_000, 300, 2))
    text = made.to_json()
    assert text == '{"orders":[9,5,3,2],"recency_days":[7,30,90,180],"spent_fen":[90000,5000,300,2]}'
    assert RfmBounds.from_json(text) == made
    with pytest.raises(ValueError, match="unpack"):
        RfmBounds.from_json('{"orders":[9,5,3],"recency_days":[1,2,3,4],"spent_fen":[4,3,2,1]}')


def test_names_of_cells() -> None:
    assert {rfm: name_of(rfm) for rfm in ("555", "434", "245", "314", "543", "411", "153", "333")} == {
        "555": "重要价值客户",
        "434": "重要发展客户",
        "245": "重要保持客户",
        "314": "重要挽留客户",
        "543": "一般价值客户",
        "411": "一般发展客户",
        "153": "一般保持客户",
        "333": "一般挽留客户",
    }
    for wrong in ("", "55", "5555", "506", "abc", "６55"):
        with pytest.raises(ValueError, match="not a cell"):
            name_of(wrong)
