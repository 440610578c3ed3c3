"""What events add up to does not depend on how they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from customers.activity import DAYS_KEPT, Activity, DayFact, OrderMoney, day_of
from customers.events.event import Acquisition, AcquisitionChannel, CustomerEvent, EventKind, Role
from customers.events.stored import stored
from customers.identity.identifier import Identifier, IdentifierKind
from customers.tally import Tally, of_event
from storage.times import to_ms

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG = (Identifier(IdentifierKind.MALL_ID, "M7"),)


def event(kind: EventKind, number: int = 1, at: datetime = NOON, **about: object) -> CustomerEvent:
    return CustomerEvent(source="mall", event_id=f"e{number}", kind=kind, at=at, who=WANG, **about)  # type: ignore[arg-type]


@st.composite
def _events(draw: st.DrawFn) -> CustomerEvent:
    kind = draw(
        st.sampled_from([EventKind.VIEW, EventKind.PAY, EventKind.REFUND, EventKind.SHARE, EventKind.ABOUT])
    )
    acquired = draw(st.sampled_from([None, *AcquisitionChannel]))
    return event(
        kind,
        draw(st.integers(1, 999)),
        NOON + timedelta(hours=draw(st.integers(-12_000, 12_000))),
        order_no=draw(st.sampled_from(["A", "B"])) if kind in (EventKind.PAY, EventKind.REFUND) else "",
        amount_fen=draw(st.integers(1, 10_000)),
        seconds=draw(st.floats(0, 600)),
        category=draw(st.sampled_from(["", "水果", "大米"])),
        prompted=draw(st.booleans()),
        region=draw(st.sampled_from(["", "上海", "成都"])),
        role=draw(st.sampled_from([None, *Role])),
        acquisition=acquired and Acquisition(channel=acquired, campaign="双11"),
    )


def added(events: list[CustomerEvent]) -> Activity:
    return reduce(Activity.merged, map(of_event, events), Activity())


@settings(max_examples=60, deadline=None)
@given(st.lists(_events(), max_size=8), st.randoms(use_true_random=False), st.integers(0, 8))
def test_any_order_and_any_split_give_the_same_text(
    events: list[CustomerEvent], random: object, cut: int
) -> None:
    shuffled = sorted(events, key=lambda _each: random.random())  # type: ignore[attr-defined]
    in_order = added(events).to_json()
    assert added(shuffled[:cut]).merged(added(shuffled[cut:])).to_json() == in_order
    assert Activity.from_json(in_order).to_json() == in_order
    tally = Tally(added(shuffled[:cut]))
    for each in shuffled[cut:]:
        tally.add(stored(each))
    assert tally.activity().to_json() == in_order


def test_money_is_kept_by_order() -> None:
    later = NOON + timedelta(hours=1)
    paid = event(EventKind.PAY, 1, later, order_no="A", amount_fen=500)
    first = event(EventKind.PAY, 2, order_no="A", amount_fen=100)
    refund = event(EventKind.REFUND, 3, order_no="A", amount_fen=50)
    money = OrderMoney(paid_fen=600, refunded_fen=50, paid_ms=to_ms(NOON))
    assert added([refund, paid, first]).orders == {"A": money}
    assert added([refund]).orders == {"A": OrderMoney(refunded_fen=50)}


def test_shares_for_a_reward_are_not_their_own() -> None:
    own, prompted = event(EventKind.SHARE, 1), event(EventKind.SHARE, 2, prompted=True)
    both = added([own, prompted])
    assert both.counts == {"share": 2}
    assert both.days == {day_of(to_ms(NOON)): {DayFact.SHARES: 1}}


def test_the_latest_said_of_somebody_counts_and_the_first_acquisition() -> None:
    early, late = NOON - timedelta(days=1), NOON
    search = Acquisition(channel=AcquisitionChannel.SEARCH, campaign="双11")
    social = Acquisition(channel=AcquisitionChannel.SOCIAL)
    told = added(
        [
            event(EventKind.ABOUT, 1, late, region="成都", acquisition=social),
            event(EventKind.ABOUT, 2, early, region="上海", role=Role.CREATOR, acquisition=search),
        ]
    )
    assert {name: what for name, (_, _, what) in told.told.items()} == {"region": "成都", "role": "creator"}
    assert told.came_by == (to_ms(early), "mall:e2", "search:双11")


def test_days_are_those_of_beijing_and_old_ones_go() -> None:
    evening = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)
    assert day_of(to_ms(evening)) == day_of(to_ms(NOON)) + 1
    old = event(EventKind.SHARE, 1, NOON - timedelta(days=DAYS_KEPT))
    assert added([event(EventKind.SHARE, 2), old]).days == {day_of(to_ms(NOON)): {DayFact.SHARES: 1}}
    assert added([old]).last_day == day_of(to_ms(NOON)) - DAYS_KEPT
