"""Makes profiles for tests of whoever is given one."""

from __future__ import annotations

from customers.events.event import Role
from customers.profile.profile import Base, Behaviour, Profile, Segment, Tag


def profile_of(*segments: Segment, tags: tuple[str, ...] = ()) -> Profile:
    """An ordinary customer unless ``segments`` say otherwise."""
    return Profile(
        customer_id=7,
        base=Base(),
        behaviour=Behaviour(),
        role=Role.ORDINARY,
        came_by=None,
        segments=segments or (Segment.ORDINARY,),
        tags=tuple(Tag(name=name, reason=f"{name}的理由") for name in tags),
        seen=None,
    )
