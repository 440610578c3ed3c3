"""Whose address counts."""

from __future__ import annotations

import pytest

from console.web.addresses import caller_address


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ([], 0, "10.0.0.1"),
        (["1.1.1.1"], 0, "10.0.0.1"),
        (["1.1.1.1"], 1, "1.1.1.1"),
        (["9.9.9.9, 1.1.1.1"], 1, "1.1.1.1"),
        (["9.9.9.9", "1.1.1.1"], 1, "1.1.1.1"),
        (["9.9.9.9, 1.1.1.1, 10.0.0.7"], 2, "1.1.1.1"),
        (["1.1.1.1"], 2, "10.0.0.1"),
        (["<script>"], 1, "10.0.0.1"),
        (["2001:db8::1"], 1, "2001:db8::1"),
    ],
)
def test_only_what_our_proxies_wrote_is_believed(forwarded: list[str], proxies: int, expected: str) -> None:
    assert caller_address("10.0.0.1", forwarded, trusted_proxies=proxies) == expected


def test_an_unknown_peer_is_empty() -> None:
    assert caller_address(None, [], trusted_proxies=0) == ""
