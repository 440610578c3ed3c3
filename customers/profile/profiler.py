"""Keeps profiles in step with what is known: adds up waiting events, judges their customers, moves the value line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.activity import Activity, day_of
from customers.population import VALUE_LINE, WALK, keep, kept
from customers.profile.adding_up import activities_of, add_up
from customers.profile.evaluating import Judge
from customers.profile.population import Population, line_place
from customers.profile.store import remove_profiles, write_profiles
from customers.settings import CustomerSettings
from customers.waiting import put_waiting
from storage.bulk import matching, remove_matching
from storage.conflicts import insert_or_ignore
from storage.customers_schema import (
    customer_profiles,
    customers_waiting,
    events_waiting,
    identities,
    population,
)
from storage.database import Database
from storage.times import to_ms

_AT_ONCE = 400
"""Customers of one transaction: some hundredths of a second, in which turns wait."""
_WALKED = 50
_EVENTS_LOOKED_AT = 2_000
_LOCK = "profiler_lock"


class Profiler:
    """One at a time works, whichever process it is in; the others find nothing to do."""

    def __init__(self, database: Database, settings: CustomerSettings) -> None:
        """Raises ConfigError for a tag by a rule that cannot be."""
        self._database = database
        self._settings = settings
        self._judge = Judge(settings)

    async def round(self, now: datetime) -> int:
        """Judges some of those who are due anew; returns how many there were. 0: nobody is due, or another works."""
        now_ms = to_ms(now)
        async with self._database.reading() as connection:
            if not await _anybody_due(connection, now_ms):
                return 0
        async with self._database.writing() as connection:
            if not await hold(connection):
                return 0
            changed = await _due_identities(connection, now_ms)
            named = await _due_customers(connection, now_ms)
            await add_up(connection, changed)
            known = await matching(
                connection, identities, _ids("id", {*changed, *named}), ("id", "customer_id")
            )
            customers = {row.customer_id for row in known}
            await self.judge(connection, customers, now)
            await remove_profiles(connection, set(named) - customers)
        return len(customers) + len(set(named) - customers)

    async def walk(self, now: datetime) -> int:
        """Judges some of those again who have not been today (Beijing): orders get old, and nobody tells so.

        Returns how many there were; 0: everybody has been, or another works.
        """
        today = day_of(to_ms(now))
        async with self._database.reading() as connection:
            if await _walked(connection) == (today, None):
                return 0
        async with self._database.writing() as connection:
            if not await hold(connection):
                return 0
            day, last = await _walked(connection)
            after = (last or 0) if day == today else 0
            columns = customer_profiles.c
            query = select(columns.customer_id).where(columns.customer_id > after)
            found = (
                (await connection.execute(query.order_by(columns.customer_id).limit(_WALKED))).scalars().all()
            )
            await self.judge(connection, found, now)
            cursor = f"{today}:{found[-1]}" if found else f"{today}:"
            await keep(connection, WALK, cursor, now)
        return len(found)

    async def judge(
        self,
        connection: AsyncConnection,
        customer_ids: Collection[int],
        now: datetime,
        read: Mapping[int, Activity] | None = None,
    ) -> None:
        """Makes the profiles of these customers anew, of all that has been added up.

        ``read``: activities that need not be read once more, by identity.
        """
        activities = await _activities(connection, customer_ids, read or {})
        known = await known_population(connection)
        profiles = [
            self._judge.profile(each, activities.get(each, Activity()), known, now)
            for each in sorted(customer_ids)
        ]
        await write_profiles(connection, profiles, to_ms(now))

    async def move_line(self, now: datetime) -> bool:
        """Finds the line of the top share of buyers again, exactly; those whom it passed are judged again.

        True when it moved.
        """
        share = self._settings.segments.top_share
        async with self._database.writing() as connection:
            if not await hold(connection):
                return False
            before = (await known_population(connection)).value_line_fen
            line = await _line(connection, share)
            if line == before:
                return False
            await put_waiting(connection, await self._passed_by(connection, before, line), to_ms(now))
            await keep(connection, VALUE_LINE, "" if line is None else str(line), now)
        return True

    async def _passed_by(
        self, connection: AsyncConnection, before: int | None, line: int | None
    ) -> Sequence[int]:
        """Customers between the two lines who could be of high value otherwise. No line: nobody reaches it."""
        columns, rules = customer_profiles.c, self._settings.segments
        lines = sorted(each for each in (before, line) if each is not None)
        between = [columns.average_order_fen >= lines[0]]
        if len(lines) > 1:
            between.append(columns.average_order_fen < lines[1])
        enough = (columns.orders >= rules.repeat_orders, columns.shares >= rules.own_shares)
        query = select(columns.customer_id).where(*between, *enough)
        return (await connection.execute(query)).scalars().all()


async def hold(connection: AsyncConnection) -> bool:
    """Makes the caller's transaction the only one that writes activities and profiles; False when another is."""
    row = {"key": _LOCK, "data": "", "made_ms": 0}
    await connection.execute(insert_or_ignore(connection, population, "key"), row)
    mine = select(population.c.key).where(population.c.key == _LOCK).with_for_update(skip_locked=True)
    return (await connection.execute(mine)).one_or_none() is not None


