"""What cells say, however a spreadsheet wrote them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.events import csv_cells
from customers.events.csv_cells import CellUnreadable
from customers.events.csv_headers import HEADERS

TIMES = {
    "2026-11-22T10:30:00+08:00": "2026-11-22T10:30:00+08:00",
    "2026-11-22T02:30:00Z": "2026-11-22T02:30:00+00:00",
    "2026-11-22 10:30:00 +0900": "2026-11-22T10:30:00+09:00",
    "2026-11-22 10:30": "2026-11-22T10:30:00+08:00",
    "2026-11-22": "2026-11-22T00:00:00+08:00",
    "2026/1/2 3:04": "2026-01-02T03:04:00+08:00",
    "2026.11.22": "2026-11-22T00:00:00+08:00",
    "2026年11月22日 10:30:05": "2026-11-22T10:30:05+08:00",
    "2026－11－22　10：30": "2026-11-22T10:30:00+08:00",
    "2026-11-22 10:30:05.25": "2026-11-22T10:30:05.250000+08:00",
    "20261122": "2026-11-22T00:00:00+08:00",
    "202611221030": "2026-11-22T10:30:00+08:00",
    "20261122103005": "2026-11-22T10:30:05+08:00",
    "46348": "2026-11-22T00:00:00+08:00",
    "46348.4375": "2026-11-22T10:30:00+08:00",
    "46348.4375347222": "2026-11-22T10:30:03+08:00",
    "1795314600": "2026-11-22T10:30:00+08:00",
    "1795314600250": "2026-11-22T10:30:00.250000+08:00",
}
NO_TIMES = (
    "昨天",
    "2026-02-30",
    "11/22/2026",
    "22/11/2026",
    "2026-11-22 25:00",
    "20261340",
    "1e9",
    "2026-11-22 10:30 +99:00",
)


def read(reader: Callable[[str], object], *texts: str) -> dict[str, object]:
    """By text, what it says, or what it is not."""

    def said(text: str) -> object:
        try:
            return reader(text)
        except CellUnreadable as error:
            return error.problem

    return {text: said(text) for text in texts}


def test_times() -> None:
    assert read(csv_cells.moment, *TIMES) == TIMES
    unreadable = "is no time that can be read"
    assert read(csv_cells.moment, *NO_TIMES) == dict.fromkeys(NO_TIMES, unreadable)


def test_money() -> None:
    yuan = {
        "212": 21_200,
        "212.5": 21_250,
        "¥1,234.50": 123_450,
        "￥１２.３０": 1_230,
        "1 234.50元": 123_450,
        "0.07": 7,
        "-12.00": -1_200,
        "1.005": "has more than two decimals",
        "free": "is no number",
        "NaN": "is no number",
        "Infinity": "is no number",
        "1e3": "is no number",
        "1" * 13: "is no number",
        "1.00999999999999999999999999999999": "is no number",
    }
    assert read(csv_cells.fen_of_yuan, *yuan) == yuan
    assert read(csv_cells.fen_given_back, "-12.00", "12") == {"-12.00": 1_200, "12": 1_200}
    fen = {"21250": 21_250, "21250.0": 21_250, "212.5": "is no whole number of fen"}
    assert read(csv_cells.whole_fen, *fen) == fen


@given(st.integers(min_value=0, max_value=10**10))
@settings(max_examples=50, deadline=None)
def test_money_is_exact(fen: int) -> None:
    assert csv_cells.fen_of_yuan(f"¥{Decimal(fen) / 100:,.2f}") == fen


ODD = st.sampled_from(
    (
        "1e999999999",
        "９" * 40,
        "٣٤",
        "46348." + "9" * 30,
        "99999",
        "-99999",
        "20260230",
        "9" * 14,
        "1" + "9" * 12,
    )
)
EVERY_READER = {column.read for column in HEADERS.values()}


@given(ODD | st.text(max_size=14) | st.text("0123456789-/: .+年月日", max_size=20), st.booleans())
@settings(max_examples=60, deadline=None)
def test_whatever_a_cell_holds_it_is_read_or_refused(text: str, cleaned_before: bool) -> None:
    text = csv_cells.cleaned(text) if cleaned_before else text
    assert len(EVERY_READER) > 10
    for reader in EVERY_READER:
        said = read(reader, text)[text]
        assert said is not None


def test_what_spreadsheets_put_around_texts() -> None:
    cells = {
        " M7 ": "M7",
        "\tM7": "M7",
        "'007": "007",
        '="007"': "007",
        "`007": "007",
        "--": "",
        "NULL": "",
        "138****8000": "",
        "***": "",
        "A*B": "A*B",
        "": "",
    }
    assert {cell: csv_cells.cleaned(cell) for cell in cells} == cells


def test_yes_and_numbers() -> None:
    assert read(csv_cells.yes, "是", "FALSE", "1", "否", "maybe") == {
        "是": True,
        "FALSE": False,
        "1": True,
        "否": False,
        "maybe": "is neither yes nor no",
    }
    assert read(csv_cells.number_of_seconds, "12.50", "lang") == {"12.50": 12.5, "lang": "is no number"}
    assert csv_cells.phone_number("13800138000.0") == "13800138000"
    assert csv_cells.item_name("宽" * 80) == "宽" * 64


def test_a_problem_has_a_cure() -> None:
    with pytest.raises(CellUnreadable) as caught:
        csv_cells.moment("soon")
    assert caught.value.cure == "Write 2026-11-22 10:30:00, of Beijing where no offset follows"
