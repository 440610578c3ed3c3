"""Agents who claim, write, hand on, give back and end, at random, several at once; and what they know to be so."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.replies import TextReply
from escalation import roster, service_store, serving, speaking
from escalation.ownership import Busy
from escalation.roster import Post
from escalation.routing import Tier
from escalation.service import Ending, NotNow, Service
from escalation.serving import Moment
from storage.console_schema import console_accounts
from storage.database import Database
from storage.people_schema import is_under_way, services
from storage.times import now_ms

CLICKERS = ("an", "bei", "chen", "dong", "en")
"""Take customers out of the queue themselves, and are given nobody."""
GIVEN = ("fang", "gao")
"""Receive whom the queue gives them."""
EVERYBODY = (*CLICKERS, *GIVEN)
MOST_AT_ONCE = 8


@dataclass(slots=True)
class Owned:
    """People surely had the conversation between these two (real milliseconds)."""

    since_ms: int
    until_ms: int | None = None


@dataclass(kw_only=True)
class Agents:
    """``owned``: by conversation. ``said``: texts in the order in which they were written. ``ended``: how often."""

    database: Database
    seed: int
    owned: dict[str, list[Owned]] = field(default_factory=lambda: defaultdict(list))
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ended: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    closing: bool = False

    async def come(self) -> None:
        async with self.database.writing() as connection:
            for login in EVERYBODY:
                account = {"login": login, "name": login, "roles": "agent", "created_ms": 0}
                await connection.execute(insert(console_accounts).values(account))
                await roster.appoint(connection, Post(login=login, room=0 if login in CLICKERS else 3))
        await self.be_seen()

    async def be_seen(self) -> None:
        async with self.database.writing() as connection:
            for login in EVERYBODY:
                await roster.come(connection, login, receiving=True, now_ms=now_ms(), real_ms=now_ms())

    async def work(self) -> None:
        """Ends never."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stay())
            for number, login in enumerate(EVERYBODY):
                group.create_task(self._serve(login, random.Random(self.seed * 100 + number)))

    async def _stay(self) -> None:
        while True:
            await asyncio.sleep(15)
            await self.be_seen()

    async def _serve(self, login: str, dice: random.Random) -> None:
        while True:
            mine = await self._mine(login)
            if login in CLICKERS and len(mine) < MOST_AT_ONCE:
                await self._claim_one(login, dice)
            for service in dice.sample(mine, min(len(mine), 2)):
                await self._act(login, service, dice)
            await asyncio.sleep(dice.uniform(0.02, 0.12))

    async def _mine(self, login: str) -> list[Service]:
        query = select(services).where(is_under_way(), services.c.agent == login)
        async with self.database.reading() as connection:
            return [service_store.from_row(row) for row in (await connection.execute(query)).mappings()]

    async def _claim_one(self, login: str, dice: random.Random) -> None:
        async with self.database.reading() as connection:
            waiting = await service_store.in_queue(connection)
        if not waiting:
            return
        # Everybody reaches for the same few.
        first = sorted(waiting, key=lambda each: str(each.queued_at))[:3]
        where = dice.choice(first).conversation_id
        try:
            async with self.database.writing() as connection:
                done = await serving.claim(connection, where, login, Tier.CHOSEN, _moment())
        except NotNow:
            self.acts["too_late"] += 1
            return
        if isinstance(done, Busy):
            self.acts["busy"] += 1
            return
        self.acts["claimed"] += 1
        self.owned[where].append(Owned(since_ms=now_ms()))

    async def _act(self, login: str, service: Service, dice: random.Random) -> None:
        where = service.conversation_id
        act = "end" if self.closing else dice.choices(["say", "hand_on", "back", "end"], [58, 8, 6, 28])[0]
        before = now_ms()
        try:
            async with self.database.writing() as connection:
                match act:
                    case "say":
                        await self._say(connection, where, login)
                    case "hand_on":
                        to = dice.choice(EVERYBODY)
                        await serving.hand_on(connection, where, by=login, to=to, at=_moment())
                    case "back":
                        await serving.give_back(connection, where, by=login, at=_moment())
                    case _:
                        await serving.end(connection, where, by=login, ending=Ending.SOLVED, at=_moment())
        except NotNow:
            self.acts["too_late"] += 1
            return
        self.acts[act] += 1
        if act in ("back", "end") and self.owned[where] and self.owned[where][-1].until_ms is None:
            self.owned[where][-1].until_ms = before
        if act == "end":
            self.ended[where] += 1

    async def _say(self, connection: AsyncConnection, where: ConversationId, login: str) -> None:
        number = self.acts["say"]
        text = f"人工{login}-{number}-{len(self.said[where])}"
        await speaking.say(
            connection,
            where,
            by=login,
            reply=TextReply(text=text),
            mark=text,
            max_text_bytes=2048,
            at=_moment(),
        )
        self.said[where].append(text)


def _moment() -> Moment:
    return Moment(now=datetime.now(UTC), real_ms=now_ms())
