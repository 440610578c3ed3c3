"""Passwords: which are good enough, how they are kept (argon2id), and proving one at the same cost for everybody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from conversations.errors import XiaoerError

_T = TypeVar("_T")

SHORTEST = 10
LONGEST = 200
_LEAST_VARIETY = 5
"""Different characters that must be left when what everybody tries first is taken out."""
_AT_ONCE = 2
_MOST_WAITING = 16
_COMMON = ("password", "qwerty", "12345678", "11111111", "abc123", "iloveyou", "88888888", "xiaoer", "woaini")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


class TooBusy(XiaoerError):
    """So many passwords are being checked that one more would only make memory scarce."""


def password_problem(password: str, *, login: str) -> str:
    """What is wrong with a new password, in a sentence for people; empty when nothing is. Length counts, not kinds."""
    if len(password) < SHORTEST:
        return f"密码至少 {SHORTEST} 个字符，可以是几个词连在一起"
    if len(password) > LONGEST:
        return f"密码最多 {LONGEST} 个字符"
    rest = password.lower()
    for word in (*_COMMON, login):
        rest = rest.replace(word, "")
    if len(set(rest)) < _LEAST_VARIETY:
        return "这个密码太容易猜到了，换一个吧"
    return ""


def make_temporary_password() -> str:
    """For somebody else's first sign-in: easy to read out, 59 bits of chance."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


class Passwords:
    """Hashes and checks in threads, few at a time: each takes 64 MiB and some 50 ms (RFC 9106, low-memory choice)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        # Checked in place of the hash that is not there, so that an unknown name takes as long as a known one.
        self._decoy = self._hasher.hash(secrets.token_hex(16))
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._in_turn(self._hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether it is the one behind ``stored``. None takes as long and is never matched. Raises TooBusy."""
        matched = await self._in_turn(self._verify, password[: LONGEST + 1], stored or self._decoy)
        return matched and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether ``stored`` was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    async def _in_turn(self, work: Callable[..., _T], *arguments: str) -> _T:
        if self._waiting >= _MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
