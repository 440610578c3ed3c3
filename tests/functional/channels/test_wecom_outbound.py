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
from channels.wecom.group_store import GroupStore
from channels.wecom.groups import CustomerGroups
from channels.wecom.mass import MassCreated, MassKind, MassMessage, MassMessages
from channels.wecom.mass_progress import MassState
from channels.wecom.mass_store import MassStore
from channels.wecom.robot import GroupRobot
from channels.wecom.robot_messages import RobotMarkdown, RobotText
from channels.wecom.roster import Roster, read_change
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


async def mirrored(world: World, store: GroupStore) -> None:
    """Applies what the bot has heard, as it arrived, and reads again what needs it."""
    await world.corp.settle()
    groups = CustomerGroups(world.api)
    heard, world.bot.seen = world.bot.seen, []
    for callback in heard:
        change = read_change(fields(callback.root))
        if change is not None:
            await store.apply(change)
    for chat_id, changes in await store.to_read(10):
        roster = await groups.get(chat_id)
        if isinstance(roster, Roster):
            assert await store.save(roster, changes)
        else:
            await store.gone(chat_id)


async def test_the_mirror_of_a_group_stays_true_whatever_becomes_of_its_events(
    world: World, database: Database
) -> None:
    corp, store, groups = world.corp, GroupStore(database), CustomerGroups(world.api)
    chat_id = str((await act(corp, "group-create", owner="lisi", name="老客户群"))["chat_id"])
    await mirrored(world, store)
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
    await mirrored(world, store)
    assert await store.get(chat_id) == await groups.get(chat_id)

    rule = {"side": "callback", "kind": "reorder", "count": 1, "ms": 5000}
    await corp.sim("PUT", "faults", {"rules": [{**rule, "path": "corp:event:change_external_chat"}]})
    for person in ("wmE", "wmF", "wmG"):
        await act(corp, "group-join", chat_id=chat_id, people=[person])
    await mirrored(world, store)
    assert await store.get(chat_id) == await groups.get(chat_id)

    await act(corp, "group-dismiss", chat_id=chat_id)
    await mirrored(world, store)
    group = await store.get(chat_id)
    assert group is not None
    assert group.dismissed


async def test_a_push_to_groups_waits_for_its_owner_and_is_followed_to_its_receivers(
    world: World, database: Database
) -> None:
    corp, store, mass = world.corp, MassStore(database), MassMessages(world.api)
    now = datetime.now(UTC)
    chats = [str((await act(corp, "group-create", owner="lisi", name=f"群{n}"))["chat_id"]) for n in range(2)]
    message = MassMessage(kind=MassKind.GROUP, sender="lisi", receivers=tuple(chats), text="八折啦")
    assert await store.begin("push-1", message, now)
    created = await mass.create(message)
    assert isinstance(created, MassCreated)
    await store.created("push-1", created)

    async def look() -> MassState:
        tasks = await mass.tasks(created.msgid)
        results = await mass.results(created.msgid, "lisi")
        assert isinstance(tasks, tuple)
        assert isinstance(results, tuple)
        return await store.checked("push-1", tasks, results, now)

    assert await look() is MassState.PENDING
    task = await store.get("push-1")
    assert task is not None
    assert task.waiting_for == ("lisi",)
    assert await mass.remind(created.msgid) == Sent()
    await act(corp, "mass-confirm", userid="lisi", msgid=created.msgid)
    assert await look() is MassState.CONFIRMED
    assert [(one.receiver, one.sent) for one in await store.receipts(created.msgid)] == [
        (chat_id, True) for chat_id in sorted(chats)
    ]
    assert set(await store.received(chats, now)) == set(chats)


async def test_a_cancelled_push_is_sent_by_nobody(world: World, database: Database) -> None:
    store, mass = MassStore(database), MassMessages(world.api)
    chat_id = str((await act(world.corp, "group-create", owner="lisi", name="群"))["chat_id"])
    message = MassMessage(kind=MassKind.GROUP, sender="lisi", receivers=(chat_id,), text="八折啦")
    now = datetime.now(UTC)
    await store.begin("push-1", message, now)
    created = await mass.create(message)
    assert isinstance(created, MassCreated)
    await store.created("push-1", created)
    assert await mass.cancel(created.msgid) == Sent()
    await store.cancelled("push-1", now)
    assert await mass.cancel(created.msgid) == Sent()
    await world.corp.sim(
        "POST", "contacts/acts", {"act": "mass-confirm", "userid": "lisi", "msgid": created.msgid}, status=409
    )
    tasks = await mass.tasks(created.msgid)
    assert isinstance(tasks, tuple)
    assert await store.checked("push-1", tasks, (), now) is MassState.CANCELLED
