"""Counting calls in a sliding stretch of time without remembering each: pure.

Time is cut into buckets of a sixtieth of the stretch. A bucket counts until the last moment of it has left the
stretch, so the count is never too low and at most a sixtieth of the stretch too old.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from channels.limits.decisions import Allowed, Closed, Use, Wait, may
from channels.limits.rows import Beyond, CallLimit, Scope

PARTS = 60
_TOO_MUCH_SECONDS = 3600.0
"""Asked for more at once than the platform ever allows: no waiting helps, so look again rarely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one call is charged to: ``amount`` of ``limit`` (times ``accounts``), counted under ``subject``."""

    limit: CallLimit
    subject: str
    amount: int = 1
    accounts: int = 1

    @property
    def most(self) -> int:
        return self.limit.count * (self.accounts if self.limit.per_account else 1)

    @property
    def bucket_ms(self) -> int:
        return bucket_ms(self.limit)

    @property
    def per_ms(self) -> int:
        return self.limit.per // timedelta(milliseconds=1)


def bucket_ms(limit: CallLimit) -> int:
    """The length of a bucket in milliseconds."""
    return max(1, limit.per // timedelta(milliseconds=1) // PARTS)


def charges(limits: Sequence[CallLimit], api: str, scope: str, accounts: int | None) -> Iterator[Counted]:
    """What a call of ``api`` is charged to.

    ``scope`` names one robot, chat or member, or several members joined by "|". Limits that grow with the
    corp's accounts are left to the platform while their number is not known.
    """
    # Userids are the same in capitals and small letters.
    members = tuple(dict.fromkeys(name for name in scope.lower().split("|") if name))
    for limit in limits:
        if limit.api not in ("*", api) or (limit.per_account and accounts is None):
            continue
        match limit.scope:
            case Scope.API:
                yield _of_api(limits, limit, api, scope)
            case Scope.MEMBER:
                for member in members:
                    yield Counted(limit=limit, subject=member)
            case Scope.CHAT | Scope.ROBOT:
                yield Counted(limit=limit, subject=scope)
            case Scope.APP:
                yield Counted(limit=limit, subject="", amount=max(1, len(members)), accounts=accounts or 1)
            case _:
                yield Counted(limit=limit, subject="")


def _of_api(limits: Sequence[CallLimit], limit: CallLimit, api: str, scope: str) -> Counted:
    """A call of one API. It waits for a block and adds nothing to it.

    A block stands for one robot or chat where the platform refuses by those, else for everybody.
    """
    if limit.count > 0:
        return Counted(limit=limit, subject=api)
    apart = any(
        row.api == api and row.scope in (Scope.ROBOT, Scope.CHAT) and row.beyond is Beyond.REFUSED
        for row in limits
    )
    return Counted(limit=limit, subject=f"{api}\n{scope}" if apart else api, amount=0)


@dataclass(slots=True)
class Buckets:
    """The calls of one limit and subject: how many in which bucket."""

    counts: dict[int, int] = field(default_factory=dict)

    def add(self, counted: Counted, now_ms: int) -> None:
        if counted.amount == 0:
            return
        bucket = now_ms // counted.bucket_ms
        self.counts[bucket] = self.counts.get(bucket, 0) + counted.amount

    def used(self, limit: CallLimit, now_ms: int) -> int:
        """How many calls count at ``now_ms``; forgets those that no longer do."""
        width, per_ms = bucket_ms(limit), limit.per // timedelta(milliseconds=1)
        for bucket in [bucket for bucket in self.counts if (bucket + 1) * width + per_ms <= now_ms]:
            del self.counts[bucket]
        return sum(self.counts.values())

    def wait(self, counted: Counted, now_ms: int) -> float:
        """Seconds until the call may be made; 0.0: now."""
        if self.used(counted.limit, now_ms) + counted.amount <= counted.most:
            return 0.0
        return wait_for(counted, self.counts, now_ms)


def wait_for(counted: Counted, counts: Mapping[int, int], now_ms: int) -> float:
    """Seconds until ``counted`` may be done after ``counts``, each of which counts from its bucket's end."""
    uses = [Use(at=_at((bucket + 1) * counted.bucket_ms), amount=amount) for bucket, amount in counts.items()]
    now = _at(now_ms)
    match may(counted.limit, uses, now, amount=counted.amount, accounts=counted.accounts):
        case Allowed():
            return 0.0
        case Wait(until=until):
            return max(0.001, (until - now).total_seconds())
        case Closed():
            return _TOO_MUCH_SECONDS


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
