"""What our clients of customer groups, greetings, mass messages and robots make of a simulated corp."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import aiohttp
import pytest
import structlog
from prometheus_client import generate_latest
from pydantic import SecretStr

from channels.call_counter import MemoryCallGate
from channels.limits import WECOM_CALL_LIMITS
from channels.outcomes import NotSent, Refused, Sent, WindowClosed
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.appchat import AppChats, ChatText
from channels.wecom.gettoken import GetToken
from channels.wecom.group_mirror import GroupMirror
from channels.wecom.group_store import GroupStore
from channels.wecom.groups import CustomerGroups
from channels.wecom.mass import MassKind, MassMessage, MassMessages
from channels.wecom.mass_progress import MassState
from channels.wecom.mass_push import MassPushes
from channels.wecom.mass_store import MassStore, MassTask
from channels.wecom.robot import GroupRobot
from channels.wecom.robot_messages import RobotMarkdown, RobotText
from channels.wecom.roster import GroupChange, Roster, read_change
from channels.wecom.settings import WecomSettings
from channels.wecom.welcome import Welcomes
from simulator.markup import Node
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.simulator.contacts.test_sim_contacts import act
from tests.functional.simulator.staff_bot import (
    AGENT_ID,
    CORP_ID,
    ROBOT_KEY,
    SECRET,
    StaffBot,
    listening,
    staff_settings,
)
from tests.functional.simulator.staff_client import Json, StaffClient, running_staff


class Clock:
    """Real seconds that only a test moves."""

    seconds = datetime.now(UTC).timestamp()

    def __call__(self) -> float:
        return self.seconds


@dataclass
class World:
    corp: StaffClient
    bot: StaffBot
    api: QyApi
    robot: GroupRobot
    clock: Clock


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    bot = StaffBot()
    async with (
        listening(bot) as url,
        running_staff(staff_settings(url, tmp_path)) as corp,
        aiohttp.ClientSession() as session,
    ):
        settings = WecomSettings(
            api_base=corp.corp_url, corp_id=CORP_ID, agent_id=AGENT_ID, secret=SecretStr(SECRET)
        )
        clock = Clock()
        gate = MemoryCallGate(WECOM_CALL_LIMITS, now=clock)
        api = QyApi(settings, session, TokenKeeper(GetToken(settings, session)), calls=gate)
        robot = GroupRobot(corp.corp_url, session, SecretStr(ROBOT_KEY), calls=gate)
        yield World(corp, bot, api, robot, clock)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    yield database
    await database.close()


def fields(node: Node) -> dict[str, object]:
    """A callback's fields as its parser gives them: nested, repeated elements as lists."""
    found: dict[str, object] = {}
    for child in node.children:
        value: object = fields(child) if child.children else child.text
        known = found.get(child.name)
        if known is None:
            found[child.name] = value
        else:
            found[child.name] = [*(known if isinstance(known, list) else [known]), value]
    return found


async def robots_messages(corp: StaffClient) -> int:
    robots = cast("list[Json]", (await corp.sim("GET", "corpapp/robots"))["robots"])
    return len(cast("list[Json]", robots[0]["messages"]))


async def test_the_gate_keeps_a_robot_at_twenty_a_minute_and_the_platform_never_has_to(world: World) -> None:
    sent = [await world.robot.send(RobotText(text=str(number))) for number in range(25)]
    assert [type(one) for one in sent] == [Sent] * 20 + [NotSent] * 5
    held = sent[-1]
    assert isinstance(held, NotSent)
    assert held.retry_after is not None
    assert 0 < held.retry_after <= 61
    assert await robots_messages(world.corp) == 20
    await world.corp.sim("POST", "clock", {"advance_seconds": 61})
    world.clock.seconds += held.retry_after
    assert await world.robot.send(RobotMarkdown(markdown="**后来**")) == Sent()
    assert await robots_messages(world.corp) == 21
    log = str(await world.corp.sim("GET", "log"))
    assert "webhook/send" in log
    assert "45009" not in log


