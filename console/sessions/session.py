"""A session: when it ends, and the secrets that belong to it. Pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Literal

Way = Literal["password", "wecom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long a session lasts: after signing in, and after the last request. In ms."""

    whole_ms: int
    idle_ms: int

    def is_over(self, *, created_ms: int, seen_ms: int, now_ms: int) -> bool:
        return now_ms - created_ms >= self.whole_ms or now_ms - seen_ms >= self.idle_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """``key`` is the hash of the random id; the id itself is only in the browser. Times: ms since 1970 UTC.

    ``answered_ms``: when a code of the second factor was last given in it.
    """

    key: str
    account_id: int
    way: Way
    address: str
    browser: str
    created_ms: int
    seen_ms: int
    answered_ms: int | None = None


def new_token() -> str:
    """256 bits of chance, in letters that a cookie may hold."""
    return secrets.token_urlsafe(32)


def key_of(token: str) -> str:
    """What is stored in place of the token: who reads the database cannot come in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(token: str, purpose: str) -> str:
    """A secret that only holders of the token can name: the CSRF token, the state of a WeCom sign-in."""
    return hmac.new(token.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def is_derived(given: str, token: str, purpose: str) -> bool:
    return hmac.compare_digest(given.encode(), derived(token, purpose).encode())
