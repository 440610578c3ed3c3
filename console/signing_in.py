"""Signing in: by password, or as the member whom 企业微信 has recognised. Every outcome is logged."""

from __future__ import annotations

from dataclasses import dataclass

from console.accounts.account import Account, login_of
from console.accounts.attempts import AttemptBook
from console.accounts.passwords import Passwords
from console.accounts.store import AccountStore
from console.audit.chain import Act
from console.audit.log import AuditLog
from console.sessions.session import Way
from console.sessions.store import SessionStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Where a request comes from."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    account: Account
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Name or password is not right; which of the two is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """Too many failures: not heard for so long."""

    wait_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """企业微信 knows this member, and the console does not, or not any more."""


class SignIn:
    def __init__(
        self,
        *,
        accounts: AccountStore,
        sessions: SessionStore,
        attempts: AttemptBook,
        passwords: Passwords,
        audit: AuditLog,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._attempts = attempts
        self._passwords = passwords
        self._audit = audit

    async def by_password(self, typed: str, password: str, caller: Caller) -> SignedIn | Wrong | Locked:
        """An unknown, a disabled and a known name cost the same. Raises TooBusy."""
        login = login_of(typed)
        wait_ms = await self._attempts.begin(login=login, address=caller.address)
        if wait_ms:
            return Locked(wait_ms=wait_ms)
        account = await self._accounts.by_login(login)
        stored = await self._accounts.password_hash(login)
        right = await self._passwords.matches(password, stored)
        if not right or account is None or account.disabled:
            await self._failed(account, caller, "password")
            return Wrong()
        await self._attempts.succeeded(login=login, address=caller.address)
        if stored is not None and self._passwords.outdated(stored):
            await self._accounts.rehash(account.id, await self._passwords.hash(password))
        return await self._begin(account, "password", caller)

    async def by_wecom(self, userid: str, caller: Caller) -> SignedIn | Stranger:
        """``userid`` as the platform has just named it for a code of ours."""
        account = await self._accounts.by_wecom(userid)
        if account is None or account.disabled:
            await self._failed(account, caller, "wecom")
            return Stranger()
        return await self._begin(account, "wecom", caller)

    async def _begin(self, account: Account, way: Way, caller: Caller) -> SignedIn:
        token = await self._sessions.begin(
            account.id, way=way, address=caller.address, browser=caller.browser
        )
        await self._audit.record(
            Act(
                actor=account.login,
                act="session.begun",
                subject=f"account:{account.id}",
                details={"way": way},
                address=caller.address,
            )
        )
        return SignedIn(account=account, token=token)

    async def _failed(self, account: Account | None, caller: Caller, way: Way) -> None:
        """What was typed for a name that nobody has is not written down: it may be a password."""
        await self._audit.record(
            Act(
                actor="-" if account is None else account.login,
                act="session.refused",
                subject="" if account is None else f"account:{account.id}",
                details={"way": way, "known": account is not None},
                address=caller.address,
            )
        )
