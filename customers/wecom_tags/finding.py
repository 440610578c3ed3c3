"""Who has to be looked at in WeCom though it told nothing: tags by rules changed, tags were renamed, time passed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.identity.identifier import IdentifierKind
from customers.profile.store import profiles_of
from customers.wecom_tags.deciding import WecomTag, fitting
from customers.wecom_tags.port import TagList
from customers.wecom_tags.store import by_rules_text
from customers.wecom_tags.waiting import put
from storage.bulk import matching
from storage.conflicts import insert_or_ignore, insert_or_update
from storage.customers_schema import identities, population, tag_history
from storage.customers_tags_schema import wecom_tag_looks, wecom_tags

AGAIN_MS = 7 * 24 * 3_600_000
"""Contacts are looked at this often without any reason: events can be lost (WeCom 92130)."""
REST_MS = 3_600_000
"""Between two walks through all customers."""
HISTORY, _WALK = "wecom_tags_history", "wecom_tags_walk"
_CHANGES_AT_ONCE, _IDENTITIES_AT_ONCE, _TAGGED_AT_ONCE = 500, 1_000, 400


async def tags_changed(connection: AsyncConnection) -> bool:
    """Whether ``follow_history`` would find anything; it needs no writing."""
    newest = (await connection.execute(select(func.max(tag_history.c.id)))).scalar_one()
    cursor = (await connection.execute(select(population.c.data).where(population.c.key == HISTORY))).scalar()
    return newest is not None and newest > int(cursor or 0)


async def follow_history(connection: AsyncConnection, now_ms: int) -> int:
    """Puts those whose tags by rules changed to be looked at; returns how many changes it went through.

    The cursor moves in the caller's transaction. Rows of the history are written by one transaction at a time, so
    none comes to be seen behind the cursor.
    """
    cursor = await _hold(connection, HISTORY)
    if cursor is None:
        return 0
    columns = tag_history.c
    query = select(columns.id, columns.customer_id).where(columns.id > int(cursor.data or 0))
    changes = (await connection.execute(query.order_by(columns.id).limit(_CHANGES_AT_ONCE))).all()
    if changes:
        wanted = [{"customer_id": each} for each in sorted({row.customer_id for row in changes})]
        known = await matching(connection, identities, wanted, ("id", "kind", "key", "customer_id"))
        await _put_those_out_of_step(connection, known, now_ms)
        await _move(connection, HISTORY, str(changes[-1].id), now_ms)
    return len(changes)


async def walk_rests(connection: AsyncConnection, now_ms: int) -> bool:
    """Whether ``walk`` would find nothing; it needs no writing."""
    query = select(population.c.data, population.c.made_ms).where(population.c.key == _WALK)
    cursor = (await connection.execute(query)).one_or_none()
    return cursor is not None and not cursor.data and now_ms < cursor.made_ms + REST_MS


async def walk(connection: AsyncConnection, now_ms: int) -> int:
    """Goes on through all customers, after which it rests for an hour; returns how many identities it went through.

    It finds those whose tags were moved from one customer to another by a link, whom WeCom refused, who were judged
    later than they were looked at, and of whom an event may have been lost.
    """
    cursor = await _hold(connection, _WALK)
    if cursor is None or (not cursor.data and now_ms < cursor.made_ms + REST_MS):
        return 0
    columns = (identities.c.id, identities.c.kind, identities.c.key, identities.c.customer_id)
    query = select(*columns).where(identities.c.id > int(cursor.data or 0)).order_by(identities.c.id)
    rows = (await connection.execute(query.limit(_IDENTITIES_AT_ONCE))).all()
    await _put_those_out_of_step(connection, rows, now_ms, looked_before_ms=now_ms - AGAIN_MS)
    at_the_end = len(rows) < _IDENTITIES_AT_ONCE
    await _move(connection, _WALK, "" if at_the_end else str(rows[-1].id), now_ms)
    return len(rows)


async def forget_vanished(connection: AsyncConnection, listed: TagList, now_ms: int) -> WecomTag | None:
    """Forgets a tag that stood somewhere and is in the list no more, and puts those who had it to be looked at.

    None: there is no such tag. Else call again: it was forgotten for some hundred customers only.
    """
    columns = wecom_tags.c
    tags = (await connection.execute(select(columns.tag_group, columns.tag).distinct())).all()
    gone = next((tag for row in tags if (tag := WecomTag(row.tag_group, row.tag)) not in listed), None)
    if gone is None:
        return None
    same = (columns.tag_group == gone.group, columns.tag == gone.name)
    query = select(columns.identity_id).where(*same).distinct().limit(_TAGGED_AT_ONCE)
    having = (await connection.execute(query)).scalars().all()
    await connection.execute(delete(wecom_tags).where(*same, columns.identity_id.in_(having)))
    names = await matching(connection, identities, [{"id": each} for each in having], ("key",))
    await put(connection, [row.key for row in names], now_ms)
    return gone


async def _put_those_out_of_step(
    connection: AsyncConnection,
    rows: Sequence[Any],
    now_ms: int,
    *,
    looked_before_ms: int | None = None,
) -> None:
    """``rows``: of identities, with id, kind, key and customer_id.

    Those who have no profile yet are left to the change that comes with it.
    """
    mine = [row for row in rows if row.kind == IdentifierKind.EXTERNAL_USERID.value]
    profiles = await profiles_of(connection, {row.customer_id for row in mine})
    wanted = [{"identity_id": row.id} for row in mine]
    columns = ("identity_id", "by_rules", "followers", "looked_ms")
    looks = {row.identity_id: row for row in await matching(connection, wecom_tag_looks, wanted, columns)}
    found = []
    for row in mine:
        profile, look = profiles.get(row.customer_id), looks.get(row.id)
        if profile is None:
            continue
        names = by_rules_text(fitting([tag.name for tag in profile.tags]))
        differs = names != (by_rules_text(()) if look is None else look.by_rules)
        old = look is not None and look.followers and look.looked_ms < (looked_before_ms or 0)
        if differs or old:
            found.append(row.key)
    await put(connection, found, now_ms)


async def _hold(connection: AsyncConnection, key: str) -> Any:
    """The cursor (``data``, ``made_ms``), for this transaction alone; None when another has it."""
    row = {"key": key, "data": "", "made_ms": 0}
    await connection.execute(insert_or_ignore(connection, population, "key"), row)
    query = select(population.c.data, population.c.made_ms).where(population.c.key == key)
    return (await connection.execute(query.with_for_update(skip_locked=True))).one_or_none()


async def _move(connection: AsyncConnection, key: str, cursor: str, now_ms: int) -> None:
    row = {"key": key, "data": cursor, "made_ms": now_ms}
    await connection.execute(insert_or_update(connection, population, ("key",), ("data", "made_ms")), row)