@pytest.mark.parametrize(("state", "code"), [("disabled", "93004"), ("out", "93008"), ("removed", "93000")])
async def test_a_robot_that_is_gone_is_refused_and_its_key_shows_nowhere(
    world: World, state: str, code: str
) -> None:
    await world.corp.sim("PUT", f"corpapp/robots/{ROBOT_KEY}", {"state": state})
    with structlog.testing.capture_logs() as logs:
        refused = await world.robot.send(RobotText(text="在吗"))
    assert isinstance(refused, Refused)
    assert code in refused.reason
    assert logs
    assert ROBOT_KEY not in str(logs) + str(refused) + generate_latest().decode() + repr(world.robot)
    assert world.robot.scope not in ROBOT_KEY


async def test_chat_messages_that_the_platform_would_drop_in_silence_are_not_sent(world: World) -> None:
    chats = AppChats(world.api)
    assert await chats.create("值班", ("ZhangSan", "lisi"), chat_id="duty1") == "duty1"
    sent = [await chats.send("duty1", ChatText(text=str(number))) for number in range(202)]
    assert [type(one) for one in sent] == [Sent] * 200 + [NotSent] * 2
    assert len(await world.corp.phone("lisi")) == 200


async def test_a_welcome_is_said_once_and_in_time(world: World) -> None:
    made = await act(world.corp, "add", userid="lisi", name="小王")
    await world.corp.settle()
    [event] = world.bot.events("change_external_contact")
    code = event.field("WelcomeCode")
    granted = datetime.now(UTC)
    welcomes = Welcomes(world.api)
    assert isinstance(await welcomes.greet(code, granted - timedelta(seconds=21), "您好"), WindowClosed)
    assert await welcomes.greet(code, granted, "您好呀，我是店小二") == Sent()
    assert isinstance(await welcomes.greet(code, granted, "您好呀，我是店小二"), NotSent | Refused)
    phone = await world.corp.sim("GET", f"contacts/customers/{made['external_userid']}")
    assert str(phone["inbox"]).count("您好呀，我是店小二") == 1


async def mirrored(world: World, mirror: GroupMirror) -> None:
    """Applies what the bot has heard, as it arrived, and reads again what needs it."""
    await world.corp.settle()
    heard, world.bot.seen = world.bot.seen, []
    for callback in heard:
        await mirror.heard(fields(callback.root))
    assert await mirror.catch_up() is None


async def test_the_mirror_of_a_group_stays_true_whatever_becomes_of_its_events(
    world: World, database: Database
) -> None:
    corp, store, groups = world.corp, GroupStore(database), CustomerGroups(world.api)
    mirror = GroupMirror(groups, store)
    chat_id = str((await act(corp, "group-create", owner="lisi", name="老客户群"))["chat_id"])
    await mirrored(world, mirror)
    assert await store.get(chat_id) == await groups.get(chat_id)

    await act(corp, "group-join", chat_id=chat_id, people=["wmA", "wmB"])
    await act(corp, "group-leave", chat_id=chat_id, people=["wmA"], scene=0)
    await corp.settle()
    events = [read_change(fields(callback.root)) for callback in world.bot.events("change_external_chat")]
    assert [await store.apply(event) for event in events if event is not None] == [False, False]
    world.bot.seen = []
    followed, truth = await store.get(chat_id), await groups.get(chat_id)
    assert followed is not None
    assert isinstance(truth, Roster)
    assert followed.version == truth.version
    assert [(one.id, one.kind) for one in followed.members] == [(one.id, one.kind) for one in truth.members]

    await act(corp, "group-join", chat_id=chat_id, people=["wmC"], lost=True)
    await act(corp, "group-join", chat_id=chat_id, people=["wmD"])
    await act(corp, "group-rename", chat_id=chat_id, name="新名字")
    await mirrored(world, mirror)
    assert await store.get(chat_id) == await groups.get(chat_id)

    rule = {"side": "callback", "kind": "reorder", "count": 1, "ms": 5000}
    await corp.sim("PUT", "faults", {"rules": [{**rule, "path": "corp:event:change_external_chat"}]})
    for person in ("wmE", "wmF", "wmG"):
        await act(corp, "group-join", chat_id=chat_id, people=[person])
    await mirrored(world, mirror)
    assert await store.get(chat_id) == await groups.get(chat_id)

    await act(corp, "group-dismiss", chat_id=chat_id, lost=True)
    await store.apply(GroupChange(chat_id=chat_id, kind="update", detail="change_name"))
    await mirrored(world, mirror)
    group = await store.get(chat_id)
    assert group is not None
    assert group.dismissed


