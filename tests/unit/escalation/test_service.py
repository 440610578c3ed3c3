"""The machine of services and the ownership that goes with it: whatever people do in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conversations.address import ConversationId
from escalation.cases import CaseKey
from escalation.routing import Tier
from escalation.service import (
    Ending,
    Need,
    NotNow,
    Service,
    ServiceState,
    claimed,
    deferred,
    ended,
    given_back,
    handed_on,
    queued,
    replied,
    snoozed,
    wanted,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEY, WHERE = CaseKey("m1:case"), ConversationId("official:gh:o1")
logins = st.sampled_from(["lin", "mei", "chen"])


def a_service(due_at: datetime | None = None) -> Service:
    return wanted(KEY, WHERE, NOW, due_at=due_at)


def refusal(change: Callable[[], Service]) -> NotNow | None:
    """How it was refused; None when it was not."""
    try:
        change()
    except NotNow as refused:
        return refused
    return None


class Services(RuleBasedStateMachine):
    """Remembers beside the service what must be true of it."""

    @initialize(closed=st.booleans())
    def begins(self, closed: bool) -> None:
        self.now = NOW
        self.service = a_service(NOW + timedelta(hours=8) if closed else None)
        self.first_queued = self.service.queued_at

    def _passes(self) -> datetime:
        self.now += timedelta(seconds=7)
        return self.now

    @rule()
    def joins(self) -> None:
        before = self.service
        if before.state in (ServiceState.ENDED, ServiceState.SERVING):
            return
        self.service = queued(before, self._passes())
        self.first_queued = self.first_queued or self.service.queued_at

    @rule()
    def nobody_is_there(self) -> None:
        before = self.service
        try:
            self.service = deferred(before, self._passes() + timedelta(hours=1))
        except NotNow:
            assert before.state in (ServiceState.ENDED, ServiceState.SERVING)

    @rule(login=logins)
    def claims(self, login: str) -> None:
        before, now = self.service, self._passes()
        refused = refusal(lambda: claimed(before, login, Tier.CHOSEN, now))
        if refused is None:
            self.service = claimed(before, login, Tier.CHOSEN, now)
            self.first_queued = self.first_queued or self.service.queued_at
            assert self.service.agent == login
        else:
            assert before.state is ServiceState.ENDED or before.agent not in (None, login)
            assert refused.agent == (before.agent if before.state is ServiceState.SERVING else None)

    @rule(by=logins, to=logins)
    def hands_on(self, by: str, to: str) -> None:
        before = self.service
        try:
            self.service = handed_on(before, by, to, self._passes())
        except NotNow:
            assert before.state is not ServiceState.SERVING or before.agent != by
        else:
            assert (before.agent, self.service.agent) == (by, to)

    @rule(by=logins)
    def gives_back(self, by: str) -> None:
        before = self.service
        try:
            self.service = given_back(before, by, self._passes())
        except NotNow:
            assert before.state is not ServiceState.SERVING or before.agent != by
        else:
            assert self.service.state is ServiceState.WAITING

    @rule(by=logins)
    def writes(self, by: str) -> None:
        before = self.service
        try:
            self.service = replied(before, by, self._passes())
        except NotNow:
            assert before.state is not ServiceState.SERVING or before.agent != by
        else:
            assert before.replied_at in (None, self.service.replied_at)

    @rule(by=logins)
    def snoozes(self, by: str) -> None:
        before = self.service
        try:
            self.service = snoozed(before, by, self._passes() + timedelta(hours=1))
        except NotNow:
            assert before.state is not ServiceState.SERVING or before.agent != by

    @rule(by=logins)
    def ends(self, by: str) -> None:
        before, now = self.service, self._passes()
        refused = refusal(lambda: ended(before, by, Ending.SOLVED, now))
        if refused is None:
            self.service = ended(before, by, Ending.SOLVED, now)
        else:
            assert before.agent not in (None, by)
            assert refused.agent == before.agent

    @invariant()
    def nobody_is_lost(self) -> None:
        """Under way, a customer has an agent, stands in the queue, or has a time; never two of these."""
        if not hasattr(self, "service"):
            return
        service = self.service
        has = {
            ServiceState.SERVING: service.agent is not None,
            ServiceState.WAITING: service.agent is None and service.queued_at is not None,
            ServiceState.LATER: service.agent is None and service.due_at is not None,
            ServiceState.ENDED: service.ended_at is not None,
        }
        assert has[service.state]
        assert service.queued_at in (None, self.first_queued)


TestServices = Services.TestCase
TestServices.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)


def test_a_place_in_the_queue_is_kept_when_a_customer_comes_back_to_it() -> None:
    back = given_back(claimed(a_service(), "lin", Tier.POOL, NOW + timedelta(minutes=1)), "lin", NOW)

    assert (back.queued_at, back.agent, back.as_waiting.since) == (NOW, None, NOW)


def test_what_does_not_fit_says_who_serves() -> None:
    served = claimed(a_service(), "lin", Tier.POOL, NOW)

    with pytest.raises(NotNow, match="colleague") as refused:
        claimed(served, "mei", Tier.CHOSEN, NOW)

    assert refused.value.agent == "lin"
    assert claimed(served, "lin", Tier.CHOSEN, NOW + timedelta(minutes=1)) == served


def test_a_service_that_cannot_be_is_refused() -> None:
    served = claimed(a_service(), "lin", Tier.POOL, NOW)
    with pytest.raises(ValueError, match="who"):
        replace(served, agent=None)
    for wrong in (ServiceState.WAITING, ServiceState.LATER, ServiceState.ENDED):
        with pytest.raises(ValueError, match=r"who|has|ended"):
            replace(served, state=wrong)


def test_customers_of_high_value_are_left_to_their_own_people_first() -> None:
    wait = timedelta(seconds=30)
    vip = replace(a_service(), need=Need(vip=True, own="lin", deputies=("mei",)))

    def is_open(
        service: Service, login: str, *, group: bool = False, after: timedelta = timedelta(0)
    ) -> bool:
        return service.is_open_to(login, vip=group, now=NOW + after, pool_after=wait)

    assert is_open(vip, "lin")
    assert is_open(vip, "mei")
    assert is_open(vip, "yu", group=True)
    assert not is_open(vip, "wu")
    assert is_open(vip, "wu", after=wait)
    assert is_open(a_service(), "wu")
