"""Access tokens as the platform issues and ends them (docs: Get_access_token, getStableAccessToken)."""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.errcodes import ApiError

DAY = 86_400.0
_KEPT = 2000


def new_token() -> str:
    """A token of the length that the platform's have."""
    return secrets.token_urlsafe(100)[:136]


@dataclass(slots=True)
class TokenPolicy:
    """What can be turned while the platform runs; times in seconds."""

    expires_in: float = 7200.0
    grace: float = 300.0
    force_per_day: int = 20
    force_gap: float = 30.0
    classic_per_day: int = 2000
    allowed_ips: frozenset[str] | None = None

    @property
    def renewal(self) -> float:
        """How long before its end a stable token is replaced; the new and the old both live meanwhile."""
        return min(300.0, self.expires_in / 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token and the whole seconds that it still lives."""

    access_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a caller presents to obtain a token."""

    grant_type: str
    app_id: str
    secret: str = field(repr=False)
    ip: str


@dataclass(slots=True)
class _Record:
    expires_at: float
    superseded_at: float | None = None
    killed: bool = False


class TokenService:
    """Issues tokens and says of any token whether it is good."""

    def __init__(
        self, *, app_id: str, app_secret: str, policy: TokenPolicy, mint: Callable[[], str] = new_token
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._mint = mint
        self.policy = policy
        self._records: dict[str, _Record] = {}
        self._classic: str | None = None
        self._stable: str | None = None
        self._forced: deque[float] = deque()
        self._classic_calls: deque[float] = deque()
        self.issued = 0

    def issue_classic(self, caller: Credentials, now: float) -> Grant:
        """A new token at each call; the former one dies after the grace. Raises ApiError."""
        self._authenticate(caller)
        _forget_before(self._classic_calls, now - DAY)
        if len(self._classic_calls) >= self.policy.classic_per_day:
            raise ApiError(45009)
        self._classic_calls.append(now)
        self._supersede(self._classic, now + self.policy.grace)
        self._classic = self._issue(now)
        return self._grant(self._classic, now)

    def issue_stable(self, caller: Credentials, now: float, *, force: bool = False) -> Grant:
        """The same token until shortly before its end, or a new one by force. Raises ApiError."""
        self._authenticate(caller)
        if force:
            self._count_force(now)
            self._supersede(self._stable, now)
            self._stable = self._issue(now)
        elif self._stable is None or self._ends(self._stable) - now <= self.policy.renewal:
            self._stable = self._issue(now)
        return self._grant(self._stable, now)

    def check(self, token: str | None, now: float) -> None:
        """Raises ApiError unless the token is good."""
        if not token:
            raise ApiError(41001)
        record = self._records.get(token)
        if record is None:
            raise ApiError(40014)
        if record.killed or (record.superseded_at is not None and record.superseded_at <= now):
            raise ApiError(40001)
        if record.expires_at <= now:
            raise ApiError(42001)

    def check_ip(self, ip: str) -> None:
        """Raises ApiError 40164 with the address when an allow-list is set and the caller is not on it."""
        allowed = self.policy.allowed_ips
        if allowed is not None and ip not in allowed:
            raise ApiError(40164, f"{ip}, not in whitelist")

    def expire_all(self, now: float) -> int:
        """Let every living token run out now (42001 from here on); returns how many."""
        living = [
            record for record in self._records.values() if record.expires_at > now and not record.killed
        ]
        for record in living:
            record.expires_at = now
        self._stable = self._classic = None
        return len(living)

    def kill_all(self, now: float) -> int:
        """Revoke every living token before its time (40001 from here on); returns how many."""
        living = [
            record for record in self._records.values() if record.expires_at > now and not record.killed
        ]
        for record in living:
            record.killed = True
        self._stable = self._classic = None
        return len(living)

    def living(self, now: float) -> int:
        """How many tokens are good."""
        return sum(
            1
            for record in self._records.values()
            if record.expires_at > now
            and not record.killed
            and (record.superseded_at is None or record.superseded_at > now)
        )

    def forget(self) -> None:
        """Start again as if no token had ever been issued."""
        self._records.clear()
        self._forced.clear()
        self._classic_calls.clear()
        self._stable = self._classic = None
        self.issued = 0

    def _authenticate(self, caller: Credentials) -> None:
        if caller.grant_type != "client_credential":
            raise ApiError(40002)
        if not caller.app_id:
            raise ApiError(41002)
        if not caller.secret:
            raise ApiError(41004)
        if caller.app_id != self._app_id:
            raise ApiError(40013)
        if not hmac.compare_digest(caller.secret.encode(), self._app_secret.encode()):
            raise ApiError(40001)
        self.check_ip(caller.ip)

    def _count_force(self, now: float) -> None:
        _forget_before(self._forced, now - DAY)
        if len(self._forced) >= self.policy.force_per_day:
            raise ApiError(45009)
        if self._forced and now - self._forced[-1] < self.policy.force_gap:
            raise ApiError(45011)
        self._forced.append(now)

    def _issue(self, now: float) -> str:
        token = self._mint()
        self._records[token] = _Record(expires_at=now + self.policy.expires_in)
        self.issued += 1
        while len(self._records) > _KEPT:
            del self._records[next(iter(self._records))]
        return token

    def _supersede(self, token: str | None, at: float) -> None:
        record = None if token is None else self._records.get(token)
        if record is not None:
            record.superseded_at = at

    def _ends(self, token: str) -> float:
        record = self._records.get(token)
        return 0.0 if record is None else record.expires_at

    def _grant(self, token: str, now: float) -> Grant:
        return Grant(access_token=token, expires_in=max(1, round(self._ends(token) - now)))


def _forget_before(times: deque[float], limit: float) -> None:
    while times and times[0] < limit:
        times.popleft()
