"""How waits grow with failures in a row."""

from __future__ import annotations

from console.accounts.lockout import FORGOTTEN_AFTER_MS, Attempts, after_failure, given_back, wait_of

NOW = 1_000_000_000


def waits(failures: int, *, free: int) -> list[int]:
    """Seconds to wait after each of so many failures, each made as soon as it is heard."""
    attempts, now, found = Attempts(), NOW, []
    for _ in range(failures):
        attempts = after_failure(attempts, now, free=free)
        found.append(wait_of(attempts, now) // 1000)
        now += wait_of(attempts, now)
    return found


def test_a_few_are_free_then_each_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert waits(11, free=4) == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]


def test_very_many_wait_no_longer() -> None:
    assert (
        after_failure(Attempts(failures=10_000, last_ms=NOW), NOW, free=4).locked_until_ms
        == NOW + 15 * 60_000
    )


def test_a_day_forgets_all_and_not_a_moment_less() -> None:
    many = Attempts(failures=9, last_ms=NOW)
    assert after_failure(many, NOW + FORGOTTEN_AFTER_MS, free=4).failures == 1
    assert after_failure(many, NOW + FORGOTTEN_AFTER_MS - 1, free=4).failures == 10


def test_a_wait_ends() -> None:
    locked = Attempts(failures=5, last_ms=NOW, locked_until_ms=NOW + 30_000)
    assert wait_of(locked, NOW + 29_999) == 1
    assert wait_of(locked, NOW + 30_000) == 0


def test_a_success_takes_back_its_own_failure_and_no_wait_of_others() -> None:
    at_the_edge = after_failure(Attempts(failures=20, last_ms=NOW), NOW, free=20)
    assert wait_of(at_the_edge, NOW) == 30_000
    assert given_back(at_the_edge, free=20) == Attempts(failures=20, last_ms=NOW)
    beyond = after_failure(at_the_edge, NOW, free=20)
    assert wait_of(given_back(beyond, free=20), NOW) == 60_000
    assert given_back(Attempts(), free=20) == Attempts()
