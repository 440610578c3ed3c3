"""The second factor as the console uses it: the setting, the stored factors, and the count of wrong codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.accounts.account import Account
from console.accounts.attempts import AttemptBook
from console.accounts.store import Doer
from console.second_factor.rule import Asked, Needed, needed
from console.second_factor.store import Proof, SecondFactorStore
from console.sessions.session import Session
from console.settings import SecondFactorMode
from console.signing_in import Locked, Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """``mode`` and ``within_ms`` as the settings say."""

    mode: SecondFactorMode
    within_ms: int
    store: SecondFactorStore
    attempts: AttemptBook
    now: Callable[[], int]

    @property
    def is_on(self) -> bool:
        return self.mode != "off"

    async def needed(self, account: Account, session: Session, asked: Asked, *, carried: bool) -> Needed:
        """What has to happen before the act."""
        if not self.is_on:
            return Needed.NOTHING
        return needed(
            self.mode,
            enrolled=await self.store.of(account.id) is not None,
            asked=asked,
            answered_ms=session.answered_ms,
            now_ms=self.now(),
            within_ms=self.within_ms,
            carried=carried,
        )

    async def prove(
        self, account: Account, session: Session, code: str, *, by: Doer, purpose: str
    ) -> Proof | Wrong | Locked:
        """Wrong codes start waits as wrong passwords do, but are counted apart: signing in washes none of them away."""
        wait_ms = await self.attempts.begin(login=_subject(account), address=by.address)
        if wait_ms:
            return Locked(wait_ms=wait_ms)
        proof = await self.store.prove(account, code, session=session.key, by=by, purpose=purpose)
        if proof is None:
            return Wrong()
        await self.attempts.succeeded(login=_subject(account), address=by.address)
        return proof

    async def enrol(
        self, account: Account, session: Session, code: str, *, by: Doer
    ) -> tuple[str, ...] | Wrong | Locked:
        """The recovery codes, to be shown once."""
        wait_ms = await self.attempts.begin(login=_subject(account), address=by.address)
        if wait_ms:
            return Locked(wait_ms=wait_ms)
        codes = await self.store.enrol(account, code, session=session.key, by=by)
        if codes is None:
            return Wrong()
        await self.attempts.succeeded(login=_subject(account), address=by.address)
        return codes

    async def reset(self, account: Account, by: Doer) -> bool:
        """Somebody in charge lets this person begin anew. False: there was nothing to reset."""
        await self.attempts.forgive(_subject(account))
        return await self.store.remove(account, by)


def _subject(account: Account) -> str:
    """In capitals, which no login name has: nobody can use it up from the login page."""
    return f"SECOND FACTOR {account.login}"
