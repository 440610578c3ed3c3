"""Accounts, attempts and sessions on both databases, with several acting at once."""

from __future__ import annotations

import asyncio

import pytest

from console.accounts.account import Account, NewAccount
from console.accounts.attempts import AttemptBook
from console.accounts.store import AccountStore, AlreadyThere, Doer, LastAdmin
from console.audit.log import AuditLog, Wanted
from console.permissions import Role
from console.sessions.session import Lifetime, key_of
from console.sessions.store import Flash, SessionStore
from storage.database import Database

BY = Doer(login="test")
ADMIN = frozenset({Role.ADMIN})


@pytest.fixture
def accounts(database: Database) -> AccountStore:
    return AccountStore(database, AuditLog(database))


async def hire(accounts: AccountStore, login: str, wecom_userid: str | None = None) -> Account:
    new = NewAccount(login=login, name=login, roles=ADMIN, password_hash="h", wecom_userid=wecom_userid)
    return await accounts.add(new, BY)


async def test_of_two_with_one_name_one_is_added(database: Database, accounts: AccountStore) -> None:
    results = await asyncio.gather(*(hire(accounts, "lan") for _ in range(4)), return_exceptions=True)
    assert len([one for one in results if isinstance(one, Account)]) == 1
    assert len([one for one in results if isinstance(one, AlreadyThere)]) == 3
    assert len(await AuditLog(database).read(Wanted(act="person.added"), limit=9)) == 1
    assert (await AuditLog(database).verify()).problem == ""


async def test_two_admins_cannot_remove_each_other_at_once(accounts: AccountStore) -> None:
    people = [await hire(accounts, "lan"), await hire(accounts, "mei")]
    results = await asyncio.gather(*(accounts.disable(one.id, BY) for one in people), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["LastAdmin", "NoneType"]
    assert len([one for one in await accounts.all() if not one.disabled]) == 1


async def test_a_refused_change_leaves_nothing_behind(database: Database, accounts: AccountStore) -> None:
    lan = await hire(accounts, "lan")
    with pytest.raises(LastAdmin):
        await accounts.change(lan.id, name="x", roles=frozenset({Role.EDITOR}), wecom_userid=None, by=BY)
    assert await accounts.get(lan.id) == lan
    assert await AuditLog(database).read(Wanted(act="person.changed"), limit=9) == []


async def test_a_member_is_found_however_the_userid_is_written(accounts: AccountStore) -> None:
    lan = await hire(accounts, "lan", "LanLan")
    assert await accounts.by_wecom("lanlan") == lan
    assert await accounts.by_wecom("other") is None


async def test_many_attempts_at_once_are_all_counted(database: Database) -> None:
    book = AttemptBook(database, now=lambda: 1_000_000)
    waits = await asyncio.gather(*(book.begin(login="lan", address="1.1.1.1") for _ in range(12)))
    assert waits.count(0) == 5, "the fifth failure starts the first wait"
    await book.forgive("lan")
    assert await book.begin(login="lan", address="1.1.1.1") == 0


async def test_success_gives_an_address_back_only_its_own_attempt(database: Database) -> None:
    """Who has an account of their own cannot wash away the guesses at others'."""
    book = AttemptBook(database, now=lambda: 1_000_000)
    heard = 0
    while await book.begin(login=f"name{heard}", address="1.1.1.1") == 0:
        heard += 1
        if await book.begin(login="own", address="1.1.1.1") == 0:
            await book.succeeded(login="own", address="1.1.1.1")
        assert heard < 50
    assert heard == 21


async def test_sessions_say_a_word_once_and_end(database: Database, accounts: AccountStore) -> None:
    now = [1_000_000]
    sessions = SessionStore(database, Lifetime(whole_ms=10_000, idle_ms=4_000), now=lambda: now[0])
    lan = await hire(accounts, "lan")
    token = await sessions.begin(lan.id, way="password", address="a" * 99, browser="b" * 999)
    await sessions.say(key_of(token), Flash(text="好了"))
    found = await sessions.find(token)
    assert found is not None
    assert found.flashes == (Flash(text="好了"),)
    assert found.account.login == "lan"
    await sessions.said(found.session.key)
    now[0] += 3_000
    found = await sessions.find(token)
    assert found is not None
    assert found.flashes == ()
    now[0] += 3_000  # seen in between
    assert await sessions.find(token) is not None
    now[0] += 4_000
    assert await sessions.find(token) is None
    assert await sessions.of_account(lan.id) == []
    assert await sessions.find("another") is None
