"""Where an access token is kept for all processes: the port, a memory version and a Redis version."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from conversations.errors import Transient


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredToken:
    """A token and when it should be renewed and ends;

    seconds since 1970 of real time. The token stays out of reprs.
    """

    token: str = field(repr=False)
    renew_at: float
    expires_at: float


class TokenStore(Protocol):
    """One credential's token, shared by processes. Any method may raise Transient when the store is away."""

    async def load(self) -> StoredToken | None:
        """What is stored and has not expired."""
        ...

    async def replace(self, stale: str | None, fresh: StoredToken) -> bool:
        """Stores ``fresh`` if nothing is stored or the stored token is ``stale``.

        False: somebody was faster.
        """
        ...

    async def lock(self, seconds: float) -> str | None:
        """The right to fetch, for ``seconds`` at most, as a key for ``unlock``;

        None while another holds it.
        """
        ...

    async def unlock(self, key: str) -> None:
        """Gives the right back; does nothing when ``key`` is no longer the holder's."""
        ...

    async def claim_force(self, spacing: float, per_day: int) -> float:
        """Asks to force a new token from the platform: 0 when granted, else the seconds to wait.

        Grants are at least ``spacing`` seconds apart and at most ``per_day`` in a day counted from the first.
        """
        ...


_DAY = 86_400.0


class MemoryTokenStore:
    """For one process, and for the time that Redis is away. ``now`` gives real time in seconds since 1970."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._stored: StoredToken | None = None
        self._lock: tuple[str, float] | None = None
        self._forced: list[float] = []

    async def load(self) -> StoredToken | None:
        stored = self._stored
        return stored if stored is not None and stored.expires_at > self._now() else None

    async def replace(self, stale: str | None, fresh: StoredToken) -> bool:
        current = await self.load()
        if current is not None and current.token != stale:
            return False
        self._stored = fresh
        return True

    async def lock(self, seconds: float) -> str | None:
        if self._lock is not None and self._lock[1] > self._now():
            return None
        key = secrets.token_hex(8)
        self._lock = (key, self._now() + seconds)
        return key

    async def unlock(self, key: str) -> None:
        if self._lock is not None and self._lock[0] == key:
            self._lock = None

    async def claim_force(self, spacing: float, per_day: int) -> float:
        now = self._now()
        self._forced = [at for at in self._forced if self._forced[0] > now - _DAY]
        if len(self._forced) >= per_day:
            return self._forced[0] + _DAY - now
        if self._forced and self._forced[-1] > now - spacing:
            return self._forced[-1] + spacing - now
        self._forced.append(now)
        return 0.0


_REPLACE = """
local current = redis.call('HGET', KEYS[1], 'token')
if current and current ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'token', ARGV[2], 'renew_at', ARGV[3], 'expires_at', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
"""
_UNLOCK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisTokenStore:
    """The token in a hash at ``key``, which expires with it; beside it ``key:lock``, ``key:force``, ``key:forced``.

    ``key`` names the credential by a public id (app id, corp id and agent id), never by a part of the secret.
    Each call waits for Redis at most ``timeout`` seconds.
    """

    def __init__(
        self, redis: Redis, key: str, *, timeout: float = 1.0, now: Callable[[], float] = time.time
    ) -> None:
        self._redis = redis
        self._key = key
        self._timeout = timeout
        self._now = now

    async def load(self) -> StoredToken | None:
        reply = await self._bounded(self._redis.hmget(self._key, ["token", "renew_at", "expires_at"]))
        token, renew_at, expires_at = (_text(value) for value in cast(list[object], reply))
        if not token or not renew_at or not expires_at or float(expires_at) <= self._now():
            return None
        return StoredToken(token=token, renew_at=float(renew_at), expires_at=float(expires_at))

    async def replace(self, stale: str | None, fresh: StoredToken) -> bool:
        milliseconds = max(1, int((fresh.expires_at - self._now()) * 1000))
        arguments = (
            stale or "",
            fresh.token,
            repr(fresh.renew_at),
            repr(fresh.expires_at),
            str(milliseconds),
        )
        return bool(await self._bounded(self._redis.eval(_REPLACE, 1, self._key, *arguments)))

    async def lock(self, seconds: float) -> str | None:
        key = secrets.token_hex(8)
        taken = await self._bounded(
            self._redis.set(f"{self._key}:lock", key, nx=True, px=max(1, int(seconds * 1000)))
        )
        return key if taken else None

    async def unlock(self, key: str) -> None:
        await self._bounded(self._redis.eval(_UNLOCK, 1, f"{self._key}:lock", key))

    async def claim_force(self, spacing: float, per_day: int) -> float:
        count_key, spacing_key = f"{self._key}:forced", f"{self._key}:force"
        count = _text(await self._bounded(self._redis.get(count_key)))
        if count and int(count) >= per_day:
            return await self._left(count_key)
        granted = await self._bounded(
            self._redis.set(spacing_key, "1", nx=True, px=max(1, int(spacing * 1000)))
        )
        if not granted:
            return await self._left(spacing_key)
        # SET NX keeps the first grant's expiry: INCR leaves it alone.
        await self._bounded(self._redis.set(count_key, "0", nx=True, px=int(_DAY * 1000)))
        await self._bounded(self._redis.incr(count_key))
        return 0.0

    async def _left(self, key: str) -> float:
        milliseconds = cast(int, await self._bounded(self._redis.pttl(key)))
        return max(0.001, milliseconds / 1000)

    async def _bounded(self, call: Any) -> object:
        try:
            async with asyncio.timeout(self._timeout):
                return await cast(Awaitable[object], call)
        except (RedisError, OSError, TimeoutError) as error:
            raise Transient(f"token store away: {type(error).__name__}") from error


def _text(value: object) -> str:
    """Redis answers bytes or text, as its client was made."""
    if isinstance(value, bytes):
        return value.decode()
    return "" if value is None else str(value)
