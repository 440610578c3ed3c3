"""What is remembered of sessions, on real databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy import update

from channels.kefu.session_store import SessionStore
from channels.kefu.sessions import KnownSession
from channels.kefu.states import SessionState, Told
from conversations.address import Address, Channel, ConversationId
from conversations.clock import ManualClock
from storage.database import Database
from storage.schema import kefu_sessions

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def customer(name: str) -> Address:
    return Address(channel=Channel.KEFU, account="wk1", peer=name)


async def test_nothing_is_known_at_first(database: Database) -> None:
    store = SessionStore(database, ManualClock(AT))
    assert await store.read(customer("wm1")) is None
    assert await store.read_many([]) == {}


async def test_the_last_word_counts(database: Database) -> None:
    clock = ManualClock(AT)
    store = SessionStore(database, clock)
    await store.learn(customer("wm1"), Told(state=SessionState.UNHANDLED, servicer="nobody"))
    assert await store.read(customer("wm1")) == KnownSession(
        state=SessionState.UNHANDLED, servicer=None, checked_at=AT, code_granted=False
    )
    clock.advance(minutes=1)
    await store.learn(customer("wm1"), Told(state=SessionState.SERVED, servicer="li"), code_granted=True)
    served = KnownSession(state=SessionState.SERVED, servicer="li", checked_at=clock.now(), code_granted=True)
    assert await SessionStore(database, clock).read(customer("wm1")) == served


async def test_forgetting_keeps_that_a_code_was_granted(database: Database) -> None:
    store = SessionStore(database, ManualClock(AT))
    await store.learn(customer("wm1"), Told(state=SessionState.POOL), code_granted=True)
    await store.forget(customer("wm1"))
    forgotten = KnownSession(state=None, servicer=None, checked_at=AT, code_granted=True)
    assert await store.read(customer("wm1")) == forgotten
    await store.learn(customer("wm1"), Told(state=SessionState.BOT))
    known = await store.read(customer("wm1"))
    assert known is not None
    assert (known.state, known.code_granted) == (SessionState.BOT, True)


async def test_forgetting_what_was_never_known_is_harmless(database: Database) -> None:
    store = SessionStore(database, ManualClock(AT))
    await store.forget(customer("wm9"))
    known = await store.read(customer("wm9"))
    assert known is not None
    assert known.state is None


async def test_many_are_read_at_once(database: Database) -> None:
    store = SessionStore(database, ManualClock(AT))
    for name in ("wm1", "wm2"):
        await store.learn(customer(name), Told(state=SessionState.BOT))
    ids = [customer(f"wm{n}").conversation_id for n in range(1200)]
    assert sorted(await store.read_many(ids)) == [
        ConversationId("kefu:wk1:wm1"),
        ConversationId("kefu:wk1:wm2"),
    ]


async def test_the_pullers_doubt_is_seen(database: Database) -> None:
    """The puller writes its doubt in the transaction that stores a page."""
    store = SessionStore(database, ManualClock(AT))
    await store.learn(customer("wm1"), Told(state=SessionState.BOT))
    async with database.writing() as connection:
        await connection.execute(update(kefu_sessions).values(state=None))
    known = await store.read(customer("wm1"))
    assert known is not None
    assert known.state is None


async def test_a_database_that_is_away_costs_a_question_not_a_reply(database: Database) -> None:
    store = SessionStore(database, ManualClock(AT))
    async with database.writing() as connection:
        await connection.run_sync(kefu_sessions.drop)
    await store.learn(customer("wm1"), Told(state=SessionState.BOT))
    assert await store.read(customer("wm1")) is None


async def test_many_words_at_once_leave_the_last_one_of_each(database: Database) -> None:
    store = SessionStore(database, ManualClock(AT))
    said = [
        (customer("wm1"), Told(state=SessionState.POOL), True),
        (customer("wm1"), Told(state=SessionState.SERVED, servicer="li"), False),
        (customer("wm2"), Told(state=SessionState.BOT), False),
        (customer("wm3"), Told(state=SessionState.SERVED, servicer="li"), False),
        (customer("wm3"), Told(state=None), False),
    ]
    await asyncio.gather(*(store.learn(to, told, code_granted=code) for to, told, code in said))
    known = await store.read_many([customer(f"wm{n}").conversation_id for n in (1, 2, 3)])
    assert [(one.state, one.servicer, one.code_granted) for _, one in sorted(known.items())] == [
        (SessionState.SERVED, "li", True),
        (SessionState.BOT, None, False),
        (None, None, False),
    ]
