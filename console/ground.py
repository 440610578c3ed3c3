"""The stores and services that every part of the console builds on, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.accounts.attempts import AttemptBook
from console.accounts.passwords import Passwords
from console.accounts.store import AccountStore
from console.audit.log import AuditLog
from console.second_factor.keys import FactorKeys
from console.second_factor.service import SecondFactor
from console.second_factor.store import SecondFactorStore
from console.sessions.session import Lifetime
from console.sessions.store import SessionStore
from console.settings import ConsoleSettings
from console.signing_in import SignIn
from storage.database import Database
from storage.times import now_ms

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    accounts: AccountStore
    sessions: SessionStore
    attempts: AttemptBook
    passwords: Passwords
    audit: AuditLog
    sign_in: SignIn
    second_factor: SecondFactor


def lay_ground(
    settings: ConsoleSettings,
    database: Database,
    *,
    passwords: Passwords | None = None,
    now: Callable[[], int] = now_ms,
) -> Ground:
    """``now`` is real time in ms: sessions and waits do not follow the shop's clock, which the demo moves."""
    audit = AuditLog(database, now=now)
    accounts = AccountStore(database, audit, now=now)
    lifetime = Lifetime(
        whole_ms=int(settings.session_hours * 60 * _MINUTE_MS),
        idle_ms=int(settings.idle_minutes * _MINUTE_MS),
    )
    sessions = SessionStore(database, lifetime, now=now)
    attempts = AttemptBook(database, now=now)
    passwords = passwords or Passwords()
    keys = None if settings.key is None else FactorKeys(settings.key.get_secret_value())
    return Ground(
        accounts=accounts,
        sessions=sessions,
        attempts=attempts,
        passwords=passwords,
        audit=audit,
        sign_in=SignIn(
            accounts=accounts, sessions=sessions, attempts=attempts, passwords=passwords, audit=audit
        ),
        second_factor=SecondFactor(
            mode=settings.second_factor,
            within_ms=int(settings.second_factor_minutes * _MINUTE_MS),
            store=SecondFactorStore(database, audit, keys, now=now),
            attempts=attempts,
            now=now,
        ),
    )