async def test_groups_whose_events_were_all_lost_are_found(world: World, database: Database) -> None:
    store, groups = GroupStore(database), CustomerGroups(world.api)
    mirror = GroupMirror(groups, store)
    made = await act(world.corp, "group-create", owner="lisi", name="老客户群", lost=True)
    assert await mirror.catch_up() is None
    assert await store.of_owner("lisi") == ()
    assert await mirror.reconcile(("lisi",)) is None
    assert await mirror.catch_up() is None
    assert await store.of_owner("lisi") == (await groups.get(str(made["chat_id"])),)


async def test_a_mirror_without_the_platform_keeps_what_it_has(world: World, database: Database) -> None:
    store = GroupStore(database)
    mirror = GroupMirror(CustomerGroups(world.api), store)
    await store.note("wr1")
    rule = {"side": "api", "kind": "errcode", "errcode": -1, "path": "/cgi-bin/externalcontact/groupchat/get"}
    await world.corp.sim("PUT", "faults", {"rules": [rule]})
    assert isinstance(await mirror.catch_up(), NotSent)
    assert [chat_id for chat_id, _ in await store.to_read(10)] == ["wr1"]


async def test_a_push_to_groups_waits_for_its_owner_and_is_followed_to_its_receivers(
    world: World, database: Database
) -> None:
    corp, store = world.corp, MassStore(database)
    pushes, now = MassPushes(MassMessages(world.api), store), datetime.now(UTC)
    chats = [str((await act(corp, "group-create", owner="lisi", name=f"群{n}"))["chat_id"]) for n in range(2)]
    message = MassMessage(kind=MassKind.GROUP, sender="lisi", receivers=tuple(chats), text="八折啦")
    assert await pushes.full(message.receivers, now) == ()
    made = await pushes.make("push-1", message, now)
    assert isinstance(made, MassTask)
    assert made.msgid is not None
    assert await pushes.make("push-1", message, now) == made
    pending = await corp.sim("GET", "contacts/pending/lisi")
    assert len(cast("list[Json]", pending["tasks"])) == 1

    assert await pushes.look("push-1", now) is MassState.PENDING
    task = await store.get("push-1")
    assert task is not None
    assert task.waiting_for == ("lisi",)
    assert await pushes.remind("push-1", now) == Sent()
    await act(corp, "mass-confirm", userid="lisi", msgid=made.msgid)
    assert await pushes.look("push-1", now) is MassState.CONFIRMED
    receipts = await store.receipts(made.msgid)
    assert [(one.receiver, one.sent) for one in receipts] == [(chat_id, True) for chat_id in sorted(chats)]
    assert set(await store.received(chats, now)) == set(chats)


async def test_a_cancelled_push_is_sent_by_nobody(world: World, database: Database) -> None:
    pushes, now = MassPushes(MassMessages(world.api), MassStore(database)), datetime.now(UTC)
    chat_id = str((await act(world.corp, "group-create", owner="lisi", name="群"))["chat_id"])
    message = MassMessage(kind=MassKind.GROUP, sender="lisi", receivers=(chat_id,), text="八折啦")
    made = await pushes.make("push-1", message, now)
    assert isinstance(made, MassTask)
    assert [await pushes.cancel("push-1", now) for _ in range(2)] == [Sent(), Sent()]
    confirm = {"act": "mass-confirm", "userid": "lisi", "msgid": made.msgid}
    await world.corp.sim("POST", "contacts/acts", confirm, status=409)
    assert await pushes.look("push-1", now) is MassState.CANCELLED
