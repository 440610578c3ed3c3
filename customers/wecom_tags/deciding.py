"""Which tags WeCom gets for a customer, and which it tells of. Pure.

Tags by rules live in one group of their own, whose truth is the rules: what a person changes there is put right.
Every other group belongs to people: it is read, and never written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

LONGEST_NAME = 30
"""Characters of a tag's or a group's name (WeCom 92117)."""


@dataclass(frozen=True, slots=True, order=True)
class WecomTag:
    """A tag of the corp, by the names of its group and its own. Two groups may each have a tag of one name."""

    group: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """For one customer and one member who has that customer as a contact.

    ``give`` and ``take``: names in the group of tags by rules. ``put_back``: those of ``give`` that a person had taken
    away; ``taken_back``: those of ``take`` that a person had given. ``from_people``: what stands in all other groups.
    """

    give: frozenset[str]
    take: frozenset[str]
    put_back: frozenset[str]
    taken_back: frozenset[str]
    from_people: frozenset[WecomTag]


def decide(
    group: str, by_rules: Collection[str] | None, shown: Collection[WecomTag], agreed: Collection[str]
) -> Decision:
    """``by_rules``: the names that rules give; None while nobody has judged the customer: then nothing is written.

    ``shown``: all that WeCom shows now. ``agreed``: what stood in ``group`` when we last looked or wrote.
    """
    ours = {tag.name for tag in shown if tag.group == group}
    wanted = ours if by_rules is None else fitting(by_rules)
    give, take = frozenset(wanted - ours), frozenset(ours - wanted)
    return Decision(
        give=give,
        take=take,
        put_back=give & frozenset(agreed),
        taken_back=take - frozenset(agreed),
        from_people=frozenset(tag for tag in shown if tag.group != group),
    )


def fitting(names: Collection[str]) -> frozenset[str]:
    """Those that can be the name of a tag in WeCom."""
    return frozenset(name for name in names if 0 < len(name) <= LONGEST_NAME and name == name.strip())
