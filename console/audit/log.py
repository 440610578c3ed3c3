"""The log in SQL: appending inside the caller's transaction, reading with filters, verifying the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.audit.chain import Act, Entry, Verdict, next_entry, verify
from storage.console_schema import console_audit as table
from storage.database import Database
from storage.times import now_ms

log = structlog.get_logger()

_LOCK = 0x78_61_75_64  # any constant but that of the migrations: "xaud"
_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries to show; None means any. ``act`` is a word or its beginning such as ``person.``; times in ms."""

    actor: str | None = None
    act: str | None = None
    from_ms: int | None = None
    until_ms: int | None = None
    below_seq: int | None = None


class AuditLog:
    def __init__(self, database: Database, *, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._now = now

    async def append(self, connection: AsyncConnection, act: Act) -> Entry:
        """Writes the act in the caller's transaction, so that deed and record are kept or lost together.

        Others who append wait until that transaction ends: do it last. Raises TypeError for details that are no JSON.
        """
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        last = (await connection.execute(select(table).order_by(table.c.seq.desc()).limit(1))).one_or_none()
        entry = next_entry(act, before=None if last is None else _entry(last._mapping), at_ms=self._now())
        await connection.execute(insert(table).values(**asdict(entry)))
        # A copy of the end of the chain outside the database shows when entries are cut off there.
        log.info("console.act", act=entry.act, seq=entry.seq, hash=entry.hash)
        return entry

    async def record(self, act: Act) -> Entry:
        """Writes the act in a transaction of its own."""
        async with self._database.writing() as connection:
            return await self.append(connection, act)

    async def read(self, wanted: Wanted, *, limit: int) -> list[Entry]:
        """At most ``limit`` entries, the newest first."""
        query = select(table)
        if wanted.actor is not None:
            query = query.where(table.c.actor == wanted.actor)
        if wanted.act is not None:
            query = query.where(table.c.act.startswith(wanted.act, autoescape=True))
        if wanted.from_ms is not None:
            query = query.where(table.c.at_ms >= wanted.from_ms)
        if wanted.until_ms is not None:
            query = query.where(table.c.at_ms < wanted.until_ms)
        if wanted.below_seq is not None:
            query = query.where(table.c.seq < wanted.below_seq)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(table.c.seq.desc()).limit(limit))
            return [_entry(row) for row in rows.mappings()]

    async def get(self, seq: int) -> Entry | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(table).where(table.c.seq == seq))).mappings().one_or_none()
        return None if row is None else _entry(row)

    async def verify(self) -> Verdict:
        """Reads the whole log, a thousand entries at a time."""
        verdict = Verdict(entries=0)
        while True:
            query = select(table).where(table.c.seq > verdict.entries).order_by(table.c.seq).limit(_PAGE)
            async with self._database.reading() as connection:
                page = [_entry(row) for row in (await connection.execute(query)).mappings()]
            verdict = verify(page, begin=verdict)
            if verdict.problem or len(page) < _PAGE:
                return verdict


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**{column.name: row[column.name] for column in table.columns})
