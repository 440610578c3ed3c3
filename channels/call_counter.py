"""The call gate of one platform account: counted in Redis for all processes, in memory while Redis is away."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import cast
from weakref import WeakSet

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from channels import metrics
from channels.call_buckets import Buckets, Counted, charges
from channels.limits.rows import CallLimit, Keeper
from storage import keys

log = structlog.get_logger()

_FORGET_EVERY = 1000

_CLAIM = """
local now = tonumber(ARGV[1])
local longest, at = 0, 0
for i, key in ipairs(KEYS) do
  local width, per = tonumber(ARGV[4*i-2]), tonumber(ARGV[4*i-1])
  local most, amount = tonumber(ARGV[4*i]), tonumber(ARGV[4*i+1])
  local held, ends = 0, {}
  local all = redis.call('HGETALL', key)
  for j = 1, #all, 2 do
    local free = (tonumber(all[j]) + 1) * width + per
    if free <= now then
      redis.call('HDEL', key, all[j])
    else
      held = held + tonumber(all[j+1])
      ends[#ends+1] = {free, tonumber(all[j+1])}
    end
  end
  if held + amount > most then
    table.sort(ends, function(a, b) return a[1] < b[1] end)
    local left, until_ms = most - held, now + 3600000
    if amount <= most then
      for _, free in ipairs(ends) do
        left = left + free[2]
        until_ms = free[1]
        if left >= amount then break end
      end
    end
    if until_ms - now > longest then longest, at = until_ms - now, i end
  end
end
if longest > 0 then return {longest, at} end
for i, key in ipairs(KEYS) do
  local width, per, amount = tonumber(ARGV[4*i-2]), tonumber(ARGV[4*i-1]), ARGV[4*i+1]
  if amount ~= '0' then
    redis.call('HINCRBY', key, string.format('%d', math.floor(now / width)), amount)
    redis.call('PEXPIRE', key, per + 2 * width)
  end
end
return {0, 0}
"""
"""All counts of one call, or none: returns the milliseconds to wait and which key says so (from 1).

Each key is a hash: number of a bucket → calls in it. ARGV: now, then for each key the bucket's length, the
stretch, the most and the amount (times in ms). The rule is that of ``channels.call_buckets``.
"""


_BLOCK = """
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""


class MemoryCallGate:
    """A CallGate for one process. ``now`` gives real time in seconds since 1970: limits are the platform's."""

    def __init__(
        self,
        limits: Sequence[CallLimit],
        *,
        accounts: int | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._limits = tuple(limit for limit in limits if limit.kept_by is Keeper.GATE)
        self._accounts = accounts
        self._now = now
        self._buckets: dict[tuple[str, str], Buckets] = {}
        self._asked = 0

    async def may_call(self, api: str, scope: str) -> float:
        charged = self.charged(api, scope)
        wait = self.wait(charged)
        if wait == 0:
            self.count(charged)
        return wait

    async def blocked(self, api: str, scope: str) -> None:
        self.count(self.blocks(api, scope))

    def blocks(self, api: str, scope: str) -> tuple[Counted, ...]:
        """What a refusal of this call is charged to: the rows that allow nothing once something counts."""
        return tuple(replace(one, amount=1) for one in self.charged(api, scope) if one.limit.count == 0)

    def charged(self, api: str, scope: str) -> tuple[Counted, ...]:
        return tuple(charges(self._limits, api, scope, self._accounts))

    def wait(self, charged: Sequence[Counted]) -> float:
        """The longest wait that any of the limits asks for, by what this process has counted."""
        now_ms = self._now_ms()
        longest, by = 0.0, None
        for one in charged:
            held = self._buckets.get((one.limit.name, one.subject))
            seconds = (held or Buckets()).wait(one, now_ms)
            if seconds > longest:
                longest, by = seconds, one
        if by is not None:
            note_wait(by, longest)
        return longest

    def count(self, charged: Sequence[Counted]) -> None:
        now_ms = self._now_ms()
        for one in charged:
            self._buckets.setdefault((one.limit.name, one.subject), Buckets()).add(one, now_ms)
        self._asked += 1
        if self._asked % _FORGET_EVERY == 0:
            self._forget(now_ms)

    def publish(self) -> None:
        """Shows this gate's limits in /metrics, as long as it lives; the figures are taken when they are asked for."""
        _published.add(self)
        for limit in self._limits:
            most = Counted(limit=limit, subject="", accounts=self._accounts or 1).most
            labels = {"limit": limit.name, "scope_kind": limit.scope.name.lower()}
            metrics.limit_max.labels(**labels).set(most)
            metrics.limit_used.labels(**labels).set_function(partial(_used_most, limit))

    def used(self, limit: CallLimit) -> int:
        """What this process used of ``limit`` in its current stretch, for the subject that used most."""
        now_ms = self._now_ms()
        return max(
            (
                held.used(limit, now_ms)
                for (name, _), held in list(self._buckets.items())
                if name == limit.name
            ),
            default=0,
        )

    def _forget(self, now_ms: int) -> None:
        limits = {limit.name: limit for limit in self._limits}
        for key in [key for key, held in self._buckets.items() if not held.used(limits[key[0]], now_ms)]:
            del self._buckets[key]

    def _now_ms(self) -> int:
        return int(self._now() * 1000)


_published: WeakSet[MemoryCallGate] = WeakSet()


def _used_most(limit: CallLimit) -> float:
    return max((gate.used(limit) for gate in list(_published)), default=0)


class RedisCallGate:
    """A CallGate that all processes share. ``account`` names the credential by public ids, never by a secret.

    What this process itself did counts always, so that an emptied Redis lets nobody start over; while Redis is
    away that is all there is. Waits for Redis at most ``timeout`` seconds. Its limits are in /metrics.
    """

    def __init__(
        self,
        redis: Redis,
        instance: str,
        account: str,
        limits: Sequence[CallLimit],
        *,
        accounts: int | None = None,
        timeout: float = 0.5,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._instance = instance
        self._account = account
        self._timeout = timeout
        self._now = now
        self._own = MemoryCallGate(limits, accounts=accounts, now=now)
        self._own.publish()

    async def may_call(self, api: str, scope: str) -> float:
        charged = self._own.charged(api, scope)
        if not charged:
            return 0.0
        wait = self._own.wait(charged)
        if wait > 0:
            return wait
        try:
            waited = await self._claim(charged)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("limits.redis_away", error=type(error).__name__)
            return await self._own.may_call(api, scope)
        if waited > 0:
            return waited
        self._own.count(charged)
        return 0.0

    async def blocked(self, api: str, scope: str) -> None:
        blocks = self._own.blocks(api, scope)
        self._own.count(blocks)
        now_ms = int(self._now() * 1000)
        try:
            async with asyncio.timeout(self._timeout):
                for one in blocks:
                    block = (
                        self._key(one),
                        str(now_ms // one.bucket_ms),
                        str(one.per_ms + 2 * one.bucket_ms),
                    )
                    await cast(Awaitable[int], self._redis.eval(_BLOCK, 1, *block))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("limits.redis_away", error=type(error).__name__)

    async def _claim(self, charged: Sequence[Counted]) -> float:
        names = [self._key(one) for one in charged]
        arguments = [int(self._now() * 1000)]
        for one in charged:
            arguments += [one.bucket_ms, one.per_ms, one.most, one.amount]
        async with asyncio.timeout(self._timeout):
            reply = await cast(
                Awaitable[list[int]], self._redis.eval(_CLAIM, len(names), *names, *map(str, arguments))
            )
        milliseconds, which = (int(value) for value in reply)
        if milliseconds > 0:
            note_wait(charged[which - 1], milliseconds / 1000)
        return milliseconds / 1000

    def _key(self, one: Counted) -> str:
        """Hashed: a subject may be long, and hold any character."""
        subject = hashlib.sha256(f"{self._account}\n{one.subject}".encode()).hexdigest()[:24]
        return keys.calls(self._instance, one.limit.name, subject)


def note_wait(one: Counted, seconds: float) -> None:
    """A call has to wait: counted and logged, without whom it was for."""
    metrics.limit_waits.labels(limit=one.limit.name).inc()
    log.info("limits.wait", limit=one.limit.name, seconds=round(seconds, 3))
