"""Codes that change with time, against the RFCs."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, unquote, urlsplit

from console.second_factor.totp import address_of, code_at, matching_step, new_secret, step_of

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_6238 = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
"""Appendix B, the rows of SHA-1: seconds and codes of eight digits."""
RFC_4226 = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489"
"""Appendix D: the codes of counters 0 to 9."""
NOW_MS = 1_700_000_000_000
NOW = step_of(NOW_MS)


def test_the_codes_are_those_of_the_rfcs() -> None:
    made = {seconds: code_at(RFC_SECRET, step_of(seconds * 1000), digits=8) for seconds in RFC_6238}
    assert made == RFC_6238
    assert " ".join(code_at(RFC_SECRET, step) for step in range(10)) == RFC_4226


def test_one_step_before_and_after_counts_and_no_more() -> None:
    def found(step: int) -> int | None:
        return matching_step(RFC_SECRET, code_at(RFC_SECRET, step), now_ms=NOW_MS, after_step=0)

    assert {away: found(NOW + away) for away in range(-3, 4)} == {
        **dict.fromkeys((-3, -2, 2, 3), None),
        **{away: NOW + away for away in (-1, 0, 1)},
    }


def test_a_code_counts_once_and_none_before_it_any_more() -> None:
    def found(step: int) -> int | None:
        return matching_step(RFC_SECRET, code_at(RFC_SECRET, step), now_ms=NOW_MS, after_step=NOW)

    assert [found(NOW - 1), found(NOW), found(NOW + 1)] == [None, None, NOW + 1]


def test_what_is_no_code_matches_nothing() -> None:
    for typed in ("", "0", "12345", "1234567", "abcdef", "１２３４５６", " " * 6):
        assert matching_step(RFC_SECRET, typed, now_ms=NOW_MS, after_step=0) is None


def test_secrets_are_long_and_different() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}


def test_the_address_says_to_the_app_what_it_needs() -> None:
    address = urlsplit(address_of("JBSWY3DPEHPK3PXP", issuer="禾野集: 总店 & co", login="lan"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/禾野集  总店 & co:lan"
    assert parse_qs(address.query) == {
        "secret": ["JBSWY3DPEHPK3PXP"],
        "issuer": ["禾野集  总店 & co"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
