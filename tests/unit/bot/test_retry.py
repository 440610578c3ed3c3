"""When to try again: a table of numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retry import CAP_SECONDS, backoff_seconds


def never() -> float:
    return 0.0


def most() -> float:
    return 0.999999


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 1.0), (1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (8, 128.0), (9, 256.0), (10, 300.0), (500, 300.0)],
)
def test_the_pause_doubles_up_to_its_cap(attempts: int, seconds: float) -> None:
    assert backoff_seconds(attempts, never) == seconds


@pytest.mark.parametrize("attempts", [1, 3, 20])
def test_jitter_shortens_by_up_to_a_half(attempts: int) -> None:
    full = backoff_seconds(attempts, never)
    assert full / 2 <= backoff_seconds(attempts, most) < full * 0.51


def test_a_platform_that_names_its_time_is_obeyed_with_a_margin_on_top() -> None:
    assert backoff_seconds(1, never, retry_after=60.0) == 60.0
    assert backoff_seconds(7, most, retry_after=60.0) == pytest.approx(66.0, abs=0.01)
    assert backoff_seconds(7, never, retry_after=0.0) == 0.0


@given(attempts=st.integers(0, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_any_pause_is_positive_and_bounded(attempts: int, chance: float) -> None:
    assert 0.5 <= backoff_seconds(attempts, lambda: chance) <= CAP_SECONDS
