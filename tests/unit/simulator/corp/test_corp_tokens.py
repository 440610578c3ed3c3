"""Tokens, limits and error texts of the corp."""

from itertools import count

import pytest

from simulator.corp.errcodes import TEXTS, CorpError
from simulator.corp.limits import CorpLimits
from simulator.corp.tokens import CorpTokens, TokenRules


def service(**rules: float) -> CorpTokens:
    """A service whose tokens are t0, t1, …"""
    numbers = count()
    made = CorpTokens(corp_id="ww1", secret="s", rules=TokenRules(), mint=lambda: f"t{next(numbers)}")
    for name, value in rules.items():
        setattr(made.rules, name, value)
    return made


def test_one_living_token_for_each_secret() -> None:
    tokens = service()
    tokens.add_secret("s2")
    assert tokens.issue("ww1", "s", "ip", 0.0) == ("t0", 7200)
    assert tokens.issue("ww1", "s", "ip", 7199.0) == ("t0", 1)
    assert tokens.issue("ww1", "s2", "ip", 10.0) == ("t1", 7200)
    assert tokens.issue("ww1", "s", "ip", 7200.0) == ("t2", 7200)


def test_wrong_secrets_ban_their_address_only() -> None:
    tokens = service(ban_after=2)
    for _ in range(2):
        with pytest.raises(CorpError, match="40001"):
            tokens.issue("ww1", "wrong", "bad", 0.0)
    with pytest.raises(CorpError, match="45009"):
        tokens.issue("ww1", "s", "bad", 3599.0)
    assert tokens.issue("ww1", "s", "good", 0.0)[0] == "t0"
    assert tokens.issue("ww1", "s", "bad", 3600.0)[0] == "t0"


def test_a_good_secret_forgives_the_wrong_ones_before() -> None:
    tokens = service(ban_after=2)
    for _ in range(3):
        with pytest.raises(CorpError, match="40001"):
            tokens.issue("ww1", "wrong", "ip", 0.0)
        tokens.issue("ww1", "s", "ip", 0.0)


def test_no_ban_when_switched_off() -> None:
    tokens = service(ban_after=0)
    for _ in range(20):
        with pytest.raises(CorpError, match="40001"):
            tokens.issue("ww1", "wrong", "ip", 0.0)


@pytest.mark.parametrize(("end", "errcode"), [("expire_all", 42001), ("kill_all", 40014)])
def test_ended_tokens_are_followed_by_new_ones(end: str, errcode: int) -> None:
    tokens = service()
    token, _ = tokens.issue("ww1", "s", "ip", 0.0)
    tokens.check(token, 1.0)
    assert getattr(tokens, end)(1.0) == 1
    assert tokens.living(1.0) == 0
    with pytest.raises(CorpError, match=str(errcode)):
        tokens.check(token, 1.0)
    assert tokens.issue("ww1", "s", "ip", 1.0)[0] == "t1"


def test_an_error_names_hint_address_and_where_to_look() -> None:
    body = CorpError(60020).body("1.2.3.4")
    words = str(body["errmsg"])
    assert words.startswith("not allow to access from your ip, hint: [")
    assert words.endswith(
        "], from ip: 1.2.3.4, more info at https://open.work.weixin.qq.com/devtool/query?e=60020"
    )


def test_every_kefu_errcode_has_a_text() -> None:
    assert {*range(95000, 95020), 95022, 95023, 95026, 95027, *range(95030, 95033)} <= set(TEXTS)


def test_limits_count_by_path_and_window() -> None:
    limits = CorpLimits(per_minute=2, per_hour=3)
    limits.count("/a", 0.0)
    limits.count("/a", 1.0)
    limits.count("/b", 1.0)
    with pytest.raises(CorpError, match="45009"):
        limits.count("/a", 59.0)
    limits.count("/a", 60.0)
    with pytest.raises(CorpError, match="45009"):
        limits.count("/a", 120.0)
    limits.count("/a", 3600.0)
