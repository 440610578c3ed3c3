"""What a card is made of, by index: as quick with a million customers as with ten."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.customers.card import Card, Gathered, Standing, card_of
from console.customers.desk import CustomersDesk
from console.customers.talking import consents_of, talks_of
from console.customers.telling import Happened, HappenedLine, told
from customers.identity.identifier import Identifier
from customers.identity.known_as import LinkState, Name, known_as
from customers.identity.store import IdentityStore
from customers.profile.by_hand import tag_changes
from customers.profile.profile import Profile
from customers.profile.store import profiles_of
from customers.wecom_tags.store import TagStore
from storage.customers_schema import customer_profiles, events, identities

LATEST_EVENTS = 12


async def read_card(desk: CustomersDesk, customer_id: int) -> Card | None:
    """None when there is no such customer, or no more."""
    from_wecom = await TagStore(desk.database).from_people(customer_id)
    buyers = await desk.buyers()
    async with desk.database.reading() as connection:
        known = await known_as(connection, customer_id, desk.keys)
        if known is None:
            return None
        ids = [name.identity_id for name in known.names]
        profile = (await profiles_of(connection, [customer_id])).get(customer_id)
        return card_of(
            Gathered(
                known=known,
                profile=profile,
                changes=await tag_changes(connection, ids),
                from_wecom=from_wecom,
                standing=await _standing(connection, profile, buyers),
                happened=await _latest(connection, ids),
                consents=await consents_of(connection, _as_kept(known.names, desk.identities)),
                talks=await talks_of(connection, known.names),
                open_conflicts=sum(link.state is LinkState.CONFLICT for link in known.links),
            )
        )


async def now_part_of(connection: AsyncConnection, identity_id: int) -> int | None:
    """The customer that the identity belongs to: those who were joined with others keep their address."""
    query = select(identities.c.customer_id).where(identities.c.id == identity_id)
    found: int | None = (await connection.execute(query)).scalar_one_or_none()
    return found


def _as_kept(names: Sequence[Name], identities_: IdentityStore) -> list[Identifier]:
    """Phone numbers as their hash; those that cannot be read are left out."""
    keyed = [(name.kind, identities_.key(Identifier(name.kind, name.value))) for name in names if name.value]
    return [Identifier(kind, key) for kind, key in keyed if key is not None]


async def _standing(connection: AsyncConnection, profile: Profile | None, buyers: int) -> Standing | None:
    mine = None if profile is None else profile.behaviour.average_order_fen
    if mine is None:
        return None
    better = select(func.count()).select_from(customer_profiles)
    place = (
        await connection.execute(better.where(customer_profiles.c.average_order_fen > mine))
    ).scalar_one() + 1
    return Standing(place=place, buyers=max(buyers, place))


async def _latest(connection: AsyncConnection, ids: Sequence[int]) -> tuple[HappenedLine, ...]:
    """The newest first."""
    columns = events.c
    query = select(columns.source, columns.kind, columns.at_ms, columns.data).where(
        columns.identity_id.in_(ids)
    )
    rows = await connection.execute(
        query.order_by(columns.at_ms.desc(), columns.id.desc()).limit(LATEST_EVENTS)
    )
    return tuple(told(Happened(**row._asdict())) for row in rows)
