"""Profiles in SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.identity.identifier import Identifier
from customers.identity.store import IdentityStore
from customers.profile.profile import Profile, Tag
from customers.profile.stored import profile_of, row_of, tags_in
from storage.bulk import insert_rows, matching, remove_matching
from storage.customers_schema import customer_profiles, identities, tag_history
from storage.database import Database

_COLUMNS = ("customer_id", "data", "rfm", "ltv_fen", "ltv_low_fen", "ltv_high_fen", "alive")


class ProfileStore:
    def __init__(self, database: Database, identities_: IdentityStore) -> None:
        self._database = database
        self._identities = identities_

    async def of(self, identifier: Identifier) -> Profile | None:
        """The profile of whom it names: one query. None for nobody, or somebody who has not been judged yet."""
        key = self._identities.key(identifier)
        if key is None:
            return None
        columns = [customer_profiles.c[name] for name in _COLUMNS]
        own = identities.c.customer_id == customer_profiles.c.customer_id
        named = (identities.c.kind == identifier.kind.value) & (identities.c.key == key)
        query = select(*columns).join(identities, own).where(named)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else profile_of(dict(row))

    async def get(self, customer_id: int) -> Profile | None:
        async with self._database.reading() as connection:
            found = await profiles_of(connection, [customer_id])
        return found.get(customer_id)


async def profiles_of(connection: AsyncConnection, customer_ids: Collection[int]) -> dict[int, Profile]:
    """By customer; nothing for those that have none."""
    wanted = [{"customer_id": each} for each in sorted(customer_ids)]
    rows = await matching(connection, customer_profiles, wanted, _COLUMNS)
    return {row.customer_id: profile_of(row._asdict()) for row in rows}


async def write_profiles(connection: AsyncConnection, profiles: Sequence[Profile], now_ms: int) -> None:
    """In the caller's transaction, with a line in the history for every tag that came or went.

    What the last fit says of a customer stays.
    """
    wanted = [{"customer_id": each.customer_id} for each in profiles]
    kept = await matching(connection, customer_profiles, wanted, ("customer_id", "data"))
    before = {row.customer_id: tags_in(row.data) for row in kept}
    rows = [row_of(each, now_ms) for each in sorted(profiles, key=lambda each: each.customer_id)]
    if rows:
        update = tuple(name for name in rows[0] if name != "customer_id")
        await insert_rows(connection, customer_profiles, rows, unique=("customer_id",), update=update)
    changes = [
        {
            "customer_id": each.customer_id,
            "tag": tag,
            "given": int(given),
            "reason": reason,
            "at_ms": now_ms,
        }
        for each in profiles
        for tag, given, reason in _changes(before.get(each.customer_id, ()), each.tags)
    ]
    await insert_rows(connection, tag_history, changes)


async def remove_profiles(connection: AsyncConnection, customer_ids: Collection[int]) -> None:
    """Of customers who are no more."""
    await remove_matching(connection, customer_profiles, [{"customer_id": each} for each in customer_ids])


def _changes(before: Sequence[Tag], after: Sequence[Tag]) -> list[tuple[str, bool, str]]:
    had = {tag.name: tag.reason for tag in before}
    has = {tag.name: tag.reason for tag in after}
    given = [(name, True, reason) for name, reason in has.items() if name not in had]
    taken = [(name, False, reason) for name, reason in had.items() if name not in has]
    return given + taken
