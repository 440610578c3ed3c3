"""What stood in WeCom when it was last looked at, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.wecom_tags.deciding import WecomTag
from storage.bulk import insert_rows, remove_matching
from storage.customers_schema import identities
from storage.customers_tags_schema import wecom_tag_looks, wecom_tags
from storage.database import Database

Seen = Mapping[str, frozenset[WecomTag]]
"""By userid of the member: the tags at that member's contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplesTag:
    """A tag that colleagues gave in WeCom. ``userids``: who of them shows it now. ``since_ms``: first seen."""

    tag: WecomTag
    userids: tuple[str, ...]
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """``by_rules``: the names that WeCom has since; None when they could not be brought there, or nobody knew them."""

    by_rules: Sequence[str] | None
    seen: Seen


class TagStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def from_people(self, customer_id: int) -> tuple[PeoplesTag, ...]:
        """By group and name, for all names that the customer is known by."""
        columns = wecom_tags.c
        query = (
            select(columns.tag_group, columns.tag, columns.userid, columns.since_ms)
            .join(identities, identities.c.id == columns.identity_id)
            .where(identities.c.customer_id == customer_id, columns.from_people == 1)
            .order_by(columns.tag_group, columns.tag, columns.userid)
        )
        found: dict[WecomTag, tuple[set[str], int]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(query):
                tag = WecomTag(row.tag_group, row.tag)
                userids, since = found.get(tag, (set(), row.since_ms))
                found[tag] = userids | {row.userid}, min(since, row.since_ms)
        return tuple(
            PeoplesTag(tag=tag, userids=tuple(sorted(userids)), since_ms=since)
            for tag, (userids, since) in sorted(found.items())
        )


async def seen_of(connection: AsyncConnection, identity_id: int) -> Seen:
    columns = wecom_tags.c
    query = select(columns.userid, columns.tag_group, columns.tag).where(columns.identity_id == identity_id)
    found: dict[str, set[WecomTag]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.userid, set()).add(WecomTag(row.tag_group, row.tag))
    return {userid: frozenset(tags) for userid, tags in found.items()}


async def write_look(
    connection: AsyncConnection, identity_id: int, look: Look, group: str, now_ms: int
) -> None:
    """``group``: the one of tags by rules. A tag that was seen before keeps its time."""
    before = await seen_of(connection, identity_id)
    names = None if look.by_rules is None else by_rules_text(look.by_rules)
    row = {
        "identity_id": identity_id,
        "by_rules": names,
        "followers": len(look.seen),
        "looked_ms": now_ms,
    }
    rest = tuple(name for name in row if name != "identity_id")
    await insert_rows(connection, wecom_tag_looks, [row], unique=("identity_id",), update=rest)
    here, there = _flat(look.seen), _flat(before)
    for userid, tag in sorted(there - here):
        columns = wecom_tags.c
        same = (columns.userid == userid, columns.tag_group == tag.group, columns.tag == tag.name)
        await connection.execute(delete(wecom_tags).where(columns.identity_id == identity_id, *same))
    rows = [
        {
            "identity_id": identity_id,
            "userid": userid,
            "tag_group": tag.group,
            "tag": tag.name,
            "from_people": int(tag.group != group),
            "since_ms": now_ms,
        }
        for userid, tag in sorted(here)
    ]
    key = ("identity_id", "userid", "tag_group", "tag")
    await insert_rows(connection, wecom_tags, rows, unique=key, update=("from_people",))


def by_rules_text(names: Collection[str]) -> str:
    """The same text for the same names."""
    return orjson.dumps(sorted(names)).decode()


async def forget(connection: AsyncConnection, identity_ids: Collection[int]) -> None:
    """Of somebody who is erased. What WeCom itself has stays there: its tags are the corp's to delete."""
    rows = [{"identity_id": each} for each in sorted(identity_ids)]
    await remove_matching(connection, wecom_tags, rows)
    await remove_matching(connection, wecom_tag_looks, rows)


def _flat(seen: Seen) -> set[tuple[str, WecomTag]]:
    return {(userid, tag) for userid, tags in seen.items() for tag in tags}
