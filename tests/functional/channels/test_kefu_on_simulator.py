"""微信客服 over real HTTP against the simulator: pulling, speaking, handing over, files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from channels.calls import Answered, Downloaded
from channels.kefu.adapter import KefuChannel
from channels.kefu.client import KefuClient, Pause
from channels.kefu.desk import Servicer, Session
from channels.kefu.items import key_of
from channels.kefu.links import with_scene_param
from channels.kefu.pages import Page
from channels.kefu.sending import msgid_of
from channels.kefu.states import SessionState
from channels.media.kinds import MAX_BYTES, MediaKind, content_type
from channels.outcomes import (
    HeldByPeople,
    NobodyReceiving,
    NotSent,
    OutcomeUnknown,
    Refused,
    SendOutcome,
    Sent,
    Transferred,
    WindowClosed,
)
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.gettoken import GetToken
from channels.wecom.settings import WecomSettings
from conversations.address import Address
from conversations.clock import OffsetClock
from conversations.inbound import (
    AgentSaid,
    AgentSession,
    AgentSessionChange,
    Card,
    Content,
    EnteredSession,
    File,
    Image,
    Inbound,
    Link,
    Location,
    Notification,
    Recalled,
    SendFailed,
    Text,
    Trigger,
    Unrecognised,
    Video,
    Voice,
)
from conversations.ownership import Owner
from conversations.replies import Choice, CodedReply, MenuReply, Reply, TextReply, TransferReply
from simulator.settings import Settings
from tests.functional.simulator.conftest import running
from tests.functional.simulator.corp_bot import (
    ACCOUNT,
    AES_KEY,
    CORP_ID,
    SECRET,
    TOKEN,
    CorpBot,
    CorpClient,
    corp_settings,
    listening,
)
from tests.functional.simulator.echo_bot import AES_KEY as OFFICIAL_KEY
from tests.functional.simulator.echo_bot import APP_ID, APP_SECRET, ORIGINAL_ID
from tests.functional.simulator.echo_bot import TOKEN as OFFICIAL_TOKEN
from tests.unit.channels.kefu.platform import MemorySessions

HELLO = TextReply(text="您好")
NOT_NEEDED = "http://127.0.0.1:9/callback/official"


@dataclass
class Shop:
    """Our channel, its client, and the other side: customers, servicers, the clock."""

    corp: CorpClient
    client: KefuClient
    channel: KefuChannel
    sessions: MemorySessions
    cursor: str = ""

    async def pull(self) -> list[Inbound]:
        """Everything new, as our channel reads it, by the newest bell; pages are taken while there is more."""
        await self.corp.sim("POST", "settle?timeout=20")
        found: list[Inbound] = []
        while True:
            page = await self.client.sync(ACCOUNT, self.cursor, self.corp.bot.bells()[-1][0])
            assert isinstance(page, Page)
            found += [self.channel.read(item, key_of(item, ACCOUNT)) for item in page.items]
            self.cursor = page.next_cursor
            if not page.has_more:
                return found

    async def contents(self) -> list[Content]:
        return [inbound.content for inbound in await self.pull()]

    async def begins(self, customer: str = "c1") -> Address:
        """The customer writes, and we read it."""
        await self.corp.act(customer, "say", text="你好")
        (*_, last) = await self.pull()
        return last.address

    async def send(self, reply: Reply, to: Address, key: str = "k") -> SendOutcome:
        return await self.channel.send(reply, to, key=key)

    async def stops(self, *userids: str) -> None:
        for userid in userids:
            await self.corp.sim("PUT", f"kefu/servicers/{userid}", {"receiving": False})

    async def violations(self) -> dict[str, int]:
        return await self.corp.client.violations()

    async def fault(self, path: str, kind: str, **more: object) -> None:
        rule = {"side": "api", "path": path, "kind": kind, "count": 1, **more}
        await self.corp.sim("PUT", "faults", {"rules": [rule]})


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    bot = CorpBot()
    async with listening(bot) as callback_url:
        offset = tmp_path / "offset"
        world = Settings(
            app_id=APP_ID,
            app_secret=APP_SECRET,
            original_id=ORIGINAL_ID,
            token=OFFICIAL_TOKEN,
            aes_key=OFFICIAL_KEY,
            callback_url=NOT_NEEDED,
            port=0,
            timeout_scale=0.05,
            clock_offset_file=offset,
            corp=corp_settings(callback_url),
        )
        async with running(world) as sim, aiohttp.ClientSession() as session:
            ours = WecomSettings.model_validate(
                {
                    "enabled": True,
                    "api_base": sim.corp_url,
                    "corp_id": CORP_ID,
                    "agent_id": 1_000_002,
                    "secret": SECRET,
                    "token": TOKEN,
                    "encoding_aes_key": AES_KEY,
                }
            )
            clock = OffsetClock(offset)
            client = KefuClient(QyApi(ours, session, TokenKeeper(GetToken(ours, session))))
            sessions = MemorySessions(clock)
            channel = KefuChannel(ours, client, sessions, clock)
            yield Shop(CorpClient(sim, bot), client, channel, sessions)


async def test_everything_that_a_customer_can_send_is_read(shop: Shop) -> None:
    for act in ("image", "voice", "video", "file", "location", "link", "business_card", "miniprogram"):
        await shop.corp.act("c1", act)
    for act in ("channels_shop_product", "channels_shop_order", "merged_msg", "channels"):
        await shop.corp.act("c1", act)
    for act in ("meeting", "calendar", "note"):
        await shop.corp.act("c1", act)
    await shop.corp.act("c1", "raw", msgtype="hologram", body={"x": 1})
    pulled = await shop.pull()
    assert [type(inbound.content) for inbound in pulled] == [
        Image,
        Voice,
        Video,
        File,
        Location,
        Link,
        *[Card] * 9,
        Unrecognised,
    ]
    assert {inbound.trigger for inbound in pulled} == {Trigger.MESSAGE}
    assert len({inbound.address for inbound in pulled}) == 1
    assert len({inbound.key for inbound in pulled}) == len(pulled)


async def test_pulling_again_from_the_start_brings_the_same_keys(shop: Shop) -> None:
    await shop.corp.sim("PATCH", "settings", {"corp": {"kefu_sync_empty_pages": 2, "kefu_page_limit": 3}})
    await shop.corp.sim("POST", "kefu/bulk", {"customers": 2, "messages": 5})
    first = [inbound.key for inbound in await shop.pull()]
    shop.cursor = ""
    again = [inbound.key for inbound in await shop.pull()]
    assert len(first) == len(set(first)) == 10
    assert again == first


async def test_a_bells_token_that_is_too_old_is_left_away(shop: Shop) -> None:
    await shop.begins()
    bell = shop.corp.bot.bells()[-1][0]
    await shop.corp.pass_time(601)
    pause = await shop.client.sync(ACCOUNT, "", bell)
    assert isinstance(pause, Pause)
    assert (pause.without_token, pause.retry_after) == (True, 0.0)
    page = await shop.client.sync(ACCOUNT, "", "")
    assert isinstance(page, Page)
    assert len(page.items) == 1


async def test_an_account_that_is_not_ours_pauses(shop: Shop) -> None:
    pause = await shop.client.sync("wkAAAAstranger", "", "")
    assert isinstance(pause, Pause)
    assert pause.reason.startswith("sync_msg: errcode 95")
    assert (pause.retry_after or 0) >= 60


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


async def test_recalls_failures_and_servicers_are_told(shop: Shop) -> None:
    customer = await shop.begins()
    done = await shop.corp.act("c1", "say", text="写错了")
    await shop.corp.act("c1", "recall", msgid=done["msgid"])
    sent = await shop.send(HELLO, customer)
    assert isinstance(sent, Sent)
    failed = {"customer": "c1", "msgid": sent.platform_id, "fail_type": 10}
    await shop.corp.sim("POST", "kefu/fail", failed)
    await shop.corp.serve("lisi", "stop")
    wrong, recalled, failure, stopped = await shop.contents()
    assert wrong == Text(text="写错了")
    assert recalled == Recalled(platform_id=str(done["msgid"]))
    assert failure == SendFailed(
        platform_id=msgid_of("k"), fail_type=10, reason="the customer rejects our messages"
    )
    assert isinstance(stopped, Notification)
    assert stopped.name == "servicer_status_change"


async def test_a_picture_is_downloaded_and_a_missing_one_is_not(shop: Shop) -> None:
    await shop.corp.act("c1", "image")
    (picture,) = await shop.contents()
    assert isinstance(picture, Image)
    got = await shop.client.download(picture.media_id, max_bytes=MAX_BYTES[MediaKind.IMAGE])
    assert isinstance(got, Downloaded)
    assert content_type(MediaKind.IMAGE, got.content) == "image/png"
    missing = await shop.client.download("no-such-media", max_bytes=10_000)
    assert isinstance(missing, Answered)
    assert missing.code == 40007


async def test_names_and_accounts(shop: Shop) -> None:
    customer = await shop.begins()
    (known,) = await shop.client.customers([customer.peer])
    assert known.external_userid == customer.peer
    assert known.nickname
    assert ACCOUNT in [account.open_kfid for account in await shop.client.accounts()]
