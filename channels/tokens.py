"""One access token per credential for all processes: fetched once, renewed early, replaced by compare-and-swap."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from channels.token_store import MemoryTokenStore, RedisTokenStore, StoredToken, TokenStore
from conversations.errors import ConfigError, Transient

__all__ = [
    "CredentialRefused",
    "Fetch",
    "FetchedToken",
    "MemoryTokenStore",
    "RedisTokenStore",
    "StoredToken",
    "TokenKeeper",
    "TokenStore",
]

_T = TypeVar("_T")

log = structlog.get_logger()

_RENEW_EARLY = 300.0
_FORCE_SPACING = 30.0
_FORCES_PER_DAY = 20
_LOCK_SECONDS = 15.0
_LOOK_AGAIN = 0.05
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_FIRST_REFUSED_PAUSE, _LONGEST_REFUSED_PAUSE = 60.0, 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedToken:
    """What the platform gave out; ``expires_in`` in seconds from now."""

    token: str = field(repr=False)
    expires_in: float


class CredentialRefused(ConfigError):
    """The platform does not accept our credential; trying on would get our address banned.

    ``retry_after``: seconds until the keeper asks the platform again; a fetch that raises this names the least.
    """

    def __init__(
        self, key: str, problem: str, cure: str, *, retry_after: float = _FIRST_REFUSED_PAUSE
    ) -> None:
        super().__init__(key, problem, cure)
        self.retry_after = retry_after


Fetch = Callable[[bool], Awaitable[FetchedToken]]
"""Asks the platform;

True forces a new token. Raises Transient, or CredentialRefused for wrong id or secret.
"""


@dataclass(frozen=True, slots=True)
class _Pause:
    """After a failed fetch nobody asks before ``until``; everybody gets the same answer meanwhile."""

    until: float
    error: Transient | CredentialRefused
    failures: int


class TokenKeeper:
    """Gives out the token of one credential.

    Processes share it through ``store``; while that is away each works from its own memory. ``get`` and
    ``refresh`` raise Transient (with ``retry_after``) when the platform cannot be asked now,
    CredentialRefused when it refuses us. ``now`` gives real time in seconds since 1970: a token's life is the
    platform's, not the shop clock's.
    """

    def __init__(
        self, fetch: Fetch, store: TokenStore | None = None, *, now: Callable[[], float] = time.time
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._own = MemoryTokenStore(now)
        self._store: TokenStore = self._own if store is None else store
        self._held: StoredToken | None = None
        self._lock = asyncio.Lock()
        self._pause: _Pause | None = None

    async def get(self) -> str:
        """A token that should be good. Costs nothing while the one in memory is young enough."""
        young = self._young(self._held)
        if young is not None:
            return young.token
        async with self._lock:
            young = self._young(self._held)
            if young is not None:
                return young.token
            try:
                return await self._renew(stale=None)
            except (Transient, CredentialRefused):
                held = self._held
                if held is not None and held.expires_at > self._now():
                    return held.token  # it lives a little longer: early renewal exists for this
                raise

    async def refresh(self, stale: str) -> str:
        """A token other than ``stale``, which the platform has just refused.

        When another task or process has already replaced it, theirs is returned and the platform is not
        asked.
        """
        async with self._lock:
            if self._held is not None and self._held.token == stale:
                self._held = None
            young = self._young(self._held)
            return young.token if young is not None else await self._renew(stale=stale)

    async def probe(self) -> None:
        """Asks the platform once, whatever is stored; for ``check``. Raises what the platform makes of us."""
        await self._fetch(False)

    def _young(self, token: StoredToken | None, *, other_than: str | None = None) -> StoredToken | None:
        if token is None or token.token == other_than or token.renew_at <= self._now():
            return None
        return token

    async def _renew(self, stale: str | None) -> str:
        """Takes the token that another process stored, else fetches one while the others wait for it."""
        key: str | None = None
        try:
            for _ in range(int(_LOCK_SECONDS / _LOOK_AGAIN)):
                key = await self._ask_store(lambda store: store.lock(_LOCK_SECONDS))
                shared = await self._ask_store(lambda store: store.load())
                young = self._young(shared, other_than=stale)
                if young is not None:
                    self._held = young
                    return young.token
                if key is not None:
                    return await self._fetch_and_store(stale, shared)
                await asyncio.sleep(_LOOK_AGAIN)
            # A holder that lives longer than its lock has lost it; go on without.
            return await self._fetch_and_store(stale, await self._ask_store(lambda store: store.load()))
        finally:
            if key is not None:
                held_key = key
                await self._ask_store(lambda store: store.unlock(held_key))

    async def _fetch_and_store(self, stale: str | None, shared: StoredToken | None) -> str:
        self._raise_while_paused()
        try:
            fetched = await self._fetch_other_than(stale)
        except (Transient, CredentialRefused) as error:
            raise self._paused_after(error) from error
        self._pause = None
        fresh = self._with_times(fetched)
        replaced = await self._ask_store(
            lambda store: store.replace(shared.token if shared is not None else None, fresh)
        )
        if not replaced:
            theirs = self._young(await self._ask_store(lambda store: store.load()), other_than=stale)
            fresh = theirs or fresh
        self._held = fresh
        return fresh.token

    async def _fetch_other_than(self, stale: str | None) -> FetchedToken:
        """Forces a new token only when the ordinary call returns the very one that was refused."""
        fetched = await self._fetch(False)
        if fetched.token != stale:
            return fetched
        wait = await self._ask_store(lambda store: store.claim_force(_FORCE_SPACING, _FORCES_PER_DAY))
        if wait > 0:
            raise Transient("a new token was forced just now", retry_after=wait)
        log.warning("token.forced")
        fetched = await self._fetch(True)
        if fetched.token == stale:
            raise Transient(
                "the platform keeps giving out a token that it refuses", retry_after=_FORCE_SPACING
            )
        return fetched

    def _with_times(self, fetched: FetchedToken) -> StoredToken:
        """A short-lived token (tests, or one that somebody else fetched long ago) is renewed at half its life."""
        now = self._now()
        young_for = max(fetched.expires_in - _RENEW_EARLY, fetched.expires_in / 2)
        return StoredToken(token=fetched.token, renew_at=now + young_for, expires_at=now + fetched.expires_in)

    def _paused_after(self, error: Transient | CredentialRefused) -> Transient | CredentialRefused:
        """Starts the pause that follows a failure; returns ``error`` as it is to be raised."""
        failures = 1 if self._pause is None else self._pause.failures + 1
        if isinstance(error, CredentialRefused):
            growing = min(_LONGEST_REFUSED_PAUSE, _FIRST_REFUSED_PAUSE * 2 ** min(failures - 1, 10))
            seconds = max(error.retry_after, growing)
        else:
            seconds = error.retry_after or min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(failures - 1, 10))
        error.retry_after = seconds
        self._pause = _Pause(until=self._now() + seconds, error=error, failures=failures)
        return error

    def _raise_while_paused(self) -> None:
        pause = self._pause
        if pause is None or pause.until <= self._now():
            return
        left = pause.until - self._now()
        match pause.error:
            case CredentialRefused() as refused:
                raise CredentialRefused(refused.key, refused.problem, refused.cure, retry_after=left)
            case Transient() as transient:
                raise Transient(str(transient), retry_after=left)

    async def _ask_store(self, call: Callable[[TokenStore], Awaitable[_T]]) -> _T:
        """``call`` on the shared store, or on our memory while that is away."""
        try:
            return await call(self._store)
        except Transient as error:
            log.warning("token.store_away", error=str(error))
            return await call(self._own)
