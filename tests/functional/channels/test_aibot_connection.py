"""The long connection against a WebSocket server: subscribing, losing, being kicked, answering, one owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest

from channels.aibot.adapter import AibotChannel
from channels.aibot.connection import AibotConnection
from channels.aibot.lease import ConnectionLease
from channels.aibot.line import AibotLine, PassiveAnswer
from channels.aibot.passive import render
from channels.aibot.socket import Timing
from channels.outcomes import NotSent, OutcomeUnknown, Refused, Sent
from channels.sealing import OpenedCallback
from conversations.clock import ManualClock
from conversations.replies import CardUpdate, CodedReply, EventCode, ImageReply, Reply, TextReply
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.channels import aibot_platform
from tests.functional.channels.aibot_platform import Platform
from tests.unit.channels.aibot import bot

QUICK = Timing(
    ack=5.0, ping=60.0, first_pause=0.01, longest_pause=0.02, lease=30.0, look=0.02, after_kick=0.02
)
HELLO = TextReply(text="你好")


@dataclass
class Member:
    """What the inbox does, for tests: remembers callbacks and answers them with what it was told."""

    reply: Reply | None = None
    failures: int = 0
    heard: list[OpenedCallback] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, opened: OpenedCallback) -> PassiveAnswer | None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("database away")
        self.heard.append(opened)
        body = None if self.reply is None else render(self.reply, bot.ZHANG, bot.NOW)
        self.done.set()

        async def written() -> None:
            self.written.append(opened.key)

        return None if body is None else PassiveAnswer(body=body, written=written)


class CountedLease(ConnectionLease):
    tries = 0
    released = False

    async def release(self) -> None:
        await super().release()
        self.released = True

    async def acquire(self) -> bool:
        got = await super().acquire()
        self.tries += 1
        return got


@dataclass
class World:
    platform: Platform
    database: Database
    session: aiohttp.ClientSession
    leases: dict[str, CountedLease] = field(default_factory=dict)

    def line(self, name: str = "one", *, timing: Timing = QUICK, gate: Gate | None = None) -> AibotLine:
        ours = bot.settings(mode="connection", url=self.platform.url)
        lease = CountedLease(self.database, bot_id=bot.BOT, holder=name, seconds=timing.lease)
        self.leases[name] = lease
        connection = AibotConnection(ours, self.session, lease, timing=timing, jitter=lambda: 0.0)
        return AibotLine(ours, connection, ManualClock(bot.NOW), calls=gate, pauses=(0.0, 0.0))


class Gate:
    """Lets nothing through for half a minute."""

    asked: tuple[str, str] = ("", "")

    async def may_call(self, api: str, scope: str) -> float:
        self.asked = (api, scope)
        return 30.0

    async def blocked(self, api: str, scope: str) -> None:
        raise AssertionError("nothing was called, so nothing can have been refused")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    async with aibot_platform.running() as platform, aiohttp.ClientSession() as session:
        yield World(platform, database, session)
    await database.close()


@asynccontextmanager
async def running(
    line: AibotLine, receive: Callable[[OpenedCallback], Awaitable[PassiveAnswer | None]]
) -> AsyncIterator[None]:
    task = asyncio.create_task(line.run(receive))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def connected(world: World, member: Member | None = None, **given: object) -> AsyncIterator[AibotLine]:
    line = world.line(**given)  # type: ignore[arg-type]
    async with running(line, (member or Member()).receive):
        await here(line)
        yield line


async def eventually(condition: Callable[[], bool]) -> None:
    """For what is seen nowhere but in the line itself."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def here(line: AibotLine) -> None:
    await eventually(lambda: line.here)


async def test_it_subscribes_with_the_bots_credential(world: World) -> None:
    async with connected(world):
        assert world.platform.of("aibot_subscribe")[0]["body"] == {"bot_id": bot.BOT, "secret": "s3cret"}


async def test_a_message_is_answered_in_its_place_and_told_as_said(world: World) -> None:
    member = Member(reply=HELLO)
    async with connected(world, member):
        await world.platform.push(bot.message())
        await world.platform.until(lambda: bool(world.platform.of("aibot_respond_msg")))
        await eventually(lambda: bool(member.written))
    (answer,) = world.platform.of("aibot_respond_msg")
    assert answer["headers"]["req_id"] == "r1"
    assert answer["body"]["stream"]["content"] == "你好"
    assert answer["body"]["stream"]["finish"] is True
    assert member.heard[0].key == f"aibot:{bot.BOT}:CAIQz7/MjQYY"


