"""The mirror of customer groups in SQL: events applied in order, groups read again where one is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.wecom.roster import GroupChange, GroupMember, MemberKind, Roster, apply
from storage.conflicts import insert_or_ignore
from storage.database import Database
from storage.groups_schema import customer_groups as table
from storage.groups_schema import is_stale
from storage.times import now_ms


class GroupStore:
    """Customer groups by chat id. Every method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, chat_id: str) -> None:
        """A group that we have heard of, to be read; one that is known stays as it is."""
        async with self._database.writing() as connection:
            await connection.execute(insert_or_ignore(connection, table, "chat_id"), {"chat_id": chat_id})

    async def apply(self, change: GroupChange) -> bool:
        """Applies an event; True when the group must be read again (``to_read`` will name it).

        An event that comes twice changes nothing.
        """
        async with self._database.writing() as connection:
            await connection.execute(
                insert_or_ignore(connection, table, "chat_id"), {"chat_id": change.chat_id}
            )
            held = select(table).where(table.c.chat_id == change.chat_id).with_for_update()
            row = (await connection.execute(held)).mappings().one()
            mirrored = apply(_from_row(row), change)
            stale = bool(row["stale"]) or mirrored.reread
            values = {
                **_to_row(mirrored.roster),
                "stale": int(stale and not mirrored.roster.dismissed),
                "changes": row["changes"] + 1,
            }
            await connection.execute(update(table).where(table.c.chat_id == change.chat_id).values(values))
        return mirrored.reread

    async def to_read(self, limit: int) -> tuple[tuple[str, int], ...]:
        """Groups that must be read again, with the count of their events: give it back to ``save``."""
        query = select(table.c.chat_id, table.c.changes).where(is_stale())
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(table.c.chat_id).limit(limit))
            return tuple((row.chat_id, row.changes) for row in rows)

    async def save(self, roster: Roster, changes: int) -> bool:
        """What a reading brought, unless events came since it began (``changes`` has grown): then False, read again."""
        row = {**_to_row(roster), "read_ms": now_ms(), "stale": 0}
        current = and_(table.c.chat_id == roster.chat_id, table.c.changes == changes)
        async with self._database.writing() as connection:
            await connection.execute(
                insert_or_ignore(connection, table, "chat_id"), {"chat_id": roster.chat_id}
            )
            saved = await connection.execute(update(table).where(current).values(**row))
        return bool(saved.rowcount)

    async def gone(self, chat_id: str) -> None:
        """The platform knows the group no more (its dismissal may have been lost)."""
        async with self._database.writing() as connection:
            mine = table.c.chat_id == chat_id
            await connection.execute(update(table).where(mine).values(dismissed=1, stale=0))

    async def get(self, chat_id: str) -> Roster | None:
        async with self._database.reading() as connection:
            return await _one(connection, chat_id)

    async def of_owner(self, owner: str) -> tuple[Roster, ...]:
        """The living groups of a member, by name."""
        query = select(table).where(table.c.owner == owner, table.c.dismissed == 0)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(table.c.name, table.c.chat_id))
            return tuple(_from_row(row) for row in rows.mappings())


async def _one(connection: AsyncConnection, chat_id: str) -> Roster | None:
    row = (await connection.execute(select(table).where(table.c.chat_id == chat_id))).mappings().first()
    return None if row is None else _from_row(row)


def _to_row(roster: Roster) -> dict[str, Any]:
    details = {
        "notice": roster.notice,
        "created_at": roster.created_at,
        "members": [asdict(member) for member in roster.members],
        "admins": list(roster.admins),
    }
    return {
        "name": roster.name[:200],
        "owner": roster.owner[:80],
        "roster": json.dumps(details, ensure_ascii=False),
        "version": roster.version[:120],
        "dismissed": int(roster.dismissed),
    }


def _from_row(row: Mapping[Any, Any]) -> Roster:
    details = json.loads(row["roster"])
    return Roster(
        chat_id=row["chat_id"],
        name=row["name"],
        owner=row["owner"],
        notice=details.get("notice", ""),
        created_at=details.get("created_at", 0),
        version=row["version"],
        members=tuple(_member(one) for one in details.get("members", ())),
        admins=tuple(details.get("admins", ())),
        dismissed=bool(row["dismissed"]),
    )


def _member(stored: Mapping[str, Any]) -> GroupMember:
    return GroupMember(**{**stored, "kind": MemberKind(stored["kind"])})
