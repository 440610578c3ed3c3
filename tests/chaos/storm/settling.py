"""The calm after the storm: waits until nothing is on its way, and gives everybody a last word who needs one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from itertools import count

from sqlalchemy import String, cast, func, select

from bot.dead import replay
from storage.database import Database
from storage.schema import inbox, kefu_accounts, outbox
from tests.chaos.storm.evidence import NUMBER, phones, replies
from tests.chaos.storm.newsreel import Newsreel
from tests.chaos.storm.plan import Platform, order_number, question
from tests.chaos.storm.players import Players
from tests.functional.bot.watching import database_of
from tests.functional.world import World

PATIENCE = 240.0
"""An API that was closed by 45009 is asked again after 66 s; backoffs and leases come on top."""
LAST_WORDS = 5
"""Answers that did not fit under one word of the customer's may need the next, too."""
_LAST_WORD_NUMBERS = 900_000
_LOOK_SECONDS = 0.5
_TELL_EVERY = 20
_ON_THE_WAY = ("pending", "offered", "sending")


class Settling:
    def __init__(
        self,
        world: World,
        players: Players,
        newsreel: Newsreel,
        dice: random.Random,
        *,
        round_number: int,
        tell: Callable[[str], None],
    ) -> None:
        self._tell = tell
        self._world = world
        self._players = players
        self._newsreel = newsreel
        self._dice = dice
        self._numbers: Iterator[str] = (
            order_number(round_number, _LAST_WORD_NUMBERS + index) for index in count(1)
        )
        self.replayed: list[str] = []
        self.last_words = 0

    async def settle(self) -> tuple[str, ...]:
        """Returns what was still on its way when patience ended; nothing, as a rule."""
        if problem := await self._quiet():
            return problem
        for _ in range(LAST_WORDS):
            waiting = await self._waiting_for_a_word()
            again = await self._replay_what_is_missing()
            if not waiting and not again:
                break
            for number in sorted(
                {self._players.asked[number].says.customer.name: number for number in waiting}.values()
            ):
                customer = self._players.asked[number].says.customer
                await self._players.carry_out(question(customer, 0.0, next(self._numbers), self._dice))
                self.last_words += 1
            if problem := await self._quiet():
                return problem
        return ()

    async def _quiet(self) -> tuple[str, ...]:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._world.sim("POST", f"settle?timeout={int(PATIENCE)}")
                looks = 0
                while what := await self._on_the_way():
                    if looks % _TELL_EVERY == 0:
                        self._tell(what)
                    looks += 1
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            return (f"still on its way after {PATIENCE:.0f} s: {await self._on_the_way()}",)
        return ()

    async def _on_the_way(self) -> str:
        """What is not over yet, in words; empty when everything is."""
        written = sum(
            1 for item in self._players.asked.values() if item.says.customer.platform is Platform.KEFU
        )
        async with database_of(self._world) as database, database.reading() as connection:
            pulled = (
                await connection.execute(
                    select(func.count())
                    .select_from(inbox)
                    .where(inbox.c.conversation_id.like("kefu:%"), inbox.c.body.like("%HY2099%"))
                )
            ).scalar_one()
            if pulled < written:
                columns = (kefu_accounts.c.account, kefu_accounts.c.bells, kefu_accounts.c.failures)
                accounts = (await connection.execute(select(*columns))).all()
                return f"{written - pulled} messages to be pulled; accounts, bells, failures: {accounts}"
            waiting = (
                await connection.execute(
                    select(inbox.c.id, inbox.c.attempts, inbox.c.error).where(inbox.c.state == "waiting")
                )
            ).all()
            if waiting:
                return f"{len(waiting)} messages to be thought about, first {waiting[0]}"
            # Whatever stands behind a deferred reply waits for the customer, too.
            earlier = outbox.alias("earlier")
            blocked = (
                select(earlier.c.id)
                .where(
                    earlier.c.conversation_id == outbox.c.conversation_id,
                    earlier.c.id < outbox.c.id,
                    earlier.c.state == "deferred",
                )
                .exists()
            )
            unsent = (
                await connection.execute(
                    select(outbox.c.id, outbox.c.state, outbox.c.error, cast(outbox.c.due_ms, String))
                    .where(outbox.c.state.in_(_ON_THE_WAY), ~blocked)
                    .order_by(outbox.c.id)
                )
            ).all()
            return f"{len(unsent)} replies to be sent, first {unsent[0]}" if unsent else ""

    async def _waiting_for_a_word(self) -> list[str]:
        """Questions of customers whom the bot may answer, with a reply that waits for their next word."""
        async with database_of(self._world) as database, database.reading() as connection:
            rows = await connection.execute(select(outbox.c.body).where(outbox.c.state == "deferred"))
            numbers = [number for row in rows for number in NUMBER.findall(row.body)]
        await self._newsreel.follow(self._world)
        touched = self._newsreel.touched
        return [number for number in numbers if self._players.asked[number].says.customer.name not in touched]

    async def _replay_what_is_missing(self) -> bool:
        """A person reads the dead list, and sends again what is not on the customer's phone."""
        stored = await replies(self._world)
        dead = {number: rows for number, rows in stored.items() if any(row.state == "dead" for row in rows)}
        if not dead:
            return False
        asked = {number: self._players.asked[number] for number in dead}
        shown = await phones(self._world, asked.values())
        missing = [
            number
            for number, item in asked.items()
            if number not in shown[item.says.customer.name].heard
            and item.says.customer.name not in self._newsreel.touched
            and number not in self.replayed
        ]
        ids = [f"out-{row.id}" for number in missing for row in dead[number] if row.state == "dead"]
        async with database_of(self._world) as database:
            await _replay(database, ids)
        self.replayed += missing
        return bool(missing)


async def _replay(database: Database, ids: list[str]) -> None:
    done = await replay(database, ids)
    assert all(done.values()), done
