"""Our desk, from the customer's side: the running bot, a simulated platform, and an agent who does what desks do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, update

from conversations.address import ConversationId
from conversations.replies import TextReply
from escalation import roster, service_store, serving, speaking
from escalation.roster import Post
from escalation.service import Ending, Service, ServiceState
from escalation.serving import Moment
from storage.console_schema import console_accounts
from storage.people_schema import agents, services
from storage.schema import conversations
from storage.times import now_ms
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import conversation_of, database_of, hears, rows, until, violations
from tests.functional.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"official": {"handoff": "desk"}, "wecom": {"kefu": {"handoff": "desk"}}}


def _now() -> Moment:
    return Moment(now=datetime.now(UTC), real_ms=now_ms())


async def _comes(world: World, login: str, *, receiving: bool = True) -> None:
    async with database_of(world) as database, database.writing() as connection:
        known = await rows(world, console_accounts, login=login)
        if not known:
            account = {"login": login, "name": "小林", "roles": "agent", "created_ms": 0}
            await connection.execute(insert(console_accounts).values(account))
            await roster.appoint(connection, Post(login=login))
        await roster.come(connection, login, receiving=receiving, now_ms=now_ms(), real_ms=now_ms())


async def _leave(world: World) -> None:
    """Every desk is closed, and nobody waits or is served."""
    async with database_of(world) as database, database.writing() as connection:
        await connection.execute(update(agents).values(receiving=0, seen_ms=0))
        await connection.execute(delete(services))
        await connection.execute(update(conversations).values(owner="bot", agent=None))


async def _service(world: World, shopper: str) -> Service | None:
    where = ConversationId(await conversation_of(world, shopper))
    async with database_of(world) as database, database.reading() as connection:
        return await service_store.under_way(connection, where)


async def _served(world: World, shopper: str, login: str) -> None:
    async def is_served() -> bool:
        service = await _service(world, shopper)
        return service is not None and (service.state, service.agent) == (ServiceState.SERVING, login)

    await until(is_served, f"{login} to serve {shopper}")


async def test_with_nobody_there_the_bot_goes_on_until_an_agent_comes(world: World) -> None:
    await _leave(world)
    promise = str(await world.says("wang", "转人工"))

    assert "客服这会儿都不在" in promise
    service = await _service(world, "wang")
    assert service is not None
    assert service.state is ServiceState.LATER
    assert await world.says("wang", QUESTION) == right_answer()
    again = str(await world.says("wang", "转人工"))
    assert "客服这会儿都不在" in again
    assert len(await rows(world, services, conversation_id=service.conversation_id)) == 1

    await _comes(world, "lin")
    await _served(world, "wang", "lin")
    before = len(await world.heard("wang"))

    await world.says("wang", QUESTION, wait=False)
    where = ConversationId(await conversation_of(world, "wang"))

    async def heard_and_left() -> bool:
        async with database_of(world) as database, database.reading() as connection:
            return await service_store.unanswered(connection, where) > 0

    await until(heard_and_left, "the message to be left to the agent")
    async with database_of(world) as database:
        for _ in range(2):  # a click and its repetition
            async with database.writing() as connection:
                await speaking.say(
                    connection,
                    where,
                    by="lin",
                    reply=TextReply(text="您好，我是小林"),
                    mark="m1",
                    max_text_bytes=2048,
                    at=_now(),
                )
    assert (await hears(world, "wang", before + 1))[before:] == ["您好，我是小林"]

    async with database_of(world) as database, database.writing() as connection:
        await serving.end(connection, where, by="lin", ending=Ending.SOLVED, at=_now())
    assert await world.says("wang", QUESTION) == right_answer()
    (row,) = await rows(world, conversations, id=where)
    assert row.owner == "bot"


async def test_who_finds_agents_busy_hears_their_place_and_can_leave(world: World) -> None:
    await _leave(world)
    await _comes(world, "lin")
    async with database_of(world) as database, database.writing() as connection:
        await roster.appoint(connection, Post(login="lin", room=1))
    await world.says("li", "转人工")
    await _served(world, "li", "lin")

    told = str(await world.says("zhao", "转人工"))
    assert "您是下一位，大约 6 分钟" in told
    told = str(await world.says("sun", "转人工"))
    assert "前面还有 1 位" in told
    assert "前面还有 1 位" in str(await world.says("sun", "还要多久"))

    assert "我来" in str(await world.says("sun", "不用人工了"))
    assert await _service(world, "sun") is None
    assert await world.says("sun", QUESTION) == right_answer()
    assert await violations(world) == {}
