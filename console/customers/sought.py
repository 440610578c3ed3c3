"""What the list of customers is asked for, from the address. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from customers.profile.profile import Segment
from customers.value.rfm import name_of

_DIGITS = 18
_LONGEST_TAG = 64

CELLS: Mapping[str, tuple[str, ...]] = {
    name: tuple(cell for cell in map("".join, product("54321", repeat=3)) if name_of(cell) == name)
    for name in dict.fromkeys(name_of("".join(cell)) for cell in product("51", repeat=3))
}
"""The eight named cells, the best first, with the scores that each is made of."""

Below = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """``segment``: one that the customer is in. ``tag`` by rules, and ``cell`` by name; empty: any. ``below``: where
    the page before ended.
    """

    segment: Segment | None = None
    tag: str = ""
    cell: str = ""
    below: Below | None = None

    @property
    def narrows(self) -> bool:
        return bool(self.segment or self.tag or self.cell)

    @property
    def in_address(self) -> dict[str, str]:
        return {"segment": self.segment or "", "tag": self.tag, "cell": self.cell}


def sought_of(query: Mapping[str, str]) -> Sought:
    """What is not understood counts as not asked for."""
    segment, cell = query.get("segment", ""), query.get("cell", "")
    return Sought(
        segment=Segment(segment) if segment in set(Segment) else None,
        tag=query.get("tag", "").strip()[:_LONGEST_TAG],
        cell=cell if cell in CELLS else "",
        below=below_of(query.get("below", "")),
    )


def below_of(text: str) -> Below | None:
    """Two whole numbers with a point between; None for anything else."""
    one, _, other = text.partition(".")
    fine = all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in (one, other))
    return (int(one), int(other)) if fine else None
