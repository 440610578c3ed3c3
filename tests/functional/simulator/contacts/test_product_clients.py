"""Our own clients against the simulated corp: two readings of the same documents must agree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import pytest
from pydantic import SecretStr

from channels.outcomes import NotSent, Refused, Sent
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.appchat import AppChat, AppChats, ChatText
from channels.wecom.attachments import LinkAttachment
from channels.wecom.client import WecomClient
from channels.wecom.contacts import Contact, Contacts
from channels.wecom.gettoken import GetToken
from channels.wecom.group_welcome import GroupWelcome, GroupWelcomes
from channels.wecom.groups import CustomerGroups, ListedGroup
from channels.wecom.mass import MassCreated, MassKind, MassMessage, MassMessages
from channels.wecom.media import MediaKind, MediaUploads
from channels.wecom.robot import GroupRobot, RobotMedia
from channels.wecom.robot_messages import RobotImage, RobotText, RobotVoice
from channels.wecom.roster import Roster
from channels.wecom.settings import WecomSettings
from channels.wecom.tags import CorpTags, GivenTag, NameTaken, NoRelation, TagGroup, UnknownTag
from conversations.address import Address, Channel
from conversations.replies import CardReply, CardUpdate, ImageReply, LinkReply, Reply, TextReply
from simulator.media import sample_picture, sample_voice
from tests.functional.simulator.contacts.test_sim_contacts import act
from tests.functional.simulator.corpapp.test_sim_app_sending import CARD
from tests.functional.simulator.staff_bot import AGENT_ID, CORP_ID, ROBOT_KEY, SECRET
from tests.functional.simulator.staff_client import StaffClient

ZHANG = Address(channel=Channel.WECOM, account=str(AGENT_ID), peer="ZhangSan")


@dataclass(slots=True)
class Ours:
    """The product's way to the API."""

    api: QyApi
    client: WecomClient
    session: aiohttp.ClientSession

    async def say(self, reply: Reply, to: Address = ZHANG) -> object:
        """One message to a member."""
        return await self.client.send(reply, to)


@pytest.fixture
async def ours(corp: StaffClient) -> AsyncIterator[Ours]:
    settings = WecomSettings(
        api_base=corp.corp_url, corp_id=CORP_ID, agent_id=AGENT_ID, secret=SecretStr(SECRET)
    )
    async with aiohttp.ClientSession() as session:
        api = QyApi(settings, session, TokenKeeper(GetToken(settings, session)))
        yield Ours(api, WecomClient(settings, api), session)


async def test_messages_to_members(corp: StaffClient, ours: Ours) -> None:
    media_id = await MediaUploads(ours.api).media_id(MediaKind.IMAGE, sample_picture(8, 8), "a.png")
    assert isinstance(media_id, str)
    for reply in (
        TextReply(text="有客户在等"),
        ImageReply(media_id=media_id),
        LinkReply(title="订单", description="待发货", url="https://x.cn"),
        LinkReply(title="订单", description="", url="https://x.cn"),
    ):
        assert isinstance(await ours.say(reply), Sent)
    assert [line["kind"] for line in await corp.phone("ZhangSan")] == ["text", "image", "textcard", "news"]
    stranger = Address(channel=Channel.WECOM, account=str(AGENT_ID), peer="nobody")
    assert isinstance(await ours.say(TextReply(text="?"), stranger), Refused)
    assert await corp.violations() == {}


async def test_a_card_and_its_update(corp: StaffClient, ours: Ours) -> None:
    body = {name: value for name, value in CARD.items() if name != "task_id"}
    sent = await ours.say(CardReply(task_id="handoff-42", card=body))
    assert isinstance(sent, Sent)
    assert sent.response_code is not None
    update = CardUpdate(response_code=sent.response_code, button="已接入")
    assert isinstance(await ours.say(update), Sent)
    (line,) = await corp.phone("ZhangSan")
    assert line["card"]["replaced"] == "已接入"  # type: ignore[index]
    assert isinstance(await ours.say(update), Sent), "a code that is used up has done its work"


