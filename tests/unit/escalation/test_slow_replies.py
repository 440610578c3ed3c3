"""When somebody hears that a customer waits for a person, and who."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from conversations.address import Address, Channel
from escalation.cases import CaseKey
from escalation.hours import ALWAYS, ServiceHours, Shift
from escalation.service import Service, ServiceState
from escalation.slow_replies import Slow, slow

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Beijing
WHERE = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang").conversation_id
WAITS = Service(
    key=CaseKey("k"), conversation_id=WHERE, opened_at=START, queued_at=START, state=ServiceState.WAITING
)
SERVED = replace(WAITS, state=ServiceState.SERVING, agent="lin", claimed_at=START)


@pytest.mark.parametrize(
    ("seconds", "waiting", "serving"),
    [
        (119, None, None),
        (120, Slow.NOBODY, Slow.UNANSWERED),
        (180, Slow.NOBODY, Slow.UNANSWERED),
        (181, Slow.NOBODY, Slow.BROKEN),
        (599, Slow.NOBODY, Slow.BROKEN),
        (600, None, None),
    ],
)
def test_a_minute_is_left_then_it_is_broken_then_it_is_old(
    seconds: int, waiting: Slow | None, serving: Slow | None
) -> None:
    now = START + timedelta(seconds=seconds)
    assert slow(WAITS, now, ALWAYS) is waiting
    assert slow(SERVED, now, ALWAYS) is serving


@pytest.mark.parametrize(
    "service",
    [
        replace(SERVED, replied_at=START + timedelta(seconds=5)),
        replace(SERVED, snoozed_until=START + timedelta(hours=1)),
        replace(WAITS, queued_at=None, due_at=START, state=ServiceState.LATER),
    ],
)
def test_nothing_is_said_of_who_was_answered_put_off_or_is_for_later(service: Service) -> None:
    assert slow(service, START + timedelta(minutes=2), ALWAYS) is None


def test_time_in_which_nobody_is_there_does_not_count() -> None:
    opens_at_noon = ServiceHours(week={day: (Shift(time(12), time(20)),) for day in range(7)})
    assert slow(WAITS, START + timedelta(hours=2, minutes=1), opens_at_noon) is None
    assert slow(WAITS, START + timedelta(hours=2, minutes=2), opens_at_noon) is Slow.NOBODY