async def test_events_are_answered_by_their_own_commands(world: World) -> None:
    code = EventCode(code="welcome", expires_at=bot.NOW)
    member = Member(reply=CodedReply(code=code, reply=HELLO))
    async with connected(world, member):
        await world.platform.push(bot.event("enter_chat"), cmd="aibot_event_callback")
        await world.platform.until(lambda: bool(world.platform.of("aibot_respond_welcome_msg")))
        member.reply = CardUpdate(response_code="case-1", button="好")
        await world.platform.push(bot.card_event(), cmd="aibot_event_callback", req_id="r2")
        await world.platform.until(lambda: bool(world.platform.of("aibot_respond_update_msg")))
    update = world.platform.of("aibot_respond_update_msg")[0]
    assert update["headers"]["req_id"] == "r2"
    assert update["body"]["template_card"]["task_id"] == "case-1"


async def test_what_was_not_answered_at_once_is_answered_in_its_place_once_and_then_by_messages(
    world: World,
) -> None:
    member = Member()
    async with connected(world, member) as line:
        await world.platform.push(bot.message())
        await member.done.wait()
        await eventually(lambda: not line._in_flight)
        assert await line.say(HELLO, bot.ZHANG) == Sent()
        assert await line.say(HELLO, bot.ZHANG) == Sent()
        assert await line.say(HELLO, bot.ZHANG_IN_GROUP) == Sent()
    assert [frame["headers"]["req_id"] for frame in world.platform.of("aibot_respond_msg")] == ["r1"]
    assert [frame["body"] for frame in world.platform.of("aibot_send_msg")] == [
        {"chatid": "zhang", "chat_type": 1, "msgtype": "markdown", "markdown": {"content": "你好"}},
        {"chatid": "wrGROUP", "chat_type": 2, "msgtype": "markdown", "markdown": {"content": "你好"}},
    ]


async def test_an_answer_that_was_refused_is_not_told_as_said(world: World) -> None:
    member = Member(reply=HELLO)
    world.platform.codes["aibot_respond_msg"] = [846608]
    async with connected(world, member) as line:
        await world.platform.push(bot.message())
        await world.platform.until(lambda: bool(world.platform.of("aibot_respond_msg")))
        assert await line.say(HELLO, bot.ZHANG) == Sent()
    assert member.written == []


async def test_what_is_not_acknowledged_is_unknown_and_not_said_again(world: World) -> None:
    world.platform.silent.add("aibot_send_msg")
    async with connected(world, timing=replace(QUICK, ack=0.05)) as line:
        assert isinstance(await line.say(HELLO, bot.ZHANG), OutcomeUnknown)
    assert len(world.platform.of("aibot_send_msg")) == 1


async def test_a_connection_that_is_lost_while_saying_leaves_the_outcome_unknown(world: World) -> None:
    world.platform.silent.add("aibot_send_msg")
    async with connected(world) as line:
        saying = asyncio.create_task(line.say(HELLO, bot.ZHANG))
        await world.platform.until(lambda: bool(world.platform.of("aibot_send_msg")))
        await world.platform.open[-1].close()
        assert isinstance(await saying, OutcomeUnknown)


async def test_refusals_and_limits_of_a_message(world: World) -> None:
    world.platform.codes["aibot_send_msg"] = [40058, 45009, -1]
    gate = Gate()
    async with connected(world) as line:
        assert isinstance(await line.say(HELLO, bot.ZHANG), Refused)
        assert await line.say(HELLO, bot.ZHANG) == NotSent(
            reason="errcode 45009: called too frequently", retry_after=60
        )
        assert isinstance(await line.say(HELLO, bot.ZHANG), OutcomeUnknown)
        for reply in (ImageReply(media_id="m"), CardUpdate(response_code="c", button="好")):
            assert isinstance(await line.say(reply, bot.ZHANG), Refused)
    async with connected(world, gate=gate) as line:
        held = await line.say(HELLO, bot.ZHANG_IN_GROUP)
    assert isinstance(held, NotSent)
    assert held.retry_after == 30.0
    assert gate.asked == ("aibot_send_msg", "wrGROUP")


