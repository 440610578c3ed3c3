"""微信客服 over real HTTP against the simulator: speaking, codes, handing over."""

from __future__ import annotations

import pytest

from channels.kefu.desk import Servicer, Session
from channels.kefu.links import with_scene_param
from channels.kefu.sending import msgid_of
from channels.kefu.states import SessionState
from channels.outcomes import (
    HeldByPeople,
    NobodyReceiving,
    NotSent,
    OutcomeUnknown,
    Refused,
    Sent,
    Transferred,
    WindowClosed,
)
from conversations.inbound import (
    AgentSaid,
    AgentSession,
    AgentSessionChange,
    EnteredSession,
    Text,
)
from conversations.ownership import Owner
from conversations.replies import Choice, CodedReply, MenuReply, TextReply, TransferReply
from tests.functional.channels.kefu.shop import HELLO, Shop
from tests.functional.simulator.corp_bot import (
    ACCOUNT,
)


async def test_a_conversation(shop: Shop) -> None:
    customer = await shop.begins()
    menu = MenuReply(head="您想问什么？", choices=(Choice(id="101", label="查快递"),), tail="点一下就好")
    assert await shop.send(HELLO, customer, "k1") == Sent(platform_id=msgid_of("k1"))
    assert isinstance(await shop.send(menu, customer, "k2"), Sent)
    await shop.corp.act("c1", "click", id="101")
    assert await shop.contents() == [Text(text="查快递", menu_id="101")]
    assert await shop.violations() == {}


async def test_the_sixth_is_deferred(shop: Shop) -> None:
    customer = await shop.begins()
    sent = [await shop.send(TextReply(text=f"第{n}条"), customer, f"k{n}") for n in range(6)]
    assert [type(outcome) for outcome in sent] == [Sent] * 5 + [WindowClosed]


async def test_after_48_hours_we_wait_for_the_customer(shop: Shop) -> None:
    customer = await shop.begins()
    await shop.send(HELLO, customer, "k1")
    await shop.corp.pass_time(48 * 3600 + 5)
    assert isinstance(await shop.send(HELLO, customer, "k2"), WindowClosed)


@pytest.mark.parametrize("errcode", [40058, 99999])
async def test_a_message_whose_answer_was_lost_arrives_once(shop: Shop, errcode: int) -> None:
    """Whichever errcode the platform has for a msgid that was used: it is not published."""
    await shop.corp.sim("PATCH", "settings", {"corp": {"kefu_duplicate_errcode": errcode}})
    customer = await shop.begins()
    await shop.fault("/cgi-bin/kf/send_msg", "reset_after")
    assert isinstance(await shop.send(HELLO, customer), OutcomeUnknown)
    assert await shop.send(HELLO, customer) == Sent(platform_id=msgid_of("k"))
    assert await shop.corp.words("c1") == ["您好"]


async def test_busy_is_repeated(shop: Shop) -> None:
    customer = await shop.begins()
    await shop.fault("/cgi-bin/kf/send_msg", "errcode", errcode=-1)
    assert isinstance(await shop.send(HELLO, customer), NotSent)
    assert isinstance(await shop.send(HELLO, customer), Sent)
    assert await shop.corp.words("c1") == ["您好"]


async def test_native_reception_is_respected(shop: Shop) -> None:
    """The commonest trouble of the field: an online servicer gets the new session, and each send is refused."""
    await shop.corp.sim("PATCH", "settings", {"corp": {"native_reception": True}})
    customer = await shop.begins()
    outcome = await shop.send(HELLO, customer)
    assert isinstance(outcome, HeldByPeople)
    assert "kefu-send-refused-state" not in await shop.violations()


async def test_the_welcome(shop: Shop) -> None:
    url = with_scene_param(await shop.client.contact_way(ACCOUNT, "poster"), "来自海报")
    await shop.corp.act("c1", "enter", url=url)
    (entered,) = await shop.pull()
    assert isinstance(entered.content, EnteredSession)
    assert (entered.content.scene, entered.content.scene_param) == ("poster", "来自海报")
    assert entered.content.code is not None
    menu = MenuReply(head="欢迎", choices=(Choice(id="1", label="看看新品"),))
    welcome = CodedReply(code=entered.content.code, reply=menu)
    assert isinstance(await shop.send(welcome, entered.address, "welcome"), Sent)
    assert isinstance(await shop.send(welcome, entered.address, "again"), Refused)
    assert len(await shop.corp.heard("c1")) == 1


