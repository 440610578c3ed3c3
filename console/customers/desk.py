"""What the pages about customers work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.customers.kept import Kept
from customers.identity.keys import CustomerKeys
from customers.identity.store import IdentityStore
from customers.profile.names import SEGMENTS
from customers.profile.tags import checked
from customers.settings import CustomerSettings
from storage.customers_schema import customer_profiles
from storage.database import Database
from storage.reading_aside import Query, read_aside
from storage.settings import DatabaseSettings
from storage.times import to_ms

T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


class CustomersDesk:
    def __init__(
        self,
        database: Database,
        database_settings: DatabaseSettings,
        settings: CustomerSettings,
        *,
        keys: CustomerKeys | None,
        accounts: Sequence[str] = (),
        now: Callable[[], datetime] = _now,
    ) -> None:
        """``database_settings``: of the same database, which much is read from on connections of their own.

        ``keys`` None: phone numbers are neither found nor shown. ``accounts``: whose openids may be looked for without
        their account.
        """
        self.database = database
        self.settings = settings
        self.keys = keys
        self.identities = IdentityStore(keys)
        self.accounts = tuple(accounts)
        self._database_settings = database_settings
        self._now = now
        self.buyers = Kept(lambda: self.read(count_buyers)).get

    @property
    def now_ms(self) -> int:
        return to_ms(self._now())

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of all tags that rules give, but for those of segments."""
        return tuple(rule.tag for rule in checked(self.settings.tags) if rule.tag not in SEGMENTS.values())

    async def read(self, query: Query[T]) -> T:
        """In a thread, so ``query`` may read a lot."""
        return await read_aside(self._database_settings, query)


async def count_buyers(connection: AsyncConnection) -> int:
    """Whoever has an average order value; the index is read along its length."""
    average = customer_profiles.c.average_order_fen
    query = select(func.count()).select_from(customer_profiles).where(average.is_not(None))
    return int((await connection.execute(query)).scalar_one())
