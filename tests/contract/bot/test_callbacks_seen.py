"""Whether a platform ever verified and called our address."""

from __future__ import annotations

from sqlalchemy import text, update

from bot.callbacks_seen import CallbacksSeen, ever_called
from conversations.address import Channel
from storage.database import Database
from storage.schema import callbacks_seen
from storage.times import now_ms


async def forget_times(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(update(callbacks_seen).values(verified_ms=1, received_ms=2))


async def test_a_platform_never_heard_of_never_called(database: Database) -> None:
    assert await ever_called(database, Channel.WECOM) == (0, 0)


async def test_verifying_and_calling_are_told_apart_and_by_channel(database: Database) -> None:
    seen, before = CallbacksSeen(database), now_ms()
    await seen.verified(Channel.WECOM)
    verified, received = await ever_called(database, Channel.WECOM)
    assert verified >= before
    assert received == 0
    await seen.received(Channel.WECOM)
    await seen.received(Channel.OFFICIAL)
    assert (await ever_called(database, Channel.WECOM))[0] == verified
    assert (await ever_called(database, Channel.WECOM))[1] >= before
    assert (await ever_called(database, Channel.OFFICIAL))[0] == 0


async def test_it_is_not_written_with_every_callback(database: Database) -> None:
    seen = CallbacksSeen(database)
    await seen.received(Channel.WECOM)
    await forget_times(database)
    await seen.received(Channel.WECOM)
    assert await ever_called(database, Channel.WECOM) == (1, 2)
    await seen.verified(Channel.WECOM)
    assert (await ever_called(database, Channel.WECOM))[0] > 2
    await CallbacksSeen(database).received(Channel.WECOM)
    assert (await ever_called(database, Channel.WECOM))[1] > 2


async def test_a_failure_hinders_no_callback_and_is_made_up_for(
    database: Database,
) -> None:
    seen = CallbacksSeen(database)
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE callbacks_seen RENAME TO away"))
    await seen.received(Channel.WECOM)
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO callbacks_seen"))
    await seen.received(Channel.WECOM)
    assert (await ever_called(database, Channel.WECOM))[1] > 0
