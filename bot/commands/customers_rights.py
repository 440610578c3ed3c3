"""``customers requests``, ``export`` and ``erase``: what a customer may ask for, done by somebody of the shop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import load_settings
from bot.settings import secret_text
from console.audit.chain import Act
from console.audit.log import AuditLog
from customers.identity.identifier import Identifier
from customers.identity.keys import CustomerKeys
from customers.identity.store import IdentityStore
from customers.rights.erasing import Erased, Eraser
from customers.rights.exporting import Copy, copy_of, write_copy
from customers.rights.names import name_of_conversation
from customers.rights.person import Person, find_person
from customers.rights.requests import Request, open_requests
from knowledge_base.editing.drafts import DraftFolder
from storage.database import Database
from storage.migrate import migrate
from storage.questions_schema import questions
from storage.schema import cases

ACTOR = "(command)"
_T = TypeVar("_T")


class NotKept(Exception):
    """A phone number, without the key that it would be matched by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOf:
    """The customer whose case this is, as the card in 企业微信 and the desk name it."""

    key: str


Who = Identifier | CaseOf | int


def export(config: Path | None, who: Who, file: Path) -> tuple[Copy, int] | None:
    """The copy and how many files came with it; None: nobody. Raises OSError, NotKept."""

    async def work(ground: _Ground) -> tuple[Copy, int] | None:
        async with ground.database.reading() as connection:
            found = await ground.found(connection, who)
            copy = None if found is None else await copy_of(connection, found, ground.keys, _now())
        if copy is None:
            return None
        # Written down before anybody can read the copy: it must not be had without a trace.
        details = {"rows": sum(copy.rows.values()), "files": len(copy.files)}
        await ground.audit.record(_act("customer.exported", copy.customer_id, details))
        return copy, await asyncio.to_thread(write_copy, copy, file, ground.media)

    return _with_ground(config, work)


def erase(config: Path | None, who: Who) -> tuple[Erased, Sequence[str]] | None:
    """What was done, and the ids of drafts that hold words of the customer; None: nobody. Raises OSError, NotKept."""

    async def work(ground: _Ground) -> tuple[Erased, Sequence[str]] | None:
        async def witness(connection: AsyncConnection, done: Erased) -> None:
            details = {"rows": sum(done.rows.values()), "files": done.files}
            await ground.audit.append(connection, _act("customer.erased", done.customer_id, details))

        async with ground.database.reading() as connection:
            found = await ground.found(connection, who)
            person = None if found is None else await find_person(connection, found)
            asked = set() if person is None else await _questions(connection, person)
        if found is None:
            return None
        done = await Eraser(ground.database, ground.media).erase(found, _now(), witness)
        return None if done is None else (done, await asyncio.to_thread(drafts_with, ground.drafts, asked))

    return _with_ground(config, work)


def requests(config: Path | None) -> list[Request]:
    async def work(ground: _Ground) -> list[Request]:
        async with ground.database.reading() as connection:
            return await open_requests(connection)

    return _with_ground(config, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    database: Database
    identities: IdentityStore
    keys: CustomerKeys | None
    media: Path
    drafts: DraftFolder
    audit: AuditLog

    async def found(self, connection: AsyncConnection, who: Who) -> Identifier | int | None:
        """As the tables name them. Raises NotKept."""
        if isinstance(who, CaseOf):
            query = select(cases.c.conversation_id).where(cases.c.key == who.key)
            conversation_id = (await connection.execute(query)).scalar_one_or_none()
            return None if conversation_id is None else name_of_conversation(conversation_id)
        if isinstance(who, Identifier):
            key = self.identities.key(who)
            if key is None:
                raise NotKept
            return Identifier(who.kind, key)
        return who


async def _questions(connection: AsyncConnection, person: Person) -> set[str]:
    query = select(questions.c.text).where(questions.c.conversation_id.in_(person.conversations))
    return set((await connection.execute(query)).scalars())


def drafts_with(drafts: DraftFolder, asked: Collection[str]) -> list[str]:
    """Ids of those that hold one of the questions as it was asked."""
    return sorted(draft.id for draft in drafts.all() if not _texts(draft.fields).isdisjoint(asked))


def _texts(value: object) -> set[str]:
    match value:
        case str():
            return {value}
        case Mapping():
            return {text for each in value.values() for text in _texts(each)}
        case list() | tuple():
            return {text for each in value for text in _texts(each)}
        case _:
            return set()


def _act(name: str, customer_id: int | None, details: Mapping[str, object]) -> Act:
    return Act(actor=ACTOR, act=name, subject=f"customer:{customer_id or '?'}", details=details)


def _with_ground(config: Path | None, work: Callable[[_Ground], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        settings = load_settings(config)
        database = Database(settings.database)
        try:
            await migrate(database)
            key = secret_text(settings.customers.key)
            keys = CustomerKeys(key) if key else None
            ground = _Ground(
                database=database,
                identities=IdentityStore(keys),
                keys=keys,
                media=settings.media.path,
                drafts=DraftFolder(settings.knowledge_base.path),
                audit=AuditLog(database),
            )
            return await work(ground)
        finally:
            await database.close()

    return asyncio.run(run())


def _now() -> datetime:
    return datetime.now(UTC)
