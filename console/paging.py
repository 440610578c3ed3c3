"""One page of a list that is too long to show whole. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Line = TypeVar("Line")

_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Line]):
    """``found``: lines on all pages; ``number``: the page that is shown, from 1, which may be less than sought;
    ``pages``: at least 1.
    """

    lines: tuple[Line, ...]
    found: int
    number: int
    pages: int


def page_sought(query: Mapping[str, str]) -> int:
    """The page that an address asks for; what is not understood counts as the first."""
    number = query.get("page", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= _DIGITS else 1


def page_of(lines: Sequence[Line], number: int, *, size: int) -> Page[Line]:
    """Page ``number`` of ``lines``, ``size`` on each; the nearest one where there is no such page."""
    pages = max(1, -(-len(lines) // size))
    shown = min(max(1, number), pages)
    return Page(
        lines=tuple(lines[(shown - 1) * size : shown * size]), found=len(lines), number=shown, pages=pages
    )
