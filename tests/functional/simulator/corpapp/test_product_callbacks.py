"""Our own reading of callbacks against the simulated corp's: what members do, what groups report, what we answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from channels.wecom import passive, protocol
from channels.wecom.envelope import WecomEnvelope
from channels.wecom.roster import GroupMember, MemberKind, Roster, apply, read_change
from channels.wecom.settings import WecomSettings
from conversations.clock import ManualClock
from conversations.inbound import (
    CardClicked,
    Content,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    Notification,
    Text,
    Unfollowed,
    Video,
    Voice,
)
from conversations.replies import CardUpdate, LinkReply, Reply, TextReply
from tests.functional.simulator.contacts.test_sim_contacts import act
from tests.functional.simulator.corpapp.test_sim_app_members import VOTE
from tests.functional.simulator.corpapp.test_sim_app_sending import CARD
from tests.functional.simulator.echo_bot import AES_KEY, TOKEN
from tests.functional.simulator.staff_bot import AGENT_ID, CORP_ID, staff_settings
from tests.functional.simulator.staff_client import Json, StaffClient, running_staff

APP = protocol.App(corp_id=CORP_ID, agent_id=AGENT_ID)


@dataclass(slots=True)
class Receiver:
    """Opens callbacks with the product's envelope and answers with its passive replies."""

    envelope: WecomEnvelope
    answer: Callable[[Inbound], Reply | None] = lambda _: None
    fields: list[Json] = field(default_factory=list)
    read: list[Inbound] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        opened = self.envelope.open(dict(request.query), await request.read())
        inbound = protocol.read(opened.fields, opened.key, APP)
        self.fields.append(dict(opened.fields))
        self.read.append(inbound)
        reply, now = self.answer(inbound), datetime.now(UTC)
        clear = None if reply is None else passive.render(reply, inbound.address, CORP_ID, now)
        if clear is None:
            return web.Response()
        return web.Response(text=self.envelope.seal(clear, request.query["nonce"], now))


@pytest.fixture
async def receiver() -> Receiver:
    settings = WecomSettings(
        corp_id=CORP_ID, agent_id=AGENT_ID, token=SecretStr(TOKEN), encoding_aes_key=SecretStr(AES_KEY)
    )
    return Receiver(WecomEnvelope(settings, ManualClock(datetime.now(UTC))))


@pytest.fixture
async def staffed(receiver: Receiver, tmp_path: Path) -> AsyncIterator[StaffClient]:
    app = web.Application()
    app.router.add_post("/callback/wecom", receiver.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback/wecom"
    async with running_staff(staff_settings(url, tmp_path)) as client:
        yield client
    await runner.cleanup()


ACTS: list[tuple[str, dict[str, object], type[Content]]] = [
    ("say", {"text": "在吗 <b>]]>"}, Text),
    ("image", {}, Image),
    ("voice", {}, Voice),
    ("video", {}, Video),
    ("location", {}, Location),
    ("link", {"title": "t", "url": "https://x.cn"}, Link),
    ("enter", {}, Notification),
    ("whereabouts", {}, Notification),
    ("click", {"key": "todo"}, MenuClicked),
    ("view", {"url": "https://x.cn"}, Notification),
    ("view-miniprogram", {"page": "p"}, Notification),
    ("scancode-push", {"key": "k", "result": "r"}, Notification),
    ("scancode-waitmsg", {"key": "k", "result": "r"}, Notification),
    ("pic-sysphoto", {"key": "k"}, Notification),
    ("location-select", {"key": "k"}, Notification),
    ("event", {"event": "low_active_alert", "fields": {"EffectTime": 1}}, Notification),
    ("unsubscribe", {}, Unfollowed),
    ("subscribe", {}, Followed),
]


async def test_whatever_members_do_is_understood(staffed: StaffClient, receiver: Receiver) -> None:
    for name, data, _ in ACTS:
        await staffed.sim("POST", f"corpapp/members/zhangsan/{name}", data)
        await staffed.settle()
    assert [type(inbound.content) for inbound in receiver.read] == [kind for _, _, kind in ACTS]
    assert {inbound.address.peer for inbound in receiver.read} == {"ZhangSan"}
    assert len({inbound.key for inbound in receiver.read}) == len(ACTS)


async def test_answers_at_once_and_grey_buttons_arrive(staffed: StaffClient, receiver: Receiver) -> None:
    said: list[Reply] = [LinkReply(title="t", description="d", url="https://x.cn"), TextReply(text="好 ]]>")]

    def answer(inbound: Inbound) -> Reply:
        if isinstance(inbound.content, CardClicked):
            return CardUpdate(response_code=inbound.content.response_code, button="已接入")
        return said.pop()

    receiver.answer = answer
    for words in ("一", "二"):
        await staffed.sim("POST", "corpapp/members/zhangsan/say", {"text": words})
        await staffed.settle()
    await staffed.send("template_card", CARD)
    click = {"task_id": "handoff-42", "key": "take"}
    await staffed.sim("POST", "corpapp/members/zhangsan/card-click", click)
    text, news, card = await staffed.phone("ZhangSan")
    assert (text["content"], news["kind"]) == ({"text": "好 ]]>"}, "news")
    assert card["card"]["replaced"] == "已接入"  # type: ignore[index]
    assert await staffed.violations() == {}


async def test_chosen_options_are_read_whether_one_or_several(
    staffed: StaffClient, receiver: Receiver
) -> None:
    await staffed.send("template_card", VOTE)
    for chosen in (["a"], ["a", "b"]):
        data = {"task_id": "vote@1", "key": "send", "selected": {"q1": chosen}}
        await staffed.sim("POST", "corpapp/members/zhangsan/card-click", data)
        await staffed.settle()
    clicked = [inbound.content for inbound in receiver.read if isinstance(inbound.content, CardClicked)]
    assert [content.selected for content in clicked] == [{"q1": ("a",)}, {"q1": ("a", "b")}]


async def test_a_mirrored_group_sees_its_gaps(staffed: StaffClient, receiver: Receiver) -> None:
    chat_id = str((await act(staffed, "group-create", owner="lisi"))["chat_id"])
    await staffed.settle()
    receiver.fields.clear()
    roster = await reread(staffed, chat_id)
    for name, people, lost in (
        ("group-join", ["wmA"], False),
        ("group-join", ["wmB", "zhangsan"], False),
        ("group-leave", ["wmA"], False),
        ("group-join", ["wmC"], True),
        ("group-join", ["wmD"], False),
    ):
        await act(staffed, name, chat_id=chat_id, people=people, lost=lost)
        await staffed.settle()
    gaps = []
    for fields in receiver.fields:
        change = read_change(fields)
        assert change is not None
        mirrored = apply(roster, change)
        roster = mirrored.roster
        gaps.append(mirrored.reread)
    assert gaps == [False, False, False, True]
    assert [member.id for member in roster.members] == ["lisi", "wmB", "ZhangSan"]
    now = await reread(staffed, chat_id)
    assert [member.id for member in now.members] == ["lisi", "wmB", "ZhangSan", "wmC", "wmD"]
    assert now.version == receiver.fields[-1]["CurMemVer"]


async def reread(staffed: StaffClient, chat_id: str) -> Roster:
    answer = await staffed.api("POST", "externalcontact/groupchat/get", {"chat_id": chat_id})
    shown = answer["group_chat"]
    assert isinstance(shown, dict)
    members = tuple(
        GroupMember(id=member["userid"], kind=MemberKind(member["type"])) for member in shown["member_list"]
    )
    return replace(Roster(chat_id=chat_id), version=shown["member_version"], members=members)
