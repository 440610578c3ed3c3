"""Profiles as they are kept: canonical JSON, and columns for what the database has to find or add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import orjson

from customers.events.event import Acquisition, AcquisitionChannel, Role
from customers.profile.profile import Base, Behaviour, Expected, Profile, Segment, Tag
from storage.times import from_ms, to_ms


def to_json(profile: Profile) -> str:
    """The same text for the same profile. Its rfm and expected value have columns of their own."""
    base, behaviour, came_by = profile.base, profile.behaviour, profile.came_by
    kept: dict[str, Any] = {
        "base": {"region": base.region, "age_band": base.age_band, "spending": base.spending},
        "behaviour": {
            **{name: getattr(behaviour, name) for name in _AS_THEY_ARE},
            "first_paid": _ms(behaviour.first_paid),
            "last_paid": _ms(behaviour.last_paid),
        },
        "role": profile.role.value,
        "came_by": None if came_by is None else [came_by.channel.value, came_by.campaign],
        "segments": [segment.value for segment in profile.segments],
        "tags": [[tag.name, tag.reason] for tag in profile.tags],
        "seen": _ms(profile.seen),
    }
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


_TIMES = ("first_paid", "last_paid")
_AS_THEY_ARE = tuple(each.name for each in fields(Behaviour) if each.name not in _TIMES)


def row_of(profile: Profile, now_ms: int) -> dict[str, Any]:
    """A row of ``storage.customers_schema.customer_profiles``, without what the last fit says."""
    behaviour = profile.behaviour
    return {
        "customer_id": profile.customer_id,
        "data": to_json(profile),
        "segment": profile.segment.value,
        "segments": ",".join(profile.segments),
        "orders": behaviour.orders,
        "average_order_fen": behaviour.average_order_fen,
        "spent_fen": behaviour.spent_fen,
        "month_fen": behaviour.month_fen,
        "shares": behaviour.shares,
        "last_paid_ms": _ms(behaviour.last_paid),
        "first_paid_ms": _ms(behaviour.first_paid),
        "seen_ms": _ms(profile.seen) or 0,
        "made_ms": now_ms,
    }


def profile_of(row: Mapping[str, Any]) -> Profile:
    """``row``: of customer_profiles, with the columns of the last fit."""
    kept = orjson.loads(row["data"])
    behaviour = kept["behaviour"]
    return Profile(
        customer_id=row["customer_id"],
        base=Base(**kept["base"]),
        behaviour=Behaviour(
            **behaviour
            | {
                "preferences": tuple(behaviour["preferences"]),
                "first_paid": _moment(behaviour["first_paid"]),
                "last_paid": _moment(behaviour["last_paid"]),
            }
        ),
        role=Role(kept["role"]),
        came_by=_acquisition(kept["came_by"]),
        segments=tuple(Segment(name) for name in kept["segments"]),
        tags=_tags(kept),
        seen=_moment(kept["seen"]),
        rfm=row["rfm"] or "",
        expected=_expected(row),
    )


def tags_in(data: str) -> tuple[Tag, ...]:
    """The tags of a profile, read alone."""
    return _tags(orjson.loads(data))


def _tags(kept: Mapping[str, Any]) -> tuple[Tag, ...]:
    return tuple(Tag(name=name, reason=reason) for name, reason in kept["tags"])


def _acquisition(kept: tuple[str, str] | None) -> Acquisition | None:
    if kept is None:
        return None
    channel, campaign = kept
    return Acquisition(channel=AcquisitionChannel(channel), campaign=campaign)


def _expected(row: Mapping[str, Any]) -> Expected | None:
    if row["ltv_fen"] is None:
        return None
    return Expected(
        ltv_fen=row["ltv_fen"], low_fen=row["ltv_low_fen"], high_fen=row["ltv_high_fen"], alive=row["alive"]
    )


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else from_ms(at_ms)
