"""When a session is over, and what belongs to its id."""

from __future__ import annotations

import pytest

from console.sessions.session import Lifetime, derived, is_derived, key_of, new_token

LIFETIME = Lifetime(whole_ms=1_000, idle_ms=100)


@pytest.mark.parametrize(
    ("created", "seen", "now", "over"),
    [(0, 0, 99, False), (0, 0, 100, True), (0, 950, 999, False), (0, 999, 1_000, True), (0, 50, 149, False)],
)
def test_idle_or_old_is_over(created: int, seen: int, now: int, over: bool) -> None:
    assert LIFETIME.is_over(created_ms=created, seen_ms=seen, now_ms=now) is over


def test_ids_hold_256_bits_and_never_repeat() -> None:
    tokens = {new_token() for _ in range(1_000)}
    assert len(tokens) == 1_000
    assert {len(token) for token in tokens} == {43}  # 32 bytes in base64


def test_nothing_derived_gives_the_id_away_or_serves_another_purpose() -> None:
    token = new_token()
    csrf = derived(token, "csrf")
    assert is_derived(csrf, token, "csrf")
    assert not is_derived(csrf, token, "wecom")
    assert not is_derived(csrf, new_token(), "csrf")
    assert not is_derived("", token, "csrf")
    assert not is_derived("é", token, "csrf")
    assert len({token, csrf, key_of(token)}) == 3
