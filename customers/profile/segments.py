"""In which segments a customer is. The definitions are the shop's own; thresholds are settings. Pure."""

from __future__ import annotations

from customers.events.event import Role
from customers.profile.facts import Facts
from customers.profile.profile import Segment
from customers.settings import SegmentSettings

_SPREADING = frozenset({Role.GROUP_OWNER, Role.DISTRIBUTOR, Role.CREATOR})


def segments_of(facts: Facts, settings: SegmentSettings, value_line_fen: int | None) -> tuple[Segment, ...]:
    """In routing order, at least one. ``value_line_fen``: the average order value at which the top share of buyers
    begins; None while there are no buyers.
    """
    found = {
        Segment.HIGH_VALUE: _is_high_value(facts, settings, value_line_fen),
        Segment.SPREADER: facts.role in _SPREADING,
        Segment.POTENTIAL: _is_potential(facts, settings),
    }
    routed = [Segment(name) for name in settings.order]
    return tuple(segment for segment in routed if found.get(segment)) or (Segment.ORDINARY,)


def _is_high_value(facts: Facts, settings: SegmentSettings, value_line_fen: int | None) -> bool:
    average = facts.average_order_fen
    in_top_share = average is not None and value_line_fen is not None and average >= value_line_fen
    return facts.repeats >= settings.repeat_orders and in_top_share and facts.shares >= settings.own_shares


def _is_potential(facts: Facts, settings: SegmentSettings) -> bool:
    viewed = facts.viewed_since_paid_seconds > settings.viewed_seconds
    return facts.in_cart and viewed and facts.coupons_taken > 0
