"""Access tokens of the corp's app (WeCom 91039 获取access_token)."""

from __future__ import annotations

import hmac
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from simulator.corp.errcodes import CorpError

_KEPT = 1000


def new_token() -> str:
    """A token of the length that the platform's have."""
    return secrets.token_urlsafe(160)[:214]


@dataclass(slots=True)
class TokenRules:
    """What can be turned while the corp runs; times in seconds.

    After ``ban_after`` wrong secrets from one address that address is refused with 45009 for ``ban_seconds``;
    0 never bans. An empty ``trusted_ips`` lets every address call.
    """

    expires_in: float = 7200.0
    ban_after: int = 5
    ban_seconds: float = 3600.0
    trusted_ips: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Record:
    secret: str
    expires_at: float
    killed: bool = False


class CorpTokens:
    """One living token for each secret; asking again gives the same one until it ends."""

    def __init__(
        self, *, corp_id: str, secret: str, rules: TokenRules, mint: Callable[[], str] = new_token
    ) -> None:
        self._corp_id = corp_id
        self._secrets = {secret}
        self._mint = mint
        self.rules = rules
        self._records: dict[str, _Record] = {}
        self._current: dict[str, str] = {}
        self._wrong: Counter[str] = Counter()
        self._banned: dict[str, float] = {}
        self.issued = 0

    def add_secret(self, secret: str) -> None:
        """Another app's secret of the same corp; its tokens are its own."""
        self._secrets.add(secret)

    def issue(self, corp_id: str, secret: str, ip: str, now: float) -> tuple[str, int]:
        """The token and the whole seconds that it still lives.

        Raises CorpError: 45009 (address banned), 41002, 41004 (missing), 40013 (corp id), 40001 (secret).
        """
        if self._banned.get(ip, 0.0) > now:
            raise CorpError(45009, "too many requests with a wrong secret")
        if not corp_id:
            raise CorpError(41002)
        if not secret:
            raise CorpError(41004)
        if corp_id != self._corp_id:
            raise CorpError(40013)
        if not any(hmac.compare_digest(secret.encode(), known.encode()) for known in self._secrets):
            self._count_wrong(ip, now)
            raise CorpError(40001)
        self._wrong.pop(ip, None)
        token = self._current.get(secret)
        if token is None or not self._is_good(token, now):
            token = self._issue(secret, now)
        return token, max(1, round(self._records[token].expires_at - now))

    def check(self, token: str | None, now: float) -> None:
        """Raises CorpError unless the token is good: 41001 missing, 40014 unknown or revoked, 42001 expired."""
        if not token:
            raise CorpError(41001)
        record = self._records.get(token)
        if record is None or record.killed:
            raise CorpError(40014)
        if record.expires_at <= now:
            raise CorpError(42001)

    def check_ip(self, ip: str) -> None:
        """Raises CorpError 60020 when the caller is not one of the trusted addresses."""
        if self.rules.trusted_ips and ip not in self.rules.trusted_ips:
            raise CorpError(60020)

    def expire_all(self, now: float) -> int:
        """Let every living token run out now (42001 from here on); returns how many."""
        living = self._living(now)
        for record in living:
            record.expires_at = now
        return len(living)

    def kill_all(self, now: float) -> int:
        """Revoke every living token before its time (40014 from here on); returns how many."""
        living = self._living(now)
        for record in living:
            record.killed = True
        return len(living)

    def living(self, now: float) -> int:
        """How many tokens are good."""
        return len(self._living(now))

    def _living(self, now: float) -> list[_Record]:
        return [item for item in self._records.values() if item.expires_at > now and not item.killed]

    def _is_good(self, token: str, now: float) -> bool:
        record = self._records.get(token)
        return record is not None and not record.killed and record.expires_at > now

    def _count_wrong(self, ip: str, now: float) -> None:
        self._wrong[ip] += 1
        if self.rules.ban_after and self._wrong[ip] >= self.rules.ban_after:
            self._banned[ip] = now + self.rules.ban_seconds
            del self._wrong[ip]

    def _issue(self, secret: str, now: float) -> str:
        token = self._mint()
        self._records[token] = _Record(secret=secret, expires_at=now + self.rules.expires_in)
        self._current[secret] = token
        self.issued += 1
        while len(self._records) > _KEPT:
            del self._records[next(iter(self._records))]
        return token
