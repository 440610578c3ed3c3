"""The demo's people of the console: an admin and an editor, with passwords made anew at every start."""

from __future__ import annotations

from dataclasses import dataclass

from console.accounts.account import NewAccount
from console.accounts.passwords import make_temporary_password
from console.accounts.store import Doer
from console.ground import lay_ground
from console.permissions import Role
from console.settings import ConsoleSettings
from storage.database import Database

BY_DEMO = Doer(login="(demo)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    login: str
    name: str
    roles: frozenset[Role]


PEOPLE = (
    Person(login="admin", name="禾叔", roles=frozenset({Role.ADMIN, Role.MANAGER})),
    Person(login="editor", name="小苗", roles=frozenset({Role.EDITOR, Role.AGENT})),
)


async def let_in(database: Database) -> dict[str, str]:
    """Makes sure of the accounts in a migrated database; returns the new password of each login."""
    ground = lay_ground(ConsoleSettings(), database)
    passwords: dict[str, str] = {}
    for person in PEOPLE:
        password = passwords[person.login] = make_temporary_password()
        hashed = await ground.passwords.hash(password)
        account = await ground.accounts.by_login(person.login)
        if account is None:
            new = NewAccount(login=person.login, name=person.name, roles=person.roles, password_hash=hashed)
            await ground.accounts.add(new, BY_DEMO)
            continue
        await ground.accounts.set_password(account.id, hashed, by=BY_DEMO)
        await ground.attempts.forgive(account.login)
        if account.disabled:
            await ground.accounts.enable(account.id, BY_DEMO)
    return passwords
