"""Sessions that people have are looked at in their time, and what the platform says becomes the owner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from bot.pulling.watch import IN_POOL, SERVED, SessionWatch, owner_of
from bot.turns import LEFT_TO_PERSON
from channels.kefu.client import Failure
from channels.kefu.desk import Session
from channels.kefu.session_store import SessionStore
from channels.kefu.states import SessionState
from channels.outcomes import NotSent
from conversations.address import Address, Channel
from conversations.clock import ManualClock
from conversations.ownership import Owner, Ownership
from storage.database import Database
from storage.schema import conversations, facts, inbox, kefu_sessions, messages
from storage.times import now_ms, to_ms
from tests.contract.bot.pulling.pages import rows
from tests.unit.channels.kefu.pulled import NOW

POOL = Session(state=SessionState.POOL, servicer=None)
AWAY = NotSent(reason="45009")


def served_by(agent: str) -> Session:
    return Session(state=SessionState.SERVED, servicer=agent)


@dataclass
class Platform:
    """Says what each customer's session is. ``asked`` are the customers; ``meanwhile`` happens before an answer."""

    sessions: dict[str, Session | Failure] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def service_state(self, to: Address, *, seconds: float | None = None) -> Session | Failure:
        self.asked.append(to.peer)
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.sessions.get(to.peer, POOL)


@dataclass
class Shop:
    database: Database
    platform: Platform
    clock: ManualClock
    watch: SessionWatch

    async def holds(
        self, peer: str, owner: Owner, agent: str | None = None, *, channel: Channel = Channel.KEFU
    ) -> None:
        """A conversation that this owner has by what we know, at epoch 5."""
        to = Address(channel=channel, account="wk1", peer=peer)
        row = {"id": to.conversation_id, "channel": channel, "account": "wk1", "peer": peer}
        async with self.database.writing() as connection:
            await connection.execute(
                insert(conversations).values(**row, first_seen_ms=0, owner=owner, agent=agent, epoch=5)
            )

    async def owner(self, peer: str) -> tuple[str, str | None, int]:
        (row,) = [row for row in await rows(self.database, conversations) if row.peer == peer]
        return row.owner, row.agent, row.epoch

    async def look(self) -> list[str]:
        """Who was asked about."""
        self.platform.asked.clear()
        await self.watch.look()
        return list(self.platform.asked)


@pytest.fixture
def shop(database: Database) -> Shop:
    clock, platform = ManualClock(NOW), Platform()
    watch = SessionWatch(database, platform, SessionStore(database, clock), clock)
    return Shop(database, platform, clock, watch)


@pytest.mark.parametrize(
    ("owner", "agent", "session", "after"),
    [
        (Owner.QUEUE, None, POOL, ("queue", None, 5)),
        (Owner.QUEUE, None, served_by("lan"), ("agent", "lan", 6)),
        (Owner.QUEUE, None, Session(state=SessionState.ENDED, servicer=None), ("bot", None, 6)),
        (Owner.QUEUE, None, Session(state=SessionState.UNHANDLED, servicer=None), ("bot", None, 6)),
        (Owner.QUEUE, None, Session(state=SessionState.BOT, servicer=None), ("bot", None, 6)),
        (Owner.AGENT, "lan", served_by("lan"), ("agent", "lan", 5)),
        (Owner.AGENT, "lan", served_by("mei"), ("agent", "mei", 6)),
        (Owner.AGENT, "lan", POOL, ("queue", None, 6)),
        (Owner.AGENT, "lan", Session(state=SessionState.ENDED, servicer=None), ("bot", None, 6)),
    ],
)
async def test_what_the_platform_says_becomes_the_owner(
    shop: Shop, owner: Owner, agent: str | None, session: Session, after: tuple[str, str | None, int]
) -> None:
    await shop.holds("c1", owner, agent)
    shop.platform.sessions["c1"] = session
    assert await shop.watch.look() == (after[2] - 5)
    assert await shop.owner("c1") == after
    (known,) = await rows(shop.database, kefu_sessions)
    assert (known.state, known.servicer, known.checked_ms) == (session.state, session.servicer, to_ms(NOW))


async def test_only_kefu_sessions_that_people_have_are_asked_about(shop: Shop) -> None:
    await shop.holds("free", Owner.BOT)
    await shop.holds("desk", Owner.QUEUE, channel=Channel.OFFICIAL)
    await shop.holds("held", Owner.QUEUE)
    assert await shop.look() == ["held"]