async def test_a_welcome_that_comes_too_late_is_not_tried(shop: Shop) -> None:
    await shop.corp.act("c1", "enter", scene="poster")
    (entered,) = await shop.pull()
    assert isinstance(entered.content, EnteredSession)
    assert entered.content.code is not None
    await shop.corp.pass_time(21)
    welcome = CodedReply(code=entered.content.code, reply=HELLO)
    assert await shop.send(welcome, entered.address) == Refused(reason="the code has expired")
    assert await shop.violations() == {}


async def test_handing_over_and_back(shop: Shop) -> None:
    customer = await shop.begins()
    handed = await shop.send(TransferReply(connecting="正在为您转接"), customer, "t")
    assert isinstance(handed, Transferred)
    assert (handed.owner, handed.agent) == (Owner.QUEUE, None)
    assert handed.code is not None
    assert isinstance(await shop.send(CodedReply(code=handed.code, reply=HELLO), customer, "c"), Sent)
    assert await shop.send(HELLO, customer, "chat") == HeldByPeople(owner=Owner.QUEUE)
    await shop.corp.serve("zhangsan", "take", customer="c1")
    await shop.corp.serve("zhangsan", "say", customer="c1", text="我来处理")
    await shop.corp.serve("zhangsan", "transfer", customer="c1", to="lisi")
    await shop.corp.act("c1", "say", text="好的")
    taken, said, passed, answer = await shop.contents()
    assert isinstance(taken, AgentSession)
    assert (taken.change, taken.agent) == (AgentSessionChange.CREATED, "zhangsan")
    assert said == AgentSaid(agent="zhangsan", content=Text(text="我来处理"))
    assert isinstance(passed, AgentSession)
    assert (passed.change, passed.agent, passed.previous_agent) == (
        AgentSessionChange.SWITCHED,
        "lisi",
        "zhangsan",
    )
    assert answer == Text(text="好的")
    shop.sessions.known.clear()  # as the puller does when people change a session
    assert await shop.send(HELLO, customer, "chat") == HeldByPeople(owner=Owner.AGENT, agent="lisi")
    await shop.corp.serve("lisi", "end", customer="c1")
    (closed,) = await shop.contents()
    assert isinstance(closed, AgentSession)
    assert (closed.change, closed.agent) == (AgentSessionChange.CLOSED, "lisi")
    assert closed.code is not None
    assert isinstance(await shop.send(CodedReply(code=closed.code, reply=HELLO), customer, "bye"), Sent)
    shop.sessions.known.clear()
    assert await shop.send(HELLO, customer, "chat") == WindowClosed(reason="the session has ended")
    await shop.corp.serve("lisi", "reenter", customer="c1")
    (reopened,) = await shop.contents()
    assert isinstance(reopened, AgentSession)
    assert reopened.change is AgentSessionChange.REOPENED
    assert await shop.send(HELLO, customer, "chat") == HeldByPeople(owner=Owner.AGENT, agent="lisi")
    await shop.corp.serve("lisi", "end", customer="c1")
    shop.sessions.known.clear()
    assert await shop.begins() == customer
    assert isinstance(await shop.send(TextReply(text="又见面啦"), customer, "chat"), Sent)
    # The customer was told the same word twice, by two codes; nothing else was wrong.
    assert set(await shop.violations()) <= {"kefu-duplicate-text"}


async def test_handing_over_to_a_named_servicer(shop: Shop) -> None:
    customer = await shop.begins()
    handed = await shop.send(TransferReply(agent="lisi"), customer)
    assert isinstance(handed, Transferred)
    assert (handed.owner, handed.agent) == (Owner.AGENT, "lisi")
    assert await shop.client.service_state(customer) == Session(state=SessionState.SERVED, servicer="lisi")


async def test_nobody_receives(shop: Shop) -> None:
    customer = await shop.begins()
    await shop.stops("zhangsan", "lisi")
    servicers = await shop.client.servicers(ACCOUNT)
    assert getattr(servicers, "members", None) == (
        Servicer(userid="zhangsan", receiving=False),
        Servicer(userid="lisi", receiving=False),
    )
    assert isinstance(await shop.send(TransferReply(agent="lisi"), customer), NobodyReceiving)
    assert isinstance(await shop.send(HELLO, customer, "still ours"), Sent)


async def test_a_transfer_whose_answer_was_lost_is_not_made_twice(shop: Shop) -> None:
    customer = await shop.begins()
    await shop.fault("/cgi-bin/kf/service_state/trans", "reset_after")
    assert isinstance(await shop.send(TransferReply(), customer), OutcomeUnknown)
    assert await shop.send(TransferReply(), customer) == Transferred(owner=Owner.QUEUE)