async def test_chats_and_robots(corp: StaffClient, ours: Ours) -> None:
    chats = AppChats(ours.api)
    assert await chats.create("值班", ("ZhangSan", "lisi"), chat_id="duty1") == "duty1"
    assert isinstance(await chats.update("duty1", add=("wangwu",)), Sent)
    members = ("ZhangSan", "lisi", "wangwu")
    assert await chats.get("duty1") == AppChat(
        chat_id="duty1", name="值班", owner="ZhangSan", members=members
    )
    assert isinstance(await chats.send("duty1", ChatText(text="开会", mentions=("lisi",))), Sent)
    robot = GroupRobot(corp.corp_url, ours.session, SecretStr(ROBOT_KEY))
    voice = await robot.upload(RobotMedia.VOICE, sample_voice(), "a.amr")
    assert isinstance(voice, str)
    for message in (RobotVoice(media_id=voice), RobotImage(content=sample_picture(8, 8))):
        assert isinstance(await robot.send(message), Sent)
    answers = [await robot.send(RobotText(text=str(number))) for number in range(19)]
    assert [type(answer) for answer in answers] == [Sent] * 18 + [NotSent]
    gone = GroupRobot(corp.corp_url, ours.session, SecretStr("unknown"))
    assert isinstance(await gone.send(RobotText(text="?")), Refused)


async def test_customers_and_their_tags(corp: StaffClient, ours: Ours) -> None:
    contacts = Contacts(ours.api)
    assert isinstance(await contacts.of_member("lisi"), Refused)
    made = await act(corp, "add", userid="lisi", name="小王", state="door", unionid="u1")
    customer = str(made["external_userid"])
    assert await contacts.of_member("lisi") == (customer,)
    tags = CorpTags(ours.api)
    group = await tags.add("口味", ("甜", "咸"))
    assert isinstance(group, TagGroup)
    sweet = group.tags[0].id
    assert await tags.list() == (group,)
    assert isinstance(await tags.mark("lisi", customer, add=(sweet,)), Sent)
    found = await contacts.get(customer)
    assert isinstance(found, Contact)
    assert (found.name, found.union_id, found.kind) == ("小王", "u1", 1)
    assert [(one.userid, one.state, one.tags) for one in found.followers] == [
        ("lisi", "door", (GivenTag(id=sweet, name="甜", group="口味"),))
    ]
    assert await tags.add("口味", ("甜",)) == NameTaken()
    assert await tags.mark("wangwu", customer, add=(sweet,)) == NoRelation()
    await act(corp, "tag-delete", tag_id=[sweet])
    assert await tags.mark("lisi", customer, remove=(sweet,)) == UnknownTag()
    assert isinstance(await tags.add("口味", ("长" * 31,)), Refused)


async def test_groups_their_welcome_and_a_push(corp: StaffClient, ours: Ours) -> None:
    chat_id = str((await act(corp, "group-create", owner="lisi", name="老客户群"))["chat_id"])
    await act(corp, "group-join", chat_id=chat_id, people=["wmA"])
    groups = CustomerGroups(ours.api)
    assert await groups.list(("lisi",)) == (ListedGroup(chat_id=chat_id, status=0),)
    roster = await groups.get(chat_id)
    assert isinstance(roster, Roster)
    assert (roster.owner, [member.id for member in roster.members]) == ("lisi", ["lisi", "wmA"])
    welcomes = GroupWelcomes(ours.api)
    link = LinkAttachment(title="菜单", url="https://x.cn")
    key = await welcomes.add(GroupWelcome(text="欢迎 %NICKNAME%", attachment=link))
    assert isinstance(key, str)
    assert await welcomes.text_of(key) == "欢迎 %NICKNAME%"
    mass = MassMessages(ours.api)
    message = MassMessage(
        kind=MassKind.GROUP, sender="lisi", receivers=(chat_id,), text="八折", attachments=(link,)
    )
    created = await mass.create(message)
    assert isinstance(created, MassCreated)
    assert isinstance(await mass.remind(created.msgid), Sent)
    await act(corp, "mass-confirm", userid="lisi", msgid=created.msgid)
    tasks, results = await mass.tasks(created.msgid), await mass.results(created.msgid, "lisi")
    assert isinstance(tasks, tuple)
    assert isinstance(results, tuple)
    assert [(task.userid, task.status) for task in tasks] == [("lisi", 2)]
    assert [(receipt.receiver, receipt.status) for receipt in results] == [(chat_id, 1)]
    assert datetime.fromtimestamp(results[0].sent_at, UTC).year >= 2020
    assert isinstance(await mass.cancel(created.msgid), Sent)
