"""Whatever happens to a group, its promises hold: every short story there is, and long ones at random."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from community.group_buy.deciding import (
    Refused,
    advanced,
    cancel,
    close,
    join,
    leave,
    open_group,
    pay,
    refund_done,
    take_back,
)
from community.group_buy.group import Group
from community.group_buy.offer import Offer, Tier
from tests.unit.community.group_buy.groups import END, OFFER, START, broken

SMALL = Offer(price_fen=1_000, tiers=(Tier(2, 900), Tier(3, 800)), capacity=3)
PEOPLE = ("a", "b", "c", "d")
MOMENTS = (START, START + SMALL.hold, END)


def _steps(group: Group) -> list[Callable[[], Group]]:
    """Everything that anybody can do next, at any of three moments; each person pays once or twice."""
    steps: list[Callable[[], Group]] = []
    for now in MOMENTS:
        steps.append(lambda now=now: advanced(group, now))  # type: ignore[misc]
        steps += [lambda now=now, act=act: act(group, now) for act in (close, cancel)]  # type: ignore[misc]
        for person in PEOPLE[: len(group.members) + 1]:
            steps += [
                lambda now=now, act=act, person=person: act(group, person, now)  # type: ignore[misc]
                for act in (join, leave, take_back)
            ]
            number = sum(payment.person == person for payment in group.payments)
            if number < 2:
                steps.append(
                    lambda now=now, person=person, number=number: pay(  # type: ignore[misc]
                        group, f"{person}{number}", person, SMALL.deposit_fen, now
                    )
                )
    steps += [lambda key=refund.key: refund_done(group, key) for refund in group.owed()[:1]]  # type: ignore[misc]
    return steps


def _over(step: Callable[[], Group]) -> Group | None:
    try:
        return step()
    except Refused:
        return None


def test_every_story_of_five_steps_keeps_every_promise() -> None:
    """Breadth first from a group that has just been opened. The clock may go back: hosts do not quite agree on it."""
    first = open_group("g", SMALL, "a", START)
    seen: set[Group] = {first}
    waiting = deque([(first, 0)])
    settled = 0
    while waiting:
        group, depth = waiting.popleft()
        assert broken(group) == [], group
        settled += group.tier is not None
        if depth == 5:
            continue
        for step in _steps(group):
            after = _over(step)
            if after is not None and after not in seen:
                seen.add(after)
                waiting.append((after, depth + 1))
    assert len(seen) > 5_000
    assert settled > 100


class Stories(RuleBasedStateMachine):
    """Long ones, with the clock going on."""

    people = st.sampled_from(["a", "b", "c", "d", "e", "f", "g"])

    @initialize()
    def begins(self) -> None:
        self.now = START
        self.payments = 0
        self.group = open_group("g1", OFFER, "a", START)

    def _does(self, act: Callable[[Group], Group]) -> None:
        before = self.group
        try:
            self.group = act(before)
        except Refused:
            return
        try:
            again = act(self.group)
        except Refused:
            return
        assert again == self.group, "twice is once"

    @rule(minutes=st.sampled_from([1, 10, 15, 300, 1440]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._does(lambda group: advanced(group, self.now))

    @rule(person=people)
    def somebody_joins(self, person: str) -> None:
        self._does(lambda group: join(group, person, self.now))

    @rule(person=people)
    def somebody_leaves(self, person: str) -> None:
        self._does(lambda group: leave(group, person, self.now))

    @rule(person=people, amount=st.sampled_from([OFFER.deposit_fen, OFFER.deposit_fen, 1, 7_992]))
    def somebody_pays(self, person: str, amount: int) -> None:
        self.payments += 1
        key = f"p{self.payments}"
        self._does(lambda group: pay(group, key, person, amount, self.now))

    @rule(person=people)
    def somebody_wants_out(self, person: str) -> None:
        self._does(lambda group: take_back(group, person, self.now))

    @rule(act=st.sampled_from([close, cancel]))
    def the_owner_ends_it(self, act: Callable[[Group, object], Group]) -> None:
        if self.payments > 4:
            self._does(lambda group: act(group, self.now))

    @rule(place=st.integers(0, 3))
    def the_mall_confirms(self, place: int) -> None:
        owed = self.group.owed()
        if place < len(owed):
            self._does(lambda group: refund_done(group, owed[place].key))

    @invariant()
    def every_promise_is_kept(self) -> None:
        assert broken(self.group) == []

    @invariant()
    def what_is_over_stays_so(self) -> None:
        assert broken(advanced(self.group, END + timedelta(days=1))) == []


TestStories = Stories.TestCase
TestStories.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_the_checks_can_fail() -> None:
    """A group that somebody has tampered with breaks promises by name."""
    group = pay(join(open_group("g", SMALL, "a", START), "b", START), "p", "a", 900, START)
    twice = replace(group, members=(*group.members, replace(group.members[0], number=9)))
    assert "nobody in it twice" in broken(twice)
    unpaid = replace(group, payments=())
    assert "one payment for each paid place" in broken(unpaid)
    cheaper = replace(group, payments=(replace(group.payments[0], amount_fen=899),))
    assert "everybody in it paid the same" in broken(cheaper)
