"""Signatures of requests that tell events: who sends, when, and that nobody changed it. Pure.

``v1=`` and HMAC-SHA256 (RFC 2104) in hexadecimal, by the source's secret, over source, time and body with full stops
between them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

SOURCE_HEADER = "X-Xiaoer-Source"
TIME_HEADER = "X-Xiaoer-Time"
SIGNATURE_HEADER = "X-Xiaoer-Signature"
_VERSION = "v1="


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """Why a request is not taken as its source's. ``field``: the header."""

    field: str
    problem: str
    cure: str


def signed(secret: str, source: str, at: int, body: bytes) -> str:
    """The value of the signature's header. ``at``: seconds since 1970."""
    message = f"{source}.{at}.".encode() + body
    return _VERSION + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def signed_headers(secret: str, source: str, at: int, body: bytes) -> dict[str, str]:
    return {
        SOURCE_HEADER: source,
        TIME_HEADER: str(at),
        SIGNATURE_HEADER: signed(secret, source, at, body),
    }


def check(
    headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], *, now: float, window_seconds: int
) -> str | Unsigned:
    """The source whose request it is. ``secrets``: by source. Which part of a signature is wrong is not told."""
    source, told_at = headers.get(SOURCE_HEADER, ""), headers.get(TIME_HEADER, "")
    if not (told_at.isascii() and told_at.isdecimal() and len(told_at) < _LONGEST_TIME):
        return Unsigned(field=TIME_HEADER, problem="is no time", cure="Send the seconds since 1970")
    # A source that is not known costs as long as one that is.
    expected = signed(secrets.get(source, ""), source, int(told_at), body)
    given = headers.get(SIGNATURE_HEADER, "")
    if not hmac.compare_digest(given.encode(), expected.encode()) or source not in secrets:
        return Unsigned(
            field=SIGNATURE_HEADER,
            problem="does not fit the source, the time and the body",
            cure="Sign source, time and the body as it is sent, with the secret that is set for the source",
        )
    if abs(now - int(told_at)) > window_seconds:
        return Unsigned(
            field=TIME_HEADER,
            problem=f"is more than {window_seconds} s off our clock",
            cure="Sign at the moment of sending, and keep the clock by NTP",
        )
    return source


_LONGEST_TIME = 12
