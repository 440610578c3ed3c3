"""Erases a person: everything in one transaction, table after table in the order of ``holdings``.

Files go before the rows that name them, and the commit comes last. Whoever dies in between leaves a person who can be
found, and erased by doing it again.

What stays: transactions for three years (电子商务法, article 31) without anything that leads to the person; that they
wanted no advertising, under names that nobody can read (广告法, article 43: that goes on being honoured, and the person
may come back under the same name); and, where colleagues' acts are kept, that somebody was erased.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.identity.identifier import Identifier
from customers.identity.store import hold_links
from customers.profile.profiler import wait_to_hold
from customers.rights.anonymising import ANONYMISING
from customers.rights.holdings import HOLDINGS, Fate
from customers.rights.numbers import keep_numbers
from customers.rights.person import Person, find_person
from storage.customers_schema import events, events_waiting
from storage.database import Database
from storage.schema import media


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """``rows``: by table, how many were deleted or lost the person; ``files``: how many were deleted."""

    customer_id: int | None
    rows: Mapping[str, int]
    files: int


Witness = Callable[[AsyncConnection, Erased], Awaitable[None]]
"""Writes down that it was done, in the same transaction."""


class Eraser:
    def __init__(self, database: Database, media_folder: Path) -> None:
        self._database = database
        self._media = media_folder

    async def erase(self, who: Identifier | int, now: datetime, witness: Witness) -> Erased | None:
        """``who``: as for ``find_person``. None: nothing is kept of them, or no more. Raises OSError for files.

        Waits for whoever works on profiles or links, who then wait for this.
        """
        async with self._database.writing() as connection:
            await wait_to_hold(connection)
            person = await find_person(connection, who, lock=True)
            if person is None:
                return None
            await hold_links(connection)
            if self._database.is_sqlite:
                # Overwrites what is deleted; else it stays in the file until its place is needed.
                await connection.execute(text("PRAGMA secure_delete = ON"))
            names = await _files(connection, person)
            await asyncio.to_thread(self._remove, names)
            rows = Counter[str]()
            for holding in HOLDINGS:
                name = holding.table.name
                if holding.fate is Fate.ANONYMISED:
                    rows[name] += await ANONYMISING[name](connection, holding, person, now)
                else:
                    mine = delete(holding.table).where(holding.mine(person))
                    rows[name] += (await connection.execute(mine)).rowcount
            await keep_numbers(connection, person)
            done = Erased(
                customer_id=person.customer_id,
                rows={name: count for name, count in rows.items() if count},
                files=len(names),
            )
            await witness(connection, done)
        await self._remove_late(person)
        return done

    def _remove(self, names: Sequence[str]) -> None:
        for name in names:
            (self._media / name).unlink(missing_ok=True)

    async def _remove_late(self, person: Person) -> None:
        """Events that somebody was writing meanwhile, who had found the identities before they went."""
        if self._database.is_sqlite:
            return
        async with self._database.writing() as connection:
            await connection.execute(text("LOCK TABLE customer_events IN SHARE MODE"))
            for table in (events_waiting, events):
                late = table.c.identity_id.in_(person.identity_ids)
                await connection.execute(delete(table).where(late))


async def _files(connection: AsyncConnection, person: Person) -> Sequence[str]:
    """Those of the person that nobody else sent as well: they are kept by their content."""
    mine = media.c.conversation_id.in_(person.conversations)
    theirs = select(media.c.file).where(media.c.file.is_not(None), ~mine)
    query = (
        select(media.c.file).where(media.c.file.is_not(None), mine, media.c.file.not_in(theirs)).distinct()
    )
    return (await connection.execute(query)).scalars().all()
