"""Second factors on both databases, with several using one code at once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from console.accounts.account import Account, NewAccount
from console.accounts.store import AccountStore, Doer
from console.audit.log import AuditLog, Wanted
from console.permissions import Role
from console.second_factor.keys import FactorKeys
from console.second_factor.store import BEGUN_FOR_MS, Proof, SecondFactorStore
from console.second_factor.totp import code_at, step_of
from console.sessions.session import Lifetime, key_of
from console.sessions.store import SessionStore
from storage.console_schema import console_recovery_codes, console_second_factors
from storage.database import Database

BY = Doer(login="lan", address="1.1.1.1")
KEYS = FactorKeys("k" * 32)


class Clock:
    ms = 1_700_000_000_000

    def __call__(self) -> int:
        return self.ms


class Person:
    """Lan, who is signed in, and her phone."""

    def __init__(self, database: Database, clock: Clock, account: Account, token: str) -> None:
        self.database = database
        self.clock = clock
        self.account = account
        self.token = token
        self.store = SecondFactorStore(database, AuditLog(database), KEYS, now=clock)
        self.secret = ""

    async def enrols(self) -> tuple[str, ...]:
        await self.store.begin(self.account.id)
        self.secret = await self.store.begun(self.account.id) or ""
        codes = await self.store.enrol(self.account, self.code(), session=key_of(self.token), by=BY)
        assert codes is not None
        return codes

    def code(self, later: int = 0) -> str:
        return code_at(self.secret, step_of(self.clock.ms) + later)

    async def proves(self, code: str) -> Proof | None:
        return await self.store.prove(
            self.account, code, session=key_of(self.token), by=BY, purpose="/people/7"
        )

    async def answered_ms(self) -> int | None:
        lifetime = Lifetime(whole_ms=10**9, idle_ms=10**9)
        found = await SessionStore(self.database, lifetime, now=self.clock).find(self.token)
        assert found is not None
        return found.session.answered_ms


@pytest.fixture
async def lan(database: Database) -> Person:
    clock = Clock()
    new = NewAccount(login="lan", name="lan", roles=frozenset({Role.ADMIN}), password_hash="h")
    account = await AccountStore(database, AuditLog(database), now=clock).add(new, BY)
    sessions = SessionStore(database, Lifetime(whole_ms=10**9, idle_ms=10**9), now=clock)
    token = await sessions.begin(account.id, way="password", address="a", browser="b")
    return Person(database, clock, account, token)


async def acts(database: Database) -> list[str]:
    entries = await AuditLog(database).read(Wanted(act="second_factor."), limit=99)
    return [entry.act.removeprefix("second_factor.") for entry in reversed(entries)]


async def test_of_many_who_send_one_code_at_once_one_is_heard(lan: Person) -> None:
    await lan.enrols()
    lan.clock.ms += 30_000
    proofs = await asyncio.gather(*(lan.proves(lan.code()) for _ in range(6)))
    assert sorted(map(str, proofs)) == ["None"] * 5 + ["code"]
    assert await lan.proves(lan.code()) is None, "replayed"
    assert await lan.proves(lan.code(-1)) is None, "older than the last one used"
    assert await lan.proves(lan.code(1)) is Proof.CODE
    assert sorted(await acts(lan.database)) == ["enrolled", "given", "given", *["refused"] * 7]
    assert (await AuditLog(lan.database).verify()).problem == ""


async def test_the_code_that_enrolled_opens_nothing_more(lan: Person) -> None:
    await lan.enrols()
    assert await lan.proves(lan.code()) is None


async def test_a_recovery_code_opens_once_also_for_many_at_once(lan: Person) -> None:
    codes = await lan.enrols()
    proofs = await asyncio.gather(*(lan.proves(codes[0]) for _ in range(5)))
    assert sorted(map(str, proofs)) == ["None"] * 4 + ["recovery"]
    factor = await lan.store.of(lan.account.id)
    assert factor is not None
    assert factor.codes_left == 9
    fresh = await lan.store.renew_codes(lan.account, BY)
    assert await lan.proves(codes[1]) is None
    assert await lan.proves(fresh[0].upper().replace("-", " ")) is Proof.RECOVERY


async def test_the_session_remembers_when_and_forgets_with_the_factor(lan: Person) -> None:
    assert await lan.answered_ms() is None
    codes = await lan.enrols()
    assert await lan.answered_ms() == lan.clock.ms
    lan.clock.ms += 60_000
    assert await lan.proves("000000" if lan.code() != "000000" else "000001") is None
    assert await lan.answered_ms() == lan.clock.ms - 60_000
    assert await lan.proves(lan.code()) is Proof.CODE
    assert await lan.answered_ms() == lan.clock.ms
    assert await lan.store.remove(lan.account, Doer(login="boss"))
    assert await lan.answered_ms() is None
    assert await lan.store.of(lan.account.id) is None
    assert await lan.proves(codes[0]) is None
    assert not await lan.store.remove(lan.account, BY)
    assert (await acts(lan.database)).count("reset") == 1


async def test_nothing_readable_is_stored(lan: Person) -> None:
    codes = await lan.enrols()
    async with lan.database.reading() as connection:
        factors = (await connection.execute(select(console_second_factors))).mappings().all()
        hashes = (await connection.execute(select(console_recovery_codes))).mappings().all()
    stored = f"{[*map(dict, factors)]} {[*map(dict, hashes)]}"
    assert len(hashes) == 10
    for told in (lan.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert told
        assert told not in stored
    other = SecondFactorStore(lan.database, AuditLog(lan.database), FactorKeys("j" * 32), now=lan.clock)
    for code in (lan.code(1), codes[0]):
        assert await other.prove(lan.account, code, session="", by=BY, purpose="") is None, "another key"


async def test_a_secret_not_taken_up_is_forgotten_and_one_taken_up_is_not_replaced(lan: Person) -> None:
    await lan.store.begin(lan.account.id)
    first = await lan.store.begun(lan.account.id)
    await asyncio.gather(*(lan.store.begin(lan.account.id) for _ in range(3)))
    lan.secret = await lan.store.begun(lan.account.id) or ""
    assert lan.secret not in ("", first)
    assert await lan.store.of(lan.account.id) is None
    lan.clock.ms += BEGUN_FOR_MS
    assert await lan.store.begun(lan.account.id) is None
    assert await lan.store.enrol(lan.account, lan.code(), session="", by=BY) is None
    await lan.enrols()
    await lan.store.begin(lan.account.id)
    lan.clock.ms += 60_000
    assert await lan.proves(lan.code()) is Proof.CODE


async def test_without_a_key_nobody_enrols_and_factors_can_still_be_removed(lan: Person) -> None:
    await lan.enrols()
    keyless = SecondFactorStore(lan.database, AuditLog(lan.database), None, now=lan.clock)
    assert await keyless.of(lan.account.id) is not None
    assert await keyless.prove(lan.account, lan.code(1), session="", by=BY, purpose="") is None
    assert await keyless.remove(lan.account, BY)
    await keyless.begin(lan.account.id)
    assert await keyless.begun(lan.account.id) is None
