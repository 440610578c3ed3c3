"""What is to be said is written once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.outbox import OutboxDraft, say_once, write_outbox
from storage.schema import messages, outbox


def draft(key: str = "k", *, by_code: bool = False, words: str = "好") -> OutboxDraft:
    return OutboxDraft(
        key=key,
        conversation_id="kefu:wk1:c1",
        epoch=2,
        kind="transition",
        body={"type": "text", "text": words},
        created_ms=1_000,
        by_code=by_code,
    )


async def say(database: Database, said: OutboxDraft) -> bool:
    async with database.writing() as connection:
        return await say_once(connection, said)


async def test_it_is_said_once_whatever_the_second_says(database: Database) -> None:
    assert [await say(database, draft()), await say(database, draft(words="别的"))] == [True, False]
    async with database.reading() as connection:
        (row,) = await connection.execute(select(outbox))
        (line,) = await connection.execute(select(messages))
    assert (row.body, row.state, row.lane, row.due_ms, row.epoch) == (
        '{"type": "text", "text": "好"}',
        "pending",
        "line",
        1_000,
        2,
    )
    assert (line.key, line.author, line.body, line.at_ms) == ("k", "bot", row.body, 1_000)


async def test_of_many_at_once_one_says_it(database: Database) -> None:
    said = await asyncio.gather(*(say(database, draft()) for _ in range(5)))
    assert sorted(said) == [False] * 4 + [True]


async def test_what_spends_a_code_stands_in_its_own_lane(database: Database) -> None:
    assert await say(database, draft(by_code=True))
    async with database.reading() as connection:
        assert (await connection.execute(select(outbox.c.lane))).scalar_one() == "code"


async def test_it_is_undone_with_its_transaction(database: Database) -> None:
    async def fails_afterwards() -> None:
        async with database.writing() as connection:
            await say_once(connection, draft())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails_afterwards()
    assert await say(database, draft())


async def say_again_with_another(database: Database) -> None:
    async with database.writing() as connection:
        await write_outbox(connection, [draft("other"), draft()])


async def test_a_turn_that_would_say_it_again_fails_as_a_whole(database: Database) -> None:
    await say(database, draft())
    with pytest.raises(IntegrityError):
        await say_again_with_another(database)
    async with database.reading() as connection:
        assert (await connection.execute(select(outbox.c.key))).scalars().all() == ["k"]
