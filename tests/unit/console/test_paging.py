"""One page of a list."""

from __future__ import annotations

import pytest

from console.paging import Page, page_of, page_sought


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("3", 3),
        ("0", 0),
        ("", 1),
        ("x", 1),
        ("-1", 1),
        ("²", 1),
        ("٣", 1),
        ("9" * 8, 99_999_999),
        ("9" * 9, 1),
    ],
)
def test_what_is_no_number_is_the_first_page(asked: str, number: int) -> None:
    assert page_sought({"page": asked}) == number
    assert page_sought({}) == 1


@pytest.mark.parametrize(
    ("sought", "number", "lines"),
    [(1, 1, (0, 1, 2)), (2, 2, (3, 4, 5)), (3, 3, (6,)), (4, 3, (6,)), (0, 1, (0, 1, 2))],
)
def test_the_nearest_page_is_shown(sought: int, number: int, lines: tuple[int, ...]) -> None:
    assert page_of(range(7), sought, size=3) == Page(lines=lines, found=7, number=number, pages=3)


def test_nothing_is_one_empty_page() -> None:
    assert page_of((), 1, size=3) == Page(lines=(), found=0, number=1, pages=1)
    assert page_of(range(3), 1, size=3).pages == 1
