"""The pages about customers, on a shop of a few made-up ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from console.audit.log import AuditLog
from console.customers.desk import CustomersDesk
from console.customers.pages import customers_pages
from customers.events.event import Acquisition, AcquisitionChannel, CustomerEvent, EventKind, Role
from customers.events.intake import EventIntake
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.keys import CustomerKeys
from customers.identity.store import IdentityStore
from customers.profile.profiler import Profiler
from customers.profile.settling import settle
from customers.settings import CustomerSettings
from storage.database import Database
from storage.settings import DatabaseSettings
from storage.times import to_ms
from tests.functional.console.serving import ConsoleServer, Watch, serving

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KEYS = CustomerKeys("k" * 32)
ACCOUNT = "gh_shop"

VIP_MALL = Identifier(IdentifierKind.MALL_ID, "M1000001")
VIP_OPENID = Identifier(IdentifierKind.OPENID, f"{ACCOUNT}:oVipOpenid0001")
VIP_PHONE = Identifier(IdentifierKind.PHONE, "13800138000")
OWNER = Identifier(IdentifierKind.UNIONID, "uGroupOwner0001")
WINDOW_SHOPPER = Identifier(IdentifierKind.EXTERNAL_USERID, "wmWindowShopper1")
SECOND_MALL = Identifier(IdentifierKind.MALL_ID, "M2000002")

_numbers = count(1)


def happened(kind: EventKind, *who: Identifier, ago: timedelta = timedelta(), **told: Any) -> CustomerEvent:
    """An event of the mall, named by its number."""
    return CustomerEvent(
        source="mall", event_id=f"e{next(_numbers)}", kind=kind, at=NOW - ago, who=who, **told
    )


def shop() -> Sequence[CustomerEvent]:
    """Somebody of high value, a group owner, somebody who looks and hesitates, and a second account in the mall that
    confirms the first one's phone number.
    """
    vip = (VIP_MALL, VIP_OPENID)
    came = Acquisition(channel=AcquisitionChannel.SOCIAL, campaign="老友推荐")
    events = [
        happened(EventKind.FOLLOW, *vip, ago=timedelta(days=300), acquisition=came),
        happened(EventKind.ABOUT, VIP_MALL, VIP_PHONE, ago=timedelta(days=299), region="浙江"),
        happened(EventKind.SHARE, VIP_MALL, ago=timedelta(days=9)),
        happened(EventKind.ABOUT, OWNER, ago=timedelta(days=3), role=Role.GROUP_OWNER),
        happened(EventKind.CART, WINDOW_SHOPPER, ago=timedelta(hours=5), item="紫砂壶"),
        happened(EventKind.COUPON_TAKEN, WINDOW_SHOPPER, ago=timedelta(hours=5), coupon="满百减十"),
        happened(EventKind.VIEW, WINDOW_SHOPPER, ago=timedelta(hours=4), item="紫砂壶", seconds=240.0),
    ]
    for number in range(5):
        ago, order_no = timedelta(days=50 * number + 1), f"HY2026{number:06}"
        events.append(
            happened(
                EventKind.PAY,
                VIP_MALL,
                ago=ago,
                order_no=order_no,
                amount_fen=21_200,
                item="龙井茶礼盒",
                category="茶叶",
            )
        )
    events.append(
        happened(
            EventKind.PAY, WINDOW_SHOPPER, ago=timedelta(days=90), order_no="HY20250001", amount_fen=3_000
        )
    )
    return (*events, happened(EventKind.ABOUT, SECOND_MALL, VIP_PHONE, ago=timedelta(days=2), region="上海"))


async def take(database: Database, events: Sequence[CustomerEvent], settings: CustomerSettings) -> None:
    """With the profiles that follow."""
    async with database.writing() as connection:
        await EventIntake(IdentityStore(KEYS)).take(connection, events, to_ms(NOW))
    await settle(database, Profiler(database, settings), NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A console with the pages."""

    console: ConsoleServer
    desk: CustomersDesk
    database: Database

    async def id_of(self, identifier: Identifier) -> int:
        async with self.database.reading() as connection:
            known = await self.desk.identities.find(connection, identifier)
        assert known is not None
        return known.customer_id

    async def judge(self) -> None:
        """The profiles of those whose links changed."""
        await settle(self.database, Profiler(self.database, self.desk.settings), NOW)


@asynccontextmanager
async def minding(database: Database, url: str, *, watch: Watch | None = None) -> AsyncIterator[Shop]:
    """``url``: of the migrated database."""
    settings = CustomerSettings()
    await take(database, shop(), settings)
    desk = CustomersDesk(
        database, DatabaseSettings(url=url), settings, keys=KEYS, accounts=(ACCOUNT,), now=lambda: NOW
    )
    audit = AuditLog(database, now=watch or Watch())
    async with serving(database, more=(customers_pages(desk, audit),), watch=watch) as console:
        yield Shop(console=console, desk=desk, database=database)
