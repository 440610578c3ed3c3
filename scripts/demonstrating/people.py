"""The demo's people of the console, with passwords made anew at every start; agents among them, one for VIPs."""

from __future__ import annotations

from dataclasses import dataclass

from console.accounts.account import NewAccount
from console.accounts.passwords import make_temporary_password
from console.accounts.store import Doer
from console.ground import lay_ground
from console.permissions import Role
from console.settings import ConsoleSettings
from escalation.roster import Post, appoint, seats
from storage.database import Database

BY_DEMO = Doer(login="(demo)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    login: str
    name: str
    roles: frozenset[Role]
    wecom_userid: str | None = None

    @property
    def post(self) -> Post | None:
        """What they do at the desk; None: nothing."""
        if not self.roles & {Role.AGENT, Role.VIP_AGENT}:
            return None
        return Post(login=self.login, vip=Role.VIP_AGENT in self.roles)


PEOPLE = (
    Person(login="admin", name="禾叔", roles=frozenset({Role.ADMIN, Role.MANAGER})),
    Person(login="editor", name="小苗", roles=frozenset({Role.EDITOR})),
    Person(login="lin", name="小林", roles=frozenset({Role.AGENT, Role.VIP_AGENT})),
    Person(login="mei", name="小美", roles=frozenset({Role.AGENT}), wecom_userid="xiaomei"),
    Person(login="chen", name="陈主管", roles=frozenset({Role.SUPERVISOR})),
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
            new = NewAccount(
                login=person.login,
                name=person.name,
                roles=person.roles,
                password_hash=hashed,
                wecom_userid=person.wecom_userid,
            )
            await ground.accounts.add(new, BY_DEMO)
            await _appoint(database, person)
            continue
        await ground.accounts.set_password(account.id, hashed, by=BY_DEMO)
        await ground.attempts.forgive(account.login)
        if account.disabled:
            await ground.accounts.enable(account.id, BY_DEMO)
        await _appoint(database, person)
    return passwords


async def _appoint(database: Database, person: Person) -> None:
    """Once: what was changed at the console since stays."""
    if person.post is None:
        return
    async with database.writing() as connection:
        if person.login not in await seats(connection, real_ms=0):
            await appoint(connection, person.post)
