"""Times as they are stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.times import from_ms, now_ms, to_ms


@given(moment=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_stored_time_is_the_same_to_the_millisecond(moment: datetime) -> None:
    assert abs(from_ms(to_ms(moment)) - moment) <= timedelta(milliseconds=1)


@given(stored=st.integers(0, 7_000_000_000_000))
def test_a_stored_number_survives_the_way_there_and_back(stored: int) -> None:
    assert to_ms(from_ms(stored)) == stored


def test_the_zone_does_not_matter_but_must_be_there() -> None:
    noon = datetime(2026, 11, 3, 12, 0, tzinfo=timezone(timedelta(hours=8)))
    assert to_ms(noon) == to_ms(noon.astimezone(UTC))
    assert from_ms(to_ms(noon)) == noon
    with pytest.raises(ValueError, match="timezone-aware"):
        to_ms(noon.replace(tzinfo=None))


def test_now_is_now() -> None:
    before = to_ms(datetime.now(UTC) - timedelta(milliseconds=1))
    assert before <= now_ms() <= to_ms(datetime.now(UTC) + timedelta(milliseconds=1))
