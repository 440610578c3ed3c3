"""Judges a customer: what was done, the shop's settings, and what is known of all customers make the profile. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from customers.activity import Activity
from customers.events.event import Acquisition, AcquisitionChannel
from customers.profile.facts import Facts, facts_of
from customers.profile.population import Population
from customers.profile.profile import Base, Behaviour, Profile
from customers.profile.segments import segments_of
from customers.profile.tags import checked, tags_of
from customers.settings import CustomerSettings, SpendingSettings, TagRule
from storage.times import from_ms


class Judge:
    """The shop's rules, read once. Raises ConfigError for a rule that cannot be."""

    def __init__(self, settings: CustomerSettings) -> None:
        self._settings = settings
        self._rules: Sequence[TagRule] = checked(settings.tags)

    def facts(self, activity: Activity, now: datetime) -> Facts:
        return facts_of(activity, now, window_days=self._settings.segments.window_days)

    def profile(self, customer_id: int, activity: Activity, population: Population, now: datetime) -> Profile:
        """The same activity, population and time give the same profile."""
        facts, rules = self.facts(activity, now), self._settings.segments
        segments = segments_of(facts, rules, population.value_line_fen)
        return Profile(
            customer_id=customer_id,
            base=Base(
                region=facts.region,
                age_band=facts.age_band,
                spending=_spending(facts.average_order_fen, self._settings.spending),
            ),
            behaviour=_behaviour(facts),
            role=facts.role,
            came_by=_came_by(activity),
            segments=segments,
            tags=tags_of(facts, segments, self._rules, rules),
            seen=_moment(facts.seen_ms),
        )


def _spending(average_fen: int | None, settings: SpendingSettings) -> str:
    if average_fen is None:
        return ""
    if average_fen >= settings.high_fen:
        return "high"
    return "middle" if average_fen >= settings.middle_fen else "low"


def _behaviour(facts: Facts) -> Behaviour:
    return Behaviour(
        orders=facts.orders,
        average_order_fen=facts.average_order_fen,
        spent_fen=facts.spent_fen,
        month_fen=facts.month_fen,
        refunds=facts.refunds,
        preferences=facts.preferences,
        shares=facts.shares,
        coupons_taken=facts.coupons_taken,
        coupons_used=facts.coupons_used,
        viewed_seconds=facts.viewed_seconds,
        in_cart=facts.in_cart,
        first_paid=_moment(facts.first_paid_ms),
        last_paid=_moment(facts.last_paid_ms),
    )


def _came_by(activity: Activity) -> Acquisition | None:
    if activity.came_by is None:
        return None
    channel, _, campaign = activity.came_by[2].partition(":")
    return Acquisition(channel=AcquisitionChannel(channel), campaign=campaign)


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else from_ms(at_ms)
