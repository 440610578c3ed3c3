"""Tokens: who gets one, how long it is good, and what ends it."""

from dataclasses import replace
from itertools import count

import pytest

from simulator.errcodes import ApiError
from simulator.tokens import Credentials, TokenPolicy, TokenService

GOOD = Credentials(grant_type="client_credential", app_id="wx1", secret="s", ip="127.0.0.1")


@pytest.fixture
def tokens() -> TokenService:
    numbers = count(1)
    return TokenService(
        app_id="wx1", app_secret="s", policy=TokenPolicy(), mint=lambda: f"token-{next(numbers)}"
    )


def errcode(tokens: TokenService, token: str | None, now: float) -> int:
    try:
        tokens.check(token, now)
    except ApiError as error:
        return error.errcode
    return 0


@pytest.mark.parametrize(
    ("caller", "code"),
    [
        (replace(GOOD, grant_type="password"), 40002),
        (replace(GOOD, app_id=""), 41002),
        (replace(GOOD, secret=""), 41004),
        (replace(GOOD, app_id="wx2"), 40013),
        (replace(GOOD, secret="guess"), 40001),
    ],
)
def test_wrong_credentials(tokens: TokenService, caller: Credentials, code: int) -> None:
    with pytest.raises(ApiError) as caught:
        tokens.issue_classic(caller, 0)
    assert caught.value.errcode == code


def test_an_address_outside_the_list(tokens: TokenService) -> None:
    tokens.policy.allowed_ips = frozenset({"10.0.0.1"})
    with pytest.raises(ApiError, match=r"127\.0\.0\.1") as caught:
        tokens.issue_stable(GOOD, 0)
    assert caught.value.errcode == 40164


def test_no_token_an_unknown_one_and_an_expired_one(tokens: TokenService) -> None:
    token = tokens.issue_stable(GOOD, 0).access_token
    assert errcode(tokens, None, 0) == 41001
    assert errcode(tokens, "", 0) == 41001
    assert errcode(tokens, "made-up", 0) == 40014
    assert errcode(tokens, token, 7199) == 0
    assert errcode(tokens, token, 7200) == 42001


def test_a_new_classic_token_ends_the_old_one_after_the_grace(tokens: TokenService) -> None:
    old = tokens.issue_classic(GOOD, 0).access_token
    new = tokens.issue_classic(GOOD, 1000).access_token
    assert old != new
    assert errcode(tokens, old, 1299) == 0
    assert errcode(tokens, old, 1300) == 40001
    assert errcode(tokens, new, 1300) == 0


def test_the_grace_can_be_nothing(tokens: TokenService) -> None:
    tokens.policy.grace = 0
    old = tokens.issue_classic(GOOD, 0).access_token
    tokens.issue_classic(GOOD, 10)
    assert errcode(tokens, old, 10) == 40001


def test_the_stable_token_stays_the_same_until_five_minutes_before_its_end(tokens: TokenService) -> None:
    first = tokens.issue_stable(GOOD, 0)
    assert (first.access_token, first.expires_in) == ("token-1", 7200)
    assert tokens.issue_stable(GOOD, 6899).access_token == first.access_token
    second = tokens.issue_stable(GOOD, 6900)
    assert second.access_token != first.access_token
    assert errcode(tokens, first.access_token, 7000) == 0
    assert errcode(tokens, second.access_token, 7000) == 0


def test_stable_and_classic_tokens_do_not_end_each_other(tokens: TokenService) -> None:
    stable = tokens.issue_stable(GOOD, 0).access_token
    classic = tokens.issue_classic(GOOD, 0).access_token
    tokens.issue_classic(GOOD, 1)
    assert errcode(tokens, stable, 1000) == 0
    assert errcode(tokens, classic, 1000) == 40001


def test_force_ends_the_old_token_at_once_and_is_rationed(tokens: TokenService) -> None:
    old = tokens.issue_stable(GOOD, 0).access_token
    tokens.issue_stable(GOOD, 1, force=True)
    assert errcode(tokens, old, 1) == 40001
    with pytest.raises(ApiError) as caught:
        tokens.issue_stable(GOOD, 30, force=True)
    assert caught.value.errcode == 45011
    for number in range(1, 20):
        tokens.issue_stable(GOOD, 1 + number * 31, force=True)
    with pytest.raises(ApiError) as caught:
        tokens.issue_stable(GOOD, 1000, force=True)
    assert caught.value.errcode == 45009
    assert tokens.issue_stable(GOOD, 86_500, force=True).expires_in == 7200


def test_classic_tokens_are_rationed_by_the_day(tokens: TokenService) -> None:
    tokens.policy.classic_per_day = 2
    tokens.issue_classic(GOOD, 0)
    tokens.issue_classic(GOOD, 1)
    with pytest.raises(ApiError) as caught:
        tokens.issue_classic(GOOD, 2)
    assert caught.value.errcode == 45009


def test_tokens_that_live_two_seconds(tokens: TokenService) -> None:
    tokens.policy.expires_in = 2
    token = tokens.issue_stable(GOOD, 0).access_token
    assert tokens.issue_stable(GOOD, 1).access_token == token
    assert errcode(tokens, token, 2) == 42001
    assert tokens.issue_stable(GOOD, 2).access_token != token


def test_ending_tokens_by_command(tokens: TokenService) -> None:
    first = tokens.issue_stable(GOOD, 0).access_token
    assert tokens.expire_all(5) == 1
    assert errcode(tokens, first, 5) == 42001
    second = tokens.issue_stable(GOOD, 6).access_token
    assert tokens.living(6) == 1
    assert tokens.kill_all(7) == 1
    assert errcode(tokens, second, 7) == 40001
    assert tokens.living(7) == 0
