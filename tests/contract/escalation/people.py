"""A shop's people and customers for tests of services: rows that are there, and the few steps that all of them take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from conversations.address import Address, Channel, ConversationId
from conversations.clock import ManualClock
from conversations.ownership import Owner, Ownership
from escalation import ownership, roster, service_store, serving
from escalation.cases import CaseKey
from escalation.ownership import Busy
from escalation.roster import Post
from escalation.routing import Tier
from escalation.service import Need, Service, wanted
from escalation.serving import Moment
from storage.console_schema import console_accounts
from storage.database import Database
from storage.people_schema import service_events
from storage.schema import conversations

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
REAL_MS = 1_000_000_000


def where(peer: str) -> ConversationId:
    return Address(channel=Channel.OFFICIAL, account="gh_shop", peer=peer).conversation_id


@dataclass(kw_only=True)
class Shop:
    database: Database
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))

    @property
    def moment(self) -> Moment:
        return Moment(now=self.clock.now(), real_ms=REAL_MS)

    async def employs(self, *posts: Post, receiving: bool = True) -> None:
        async with self.database.writing() as connection:
            for post in posts:
                await connection.execute(
                    insert(console_accounts).values(
                        login=post.login, name=post.login.title(), roles="agent", created_ms=0
                    )
                )
                await roster.appoint(connection, post)
                await roster.come(connection, post.login, receiving=receiving, now_ms=0, real_ms=REAL_MS)

    async def meets(self, *peers: str) -> None:
        async with self.database.writing() as connection:
            for peer in peers:
                await connection.execute(
                    insert(conversations).values(
                        id=where(peer), channel="official", account="gh_shop", peer=peer, first_seen_ms=0
                    )
                )

    async def wants(
        self, peer: str, need: Need | None = None, due_at: datetime | None = None, key: str = ""
    ) -> Service:
        """The customer asks for a person, and the turn's transaction writes what follows."""
        service = wanted(
            CaseKey(key or f"{peer}:case"), where(peer), self.clock.now(), need=need, due_at=due_at
        )
        async with self.database.writing() as connection:
            held = await ownership.hold(connection, where(peer))
            entered = await serving.enter(connection, service, real_ms=REAL_MS)
            if entered.due_at is None:
                queue = Ownership(owner=Owner.QUEUE, epoch=held.ownership.epoch + 1)
                await ownership.change(connection, where(peer), queue)
        return entered

    async def claims(self, peer: str, login: str) -> Service | Busy:
        async with self.database.writing() as connection:
            return await serving.claim(connection, where(peer), login, Tier.CHOSEN, self.moment)

    async def service(self, peer: str) -> Service | None:
        async with self.database.reading() as connection:
            return await service_store.under_way(connection, where(peer))

    async def owner(self, peer: str) -> Ownership:
        async with self.database.writing() as connection:
            return (await ownership.hold(connection, where(peer))).ownership

    async def happened(self, peer: str) -> Sequence[tuple[str, str, str]]:
        query = select(service_events).where(service_events.c.conversation_id == where(peer))
        async with self.database.reading() as connection:
            rows: Sequence[Any] = (await connection.execute(query.order_by(service_events.c.id))).all()
        return [(row.kind, row.who, row.whom) for row in rows]

    def later(self, **time: float) -> None:
        self.clock.time += timedelta(**time)
