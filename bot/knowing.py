"""The parts that know customers, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.seen_events import MallIdOf, no_scene_is_signed
from bot.settings import secret_text
from conversations.address import Address
from conversations.clock import Clock
from customers.events.event import CustomerEvent
from customers.events.intake import EventIntake
from customers.identity.identifier import of_address
from customers.identity.keys import CustomerKeys
from customers.identity.scene import SceneSigner
from customers.identity.store import IdentityStore
from customers.profile.profile import Profile
from customers.profile.store import ProfileStore
from customers.settings import CustomerSettings
from storage.database import Database
from storage.times import to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCustomers:
    clock: Clock
    identities: IdentityStore
    intake: EventIntake
    profiles: ProfileStore
    mall_id_of: MallIdOf

    async def profile_of(self, address: Address) -> Profile | None:
        identifier = of_address(address)
        return None if identifier is None else await self.profiles.of(identifier)

    async def take(self, connection: AsyncConnection, events: Sequence[CustomerEvent]) -> None:
        """What Xiaoer saw itself, in the transaction of the turns that saw it."""
        await self.intake.take(connection, events, to_ms(self.clock.now()))


def known_customers(settings: CustomerSettings, database: Database, clock: Clock) -> KnownCustomers:
    """Raises ConfigError for a key that is too short."""
    key = secret_text(settings.key)
    identities = IdentityStore(CustomerKeys(key) if key else None)
    return KnownCustomers(
        clock=clock,
        identities=identities,
        intake=EventIntake(identities),
        profiles=ProfileStore(database, identities),
        mall_id_of=_mall_ids(secret_text(settings.scene_secret), clock),
    )


def _mall_ids(secret: str, clock: Clock) -> MallIdOf:
    if not secret:
        return no_scene_is_signed
    signer = SceneSigner(secret)
    return lambda scene: signer.mall_id_of(scene, clock.now())
