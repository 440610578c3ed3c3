"""Whether somebody asks much the same again: a sign that what they got did not help. Pure."""

from __future__ import annotations

from datetime import timedelta

from knowledge_base.text import exact_key, tidy

WITHIN = timedelta(minutes=10)
"""Somebody who asks the same later has another reason to ask."""

ALIKE = 0.5
"""Least share of character pairs that two askings have in common (Dice). The number is a choice: 怎么退货 and
退货怎么弄 have .57, 怎么退货 and 怎么换货 have .33.
"""


def asks_again(earlier: str, later: str) -> bool:
    """Whether ``later`` puts the question of ``earlier`` again, in the same or in similar words."""
    one, other = exact_key(tidy(earlier)), exact_key(tidy(later))
    if not one or not other:
        return False
    return one == other or _shared(_pairs(one), _pairs(other)) >= ALIKE


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    together = len(one) + len(other)
    return 2 * len(one & other) / together if together else 0.0
