"""The demo's customers: the same for the same arguments, told as the shop's systems could tell them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice

from customers.events.event import CustomerEvent, EventKind
from customers.events.stored import stored
from customers.events.wire import read_event
from customers.identity.identifier import Identifier, IdentifierKind
from scripts.demo import SHOPPERS
from scripts.demonstrating.configuration import ORIGINAL_ID
from scripts.demonstrating.customers.diary import how_many
from scripts.demonstrating.customers.goods import ALL_YEAR, CATEGORIES, on_sale
from scripts.demonstrating.customers.phones import PHONES, names_on_the_phone
from scripts.demonstrating.customers.seasons import BUSIEST, DAYS, Calendar
from scripts.demonstrating.customers.seeding import made_events

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@cache
def made() -> Sequence[CustomerEvent]:
    return tuple(made_events(NOW, count=80, seed=1))


def told(event: CustomerEvent) -> dict[str, object]:
    """As the mall would write it."""
    kept = dict(stored(event).told)
    acquisition = kept.pop("acquisition", None)
    if acquisition is not None:
        kept["came_by"] = {"channel": acquisition[0], "campaign": acquisition[1]}
    who = {name.kind.value: name.value for name in event.who}
    return {"id": event.event_id, "kind": event.kind.value, "at": event.at.isoformat(), "who": who, **kept}


def test_the_same_arguments_give_the_same_customers() -> None:
    assert made()[:400] == tuple(islice(made_events(NOW, count=80, seed=1), 400))
    assert made()[:400] != tuple(islice(made_events(NOW, count=80, seed=2), 400))


def test_every_event_could_have_been_told_by_the_mall() -> None:
    events = made()
    assert tuple(read_event(told(event), 0, event.source, NOW) for event in events) == events
    assert len({(event.source, event.event_id) for event in events}) == len(events)
    assert NOW - timedelta(days=DAYS + 1) < min(event.at for event in events)
    assert max(event.at for event in events) <= NOW
    kinds = set(EventKind) - {EventKind.UNFOLLOW, EventKind.MESSAGE}
    assert {event.kind for event in events} == kinds


def test_an_order_is_paid_once_and_never_given_back_before() -> None:
    paid: dict[str, CustomerEvent] = {}
    for event in made():
        if event.kind is EventKind.PAY:
            assert event.order_no not in paid
            paid[event.order_no] = event
    refunds = [event for event in made() if event.kind is EventKind.REFUND]
    assert refunds
    for refund in refunds:
        before = paid[refund.order_no]
        assert before.at < refund.at
        assert (before.amount_fen or 0) >= (refund.amount_fen or 0) > 0


def test_those_on_the_phones_are_the_simulators_shoppers_under_every_name() -> None:
    assert {owner: shopper for owner, (shopper, _) in SHOPPERS.items()} == PHONES
    for owner in PHONES:
        names = {name.kind: name.value for name in names_on_the_phone(owner)}
        assert set(names) == set(IdentifierKind)
        assert names[IdentifierKind.OPENID].startswith(f"{ORIGINAL_ID}:o")
    assert _names(made(), "first") == set(names_on_the_phone("first"))


def test_names_are_each_of_one_person() -> None:
    owners: dict[Identifier, set[str]] = {}
    for event in made():
        for name in event.who:
            owners.setdefault(name, set()).add(event.event_id.split("-")[1])
    assert {len(people) for people in owners.values()} == {1}


def test_something_of_everything_is_on_sale_all_year() -> None:
    assert all(on_sale(category, month) for category in CATEGORIES for month in ALL_YEAR)


def test_sales_are_busy_and_streams_are_in_the_evening() -> None:
    calendar, chance = Calendar(NOW), random.Random(1)
    assert calendar.busyness(15) == BUSIEST, "8 November"
    assert calendar.busyness(100) == 1.0
    for days in (0, 3, 200):
        at = calendar.in_a_live_stream(days, chance)
        assert at <= calendar.now
        assert at.weekday() in {2, 4, 6}
        assert 19 <= at.hour < 22
    midnight = Calendar(datetime(2026, 11, 22, 16, 1, tzinfo=UTC))
    assert all(midnight.at(0, chance) < midnight.now for _ in range(50))


def test_how_many_is_poissons() -> None:
    chance = random.Random(1)
    drawn = [how_many(2.5, chance) for _ in range(4_000)]
    mean = sum(drawn) / len(drawn)
    assert abs(mean - 2.5) < 0.1
    assert abs(sum((each - mean) ** 2 for each in drawn) / len(drawn) - 2.5) < 0.2
    assert how_many(0, chance) == 0


def _names(events: Sequence[CustomerEvent], owner: str) -> set[Identifier]:
    return {name for event in events if event.event_id.startswith(f"demo-{owner}-") for name in event.who}
