"""Customers with tags by rules, a corp, and a keeper whose time is moved by the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from customers.profile.store import write_profiles
from customers.wecom_tags import waiting
from customers.wecom_tags.keeping import TagKeeper
from customers.wecom_tags.store import TagStore
from storage.database import Database
from tests.contract.customers.wecom_tags.corp import Corp
from tests.unit.customers.profiles import profile_of

START_MS = 1_790_000_000_000


def named(external_userid: str) -> Identifier:
    return Identifier(IdentifierKind.EXTERNAL_USERID, external_userid)


@dataclass
class Shop:
    database: Database
    corp: Corp = field(default_factory=Corp)
    now_ms: int = START_MS
    identities: IdentityStore = field(default_factory=lambda: IdentityStore(None))

    def __post_init__(self) -> None:
        self.keeper = self.new_keeper()

    def new_keeper(self) -> TagKeeper:
        """As another process, or the same one started again, would have it."""
        return TagKeeper(self.database, self.corp, now_ms=lambda: self.now_ms)

    async def judge(self, *who: Identifier | str, tags: Sequence[str]) -> int:
        """Rules give these tags to the customer with these names; returns the customer's id."""
        names = [named(each) if isinstance(each, str) else each for each in who]
        async with self.database.writing() as connection:
            known = await self.identities.resolve(connection, names, self.now_ms)
            customer_id = min(each.customer_id for each in known.values())
            profile = replace(profile_of(tags=tuple(tags)), customer_id=customer_id)
            await write_profiles(connection, [profile], self.now_ms)
        return customer_id

    async def tell(self, *external_userids: str) -> None:
        """WeCom told of them."""
        async with self.database.writing() as connection:
            await waiting.put(connection, external_userids, self.now_ms)

    async def settle(self) -> list[str]:
        """Rounds until there is nothing to do; what the corp was asked meanwhile."""
        self.corp.asked.clear()
        while await self.keeper.round():
            pass
        return list(self.corp.asked)

    def later(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)

    async def from_people(self, customer_id: int) -> dict[str, tuple[str, ...]]:
        """Members by ``group/tag``."""
        found = await TagStore(self.database).from_people(customer_id)
        return {f"{each.tag.group}/{each.tag.name}": each.userids for each in found}