async def test_each_is_asked_again_in_its_time(shop: Shop) -> None:
    await shop.holds("pooled", Owner.QUEUE)
    await shop.holds("served", Owner.AGENT, "lan")
    shop.platform.sessions["served"] = served_by("lan")
    assert sorted(await shop.look()) == ["pooled", "served"]
    assert await shop.look() == []
    shop.clock.advance(seconds=(IN_POOL - timedelta(seconds=1)).total_seconds())
    assert await shop.look() == []
    shop.clock.advance(seconds=1)
    assert await shop.look() == ["pooled"]
    shop.clock.advance(seconds=(SERVED - IN_POOL).total_seconds())
    assert sorted(await shop.look()) == ["pooled", "served"]


async def test_what_changed_while_the_platform_was_asked_stands(shop: Shop) -> None:
    """A servicer closed the session, and we heard of it before the older answer came."""
    await shop.holds("c1", Owner.QUEUE)
    shop.platform.sessions["c1"] = served_by("lan")

    async def closed() -> None:
        async with shop.database.writing() as connection:
            await connection.execute(update(conversations).values(owner="bot", agent=None, epoch=6))

    shop.platform.meanwhile = closed
    assert await shop.watch.look() == 0
    assert await shop.owner("c1") == ("bot", None, 6)


async def test_without_an_answer_nobody_loses_the_session(shop: Shop) -> None:
    await shop.holds("c1", Owner.AGENT, "lan")
    shop.platform.sessions["c1"] = AWAY
    assert await shop.watch.look() == 0
    assert await shop.owner("c1") == ("agent", "lan", 5)
    (known,) = await rows(shop.database, kefu_sessions)
    assert known.state is None, "so whoever wants to speak asks"


async def test_those_that_never_answer_keep_nobody_else_from_being_asked(shop: Shop) -> None:
    for number in range(25):
        await shop.holds(f"gone{number:02}", Owner.QUEUE)
        shop.platform.sessions[f"gone{number:02}"] = AWAY
    await shop.holds("here", Owner.QUEUE)
    asked = [*await shop.look(), *await shop.look()]
    assert sorted(asked) == sorted([*(f"gone{number:02}" for number in range(25)), "here"])


def test_a_session_served_by_nobody_named_changes_nothing() -> None:
    queue = Ownership(owner=Owner.QUEUE, epoch=2)
    assert owner_of(Session(state=SessionState.SERVED, servicer=None), queue) is queue


async def heard(shop: Shop, *lines: tuple[str, str, str | None]) -> None:
    """What a conversation has gone through: key, author, and the mark of the inbox row (customers only)."""
    name = Address(channel=Channel.KEFU, account="wk1", peer="wang").conversation_id
    now = now_ms()
    async with shop.database.writing() as connection:
        for key, author, error in lines:
            line = {"key": key, "conversation_id": name, "author": author, "body": "{}", "at_ms": now}
            await connection.execute(insert(messages).values(**line))
            if author != "customer":
                continue
            box = {"key": key, "conversation_id": name, "body": "{}", "state": "done", "error": error}
            times = {"received_ms": now, "due_ms": now, "decide_by_ms": now, "attempts": 1}
            await connection.execute(insert(inbox).values(**box, **times))
            if error is not None:
                fact = {"key": f"{key}:0", "name": "message.left_to_person", "details": "{}", "at_ms": now}
                await connection.execute(insert(facts).values(**fact))


async def test_only_what_nobody_has_spoken_after_is_answered_after_all(shop: Shop) -> None:
    await shop.holds("wang", Owner.QUEUE)
    await heard(
        shop,
        ("left to people who came", "customer", LEFT_TO_PERSON),
        ("their word", "agent:lan", None),
        ("answered by the bot", "customer", None),
        ("the bot's word", "bot", None),
        ("asked in the pool", "customer", LEFT_TO_PERSON),
        ("and again", "customer", LEFT_TO_PERSON),
    )
    shop.platform.sessions["wang"] = Session(state=SessionState.ENDED, servicer=None)
    await shop.look()
    states = {row.key: (row.state, row.error) for row in await rows(shop.database, inbox)}
    assert states == {
        "left to people who came": ("done", LEFT_TO_PERSON),
        "answered by the bot": ("done", None),
        "asked in the pool": ("waiting", None),
        "and again": ("waiting", None),
    }
    assert [row.key for row in await rows(shop.database, facts)] == ["left to people who came:0"]