async def wait_to_hold(connection: AsyncConnection) -> None:
    """Like ``hold``, after whoever works now."""
    row = {"key": _LOCK, "data": "", "made_ms": 0}
    await connection.execute(insert_or_ignore(connection, population, "key"), row)
    await connection.execute(select(population.c.key).where(population.c.key == _LOCK).with_for_update())


async def _walked(connection: AsyncConnection) -> tuple[int, int | None]:
    """The day of the last walk, and the last customer that it has come to; None: the end."""
    day, _, last = (await kept(connection, WALK) or "0:").partition(":")
    return int(day), int(last) if last else None


async def known_population(connection: AsyncConnection) -> Population:
    line = await kept(connection, VALUE_LINE)
    return Population(value_line_fen=int(line) if line else None)


async def _anybody_due(connection: AsyncConnection, now_ms: int) -> bool:
    events = select(events_waiting.c.event_row).where(events_waiting.c.due_ms <= now_ms).limit(1)
    customers = select(customers_waiting.c.customer_id).where(customers_waiting.c.due_ms <= now_ms).limit(1)
    return (await connection.execute(events)).first() is not None or (
        await connection.execute(customers)
    ).first() is not None


async def _due_identities(connection: AsyncConnection, now_ms: int) -> set[int]:
    """Those whose events are due longest."""
    columns = events_waiting.c
    query = select(columns.identity_id).where(columns.due_ms <= now_ms)
    found = await connection.execute(query.order_by(columns.due_ms).limit(_EVENTS_LOOKED_AT))
    return set(list(dict.fromkeys(found.scalars()))[:_AT_ONCE])


async def _due_customers(connection: AsyncConnection, now_ms: int) -> set[int]:
    columns = customers_waiting.c
    query = select(columns.customer_id).where(columns.due_ms <= now_ms)
    found = set((await connection.execute(query.order_by(columns.due_ms).limit(_AT_ONCE))).scalars())
    await remove_matching(connection, customers_waiting, _ids("customer_id", found))
    return found


async def _activities(
    connection: AsyncConnection, customer_ids: Collection[int], read: Mapping[int, Activity]
) -> dict[int, Activity]:
    """By customer: what all their identities did together."""
    members = await matching(connection, identities, _ids("customer_id", customer_ids), ("id", "customer_id"))
    done = {**read, **await activities_of(connection, {row.id for row in members} - read.keys())}
    together: dict[int, Activity] = {}
    for row in members:
        if row.id in done:
            before = together.get(row.customer_id)
            together[row.customer_id] = done[row.id] if before is None else before.merged(done[row.id])
    return together


async def _line(connection: AsyncConnection, share: float) -> int | None:
    average = customer_profiles.c.average_order_fen
    buyers = (await connection.execute(select(func.count(average)))).scalar_one()
    if not buyers:
        return None
    falling = select(average).where(average.is_not(None)).order_by(average.desc())
    place = line_place(buyers, share)
    line: int = (await connection.execute(falling.offset(place).limit(1))).scalar_one()
    return line


def _ids(column: str, values: Collection[int]) -> list[dict[str, int]]:
    return [{column: value} for value in sorted(values)]
