"""Which identities are one customer: plain rules over all links that were claimed, whatever their order. Pure.

A link joins two customers unless the joined one would hold two names of which a person has only one: two ids of the
mall, two unionids, two openids of one account, two external_userids. Then it is a conflict, and a person decides.
Links are tried in one order that does not depend on when they arrived, the surest reason first, so that the same links
always give the same customers and the same conflicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from customers.identity.identifier import IdentifierKind


class LinkReason(StrEnum):
    """Why two identities are said to be one person. Values are stored."""

    PERSON = "person"
    """Somebody of the shop says so."""
    UNIONID = "unionid"
    """The platform says so."""
    SCENE_PARAM = "scene_param"
    """They came from the mini-program or the mall with a parameter that it signed."""
    SIGNED_EVENT = "signed_event"
    """One of the shop's systems named both in an event that it signed."""
    PHONE = "phone"
    """They confirmed a phone number."""


_SUREST_FIRST = {reason: place for place, reason in enumerate(LinkReason)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``name``: what only one person has, such as ``openid:gh_shop``; empty for names that one may have several of."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """``low`` and ``high``: ids of identities. ``insisted``: a person decided that they are one, whatever the rules."""

    low: int
    high: int
    reason: LinkReason
    insisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """``customer_of``: each identity's customer, the smallest id among those joined with it."""

    customer_of: Mapping[int, int]
    conflicts: tuple[Claim, ...]


def node_of(identity_id: int, kind: IdentifierKind, key: str) -> Node:
    match kind:
        case IdentifierKind.OPENID:
            return Node(id=identity_id, name=f"{kind}:{key.partition(':')[0]}")
        case IdentifierKind.PHONE:
            return Node(id=identity_id, name="")
        case _:
            return Node(id=identity_id, name=kind.value)


def joined(nodes: Iterable[Node], claims: Sequence[Claim]) -> Joined:
    """Every end of a claim must be among the nodes."""
    parts = {node.id: _Part(members=[node.id], names={node.name} - {""}) for node in nodes}
    conflicts = []
    for claim in sorted(set(claims), key=_place):
        one, other = parts[claim.low], parts[claim.high]
        if one is other:
            continue
        if one.names & other.names and not claim.insisted:
            conflicts.append(claim)
            continue
        both = _Part(members=one.members + other.members, names=one.names | other.names)
        parts.update(dict.fromkeys(both.members, both))
    # What was a conflict may have been joined by a later claim.
    open_conflicts = tuple(claim for claim in conflicts if parts[claim.low] is not parts[claim.high])
    return Joined(
        customer_of={member: min(part.members) for member, part in parts.items()}, conflicts=open_conflicts
    )


@dataclass(slots=True)
class _Part:
    members: list[int]
    names: set[str]


def _place(claim: Claim) -> tuple[bool, int, int, int]:
    """What was insisted on comes last: it joins whom the rules have joined, and takes nothing from anybody."""
    return (claim.insisted, _SUREST_FIRST[claim.reason], claim.low, claim.high)