async def test_a_lost_connection_is_made_again(world: World) -> None:
    async with connected(world):
        await world.platform.open[-1].close()
        await world.platform.until(lambda: world.platform.subscribed == 2)


async def test_two_pings_without_an_answer_make_it_connect_again(world: World) -> None:
    world.platform.silent.add("ping")
    async with connected(world, timing=replace(QUICK, ping=0.01, ack=0.05)):
        await world.platform.until(lambda: world.platform.subscribed == 2)
    assert len(world.platform.of("ping")) >= 2


async def test_pings_that_are_answered_keep_the_connection(world: World) -> None:
    async with connected(world, timing=replace(QUICK, ping=0.01)):
        await world.platform.until(lambda: len(world.platform.of("ping")) >= 5)
        assert world.platform.subscribed == 1


async def test_a_refused_credential_is_tried_five_times_and_no_more(world: World) -> None:
    world.platform.codes["aibot_subscribe"] = [40001] * 9
    line = world.line("one")
    async with running(line, Member().receive):
        two = ConnectionLease(world.database, bot_id=bot.BOT, holder="two", seconds=60)
        await eventually(lambda: world.leases["one"].released)
        assert await two.acquire()
        assert len(world.platform.of("aibot_subscribe")) == 5
        assert not line.here
        assert isinstance(await line.say(HELLO, bot.ZHANG), NotSent)


async def test_whoever_is_kicked_gives_the_lease_back_and_waits(world: World) -> None:
    one = world.line("one", timing=replace(QUICK, after_kick=3600.0))
    async with running(one, Member().receive):
        await here(one)
        await world.platform.push(bot.event("disconnected_event"), cmd="aibot_event_callback")
        async with connected(world, name="two") as two:
            assert two.here
            assert not one.here
    assert world.platform.subscribed == 2


async def test_of_two_processes_one_is_connected_and_the_other_takes_over(world: World) -> None:
    two = world.line("two")
    async with running(two, Member().receive):
        await here(two)
        one = world.line("one")
        async with running(one, Member().receive):
            await eventually(lambda: world.leases["one"].tries >= 3)
            assert (one.here, two.here, world.platform.subscribed) == (False, True, 1)
            held = await one.say(HELLO, bot.ZHANG)
            assert held == NotSent(reason="the connection is not here", retry_after=1.0)
    async with connected(world, name="one"):
        assert world.platform.subscribed == 2


async def test_a_lost_lease_ends_the_connection(world: World) -> None:
    line = world.line("one", timing=replace(QUICK, lease=0.3, look=3600.0))
    other = ConnectionLease(world.database, bot_id=bot.BOT, holder="two", seconds=60)
    async with running(line, Member().receive):
        await here(line)
        await ConnectionLease(world.database, bot_id=bot.BOT, holder="one", seconds=60).release()
        assert await other.acquire()
        await world.platform.until(lambda: not world.platform.open)
        assert not line.here
    assert world.platform.subscribed == 1


async def test_a_callback_that_cannot_be_stored_at_once_is_tried_again(world: World) -> None:
    member = Member(reply=HELLO, failures=2)
    async with connected(world, member):
        await world.platform.push(bot.message())
        await world.platform.until(lambda: bool(world.platform.of("aibot_respond_msg")))
    assert len(member.heard) == 1


async def test_what_is_no_callback_and_no_frame_is_left_alone(world: World) -> None:
    member = Member(reply=HELLO)
    async with connected(world, member):
        await world.platform.open[-1].send_str("not a frame")
        await world.platform.push(bot.message(), cmd="aibot_news")
        await world.platform.push(bot.message(msgid="second"))
        await world.platform.until(lambda: bool(world.platform.of("aibot_respond_msg")))
    assert [one.key.rpartition(":")[2] for one in member.heard] == ["second"]


async def test_the_adapter_speaks_where_the_connection_is(world: World) -> None:
    line = world.line()
    channel = AibotChannel(bot.settings(mode="connection"), line, ManualClock(bot.NOW))
    assert channel.sends_here is False
    async with running(line, Member().receive):
        await eventually(lambda: channel.sends_here)
        assert channel.limits.free
        assert await channel.send(HELLO, bot.ZHANG, key="k") == Sent()
