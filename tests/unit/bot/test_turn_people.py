"""A turn where people are about: the platform's own agents, members of the shop, what reports and cards say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.respondent import Respondent
from bot.turn import FLOOD, SORRY, Thinker, author, new_owner, offered_to_people
from bot.turns import Claimed, Finished
from channels.limits import KEFU_LIMITS, ReplyLimits
from channels.outcomes import SendOutcome, Sent
from conversations.address import Address, Channel
from conversations.clock import ManualClock
from conversations.conversation import Conversation
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
    MessageKey,
    Recalled,
    SendFailed,
    Text,
    Trigger,
)
from conversations.outcomes import HandOver, HandOverReason, Outcome, Say, say
from conversations.ownership import Owner, Ownership
from conversations.replies import ImageReply, Reply, ReplyKind, TextReply, TransferReply, from_stored
from handlers.case_card import member_addresses
from handlers.router import Router
from handlers.turn import Turn
from intents.understanding import FAQ, Understanding
from tests.unit.bot.test_turn import FakeKnowledge

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
HER = Address(channel=Channel.KEFU, account="wk1", peer="wmHer")
MEMBER = Address(channel=Channel.WECOM, account="1000002", peer="zhangsan")
BOT = Ownership(epoch=4)
QUEUE = Ownership(owner=Owner.QUEUE, epoch=4)
LAN = Ownership(owner=Owner.AGENT, agent="lan", epoch=4)
MEI = Ownership(owner=Owner.AGENT, agent="mei", epoch=5)
WISH = HandOver(reason=HandOverReason.ASKED_FOR, summary="转人工", connecting="正在为您转接～")
PROMISE = "已记下，客服看到后会回复您"


@dataclass(frozen=True, slots=True)
class FakeChannel:
    """Every message holds ``content``; nothing can be said passively."""

    content: Content
    hands_over: bool = True

    @property
    def limits(self) -> ReplyLimits:
        return KEFU_LIMITS

    @property
    def idempotent(self) -> bool:
        return True

    @property
    def sends_here(self) -> bool:
        return True

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        return Inbound(key=key, address=HER, content=self.content, sent_at=NOON, trigger=Trigger.MESSAGE)

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        return None

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        return Sent()


class Understands:
    """Everything is a question. ``heard`` are the texts that it was given."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def parse(self, text: str) -> Understanding:
        self.heard.append(text)
        return Understanding(intent=FAQ, confidence=1.0)


async def staff_desk(turn: Turn) -> Outcome:
    return say(f"同事您好：{turn.text}")


async def thinks(
    content: Content,
    outcome: Outcome,
    *,
    hands_over: bool = True,
    address: Address = HER,
    ownership: Ownership = BOT,
    members: Sequence[Address] = (),
    understander: Understands | None = None,
    behind: int = 0,
) -> Finished:
    claim = claimed(address=address, ownership=ownership, behind=behind)
    return await thinker(content, outcome, hands_over, members, understander).think(claim)


def claimed(*, address: Address = HER, ownership: Ownership = BOT, behind: int = 0) -> Claimed:
    return Claimed(
        inbox_id=1,
        key=MessageKey("kefu:wk1:m1"),
        body={"msgid": "m1"},
        conversation=Conversation(address=address, ownership=ownership),
        lease="one:1",
        until_ms=0,
        attempts=1,
        received_ms=0,
        behind=behind,
    )


def thinker(
    content: Content,
    outcome: Outcome,
    hands_over: bool = True,
    members: Sequence[Address] = (),
    understander: Understands | None = None,
) -> Thinker:
    routes = Router()

    async def handle(_turn: Turn) -> Outcome:
        return outcome

    for intent in (FAQ, "unsupported"):
        routes.intent(intent)(handle)
    channel = FakeChannel(content, hands_over)
    return Thinker(
        channels={Channel.KEFU: channel, Channel.WECOM: channel},
        respondent=Respondent(
            understander=understander or Understands(), router=routes, knowledge=FakeKnowledge()
        ),
        clock=ManualClock(NOON),
        staff=staff_desk,
        members=members,
    )


def promised(*more: Say) -> Outcome:
    return Outcome(
        says=(*more, Say(reply=TextReply(text=PROMISE), kind=ReplyKind.TRANSITION)), hand_over=WISH
    )


def said(finished: Finished) -> list[tuple[ReplyKind, Reply]]:
    return [(speech.kind, from_stored(speech.body)) for speech in finished.speeches]


def change(kind: AgentSessionChange, agent: str = "mei") -> AgentSession:
    return AgentSession(change=kind, agent=agent)


TRANSFER = TransferReply(connecting=WISH.connecting, nobody=PROMISE)


async def test_where_the_platform_has_people_the_promise_is_kept_for_when_nobody_comes() -> None:
    finished = await thinks(Text(text="转人工"), promised())
    assert said(finished) == [(ReplyKind.TRANSITION, TRANSFER)]
    assert finished.case is not None
    assert finished.case.summary == "转人工"


async def test_where_it_has_none_the_promise_is_said() -> None:
    finished = await thinks(Text(text="转人工"), promised(), hands_over=False)
    assert said(finished) == [(ReplyKind.TRANSITION, TextReply(text=PROMISE))]
    assert finished.case is not None


async def test_what_the_bot_still_has_to_say_is_said_before_the_transfer() -> None:
    finished = await thinks(Text(text="坏了"), promised(Say(reply=TextReply(text="对不起"))))
    assert said(finished) == [
        (ReplyKind.CHAT, TextReply(text="对不起")),
        (ReplyKind.TRANSITION, TRANSFER),
    ]


def test_several_promises_become_one() -> None:
    outcome = Outcome(
        says=(
            Say(reply=TextReply(text="一"), kind=ReplyKind.TRANSITION),
            Say(reply=TextReply(text="二"), kind=ReplyKind.TRANSITION),
        )
    )
    assert offered_to_people(outcome, WISH).says == (
        Say(reply=TransferReply(connecting=WISH.connecting, nobody="一\n二"), kind=ReplyKind.TRANSITION),
    )


def test_without_a_promise_nothing_is_promised() -> None:
    picture = Say(reply=ImageReply(media_id="m"))
    outcome = offered_to_people(Outcome(says=(picture,)), WISH)
    assert outcome.says == (
        picture,
        Say(reply=TransferReply(connecting=WISH.connecting), kind=ReplyKind.TRANSITION),
    )


@pytest.mark.parametrize(
    ("content", "before", "after"),
    [
        (change(AgentSessionChange.CREATED), BOT, MEI),
        (change(AgentSessionChange.CREATED), QUEUE, MEI),
        (change(AgentSessionChange.CREATED), LAN, MEI),
        (change(AgentSessionChange.CREATED, "lan"), LAN, None),
        (change(AgentSessionChange.SWITCHED), LAN, MEI),
        (change(AgentSessionChange.SWITCHED, "lan"), LAN, None),
        (change(AgentSessionChange.REOPENED), BOT, MEI),
        (change(AgentSessionChange.REOPENED), LAN, MEI),
        (change(AgentSessionChange.CLOSED), BOT, None),
        (change(AgentSessionChange.CLOSED), QUEUE, Ownership(epoch=5)),
        (change(AgentSessionChange.CLOSED), LAN, Ownership(epoch=5)),
        (AgentSaid(agent="mei", content=Text(text="您好")), BOT, MEI),
        (AgentSaid(agent="mei", content=Text(text="您好")), QUEUE, MEI),
        (AgentSaid(agent="lan", content=Text(text="您好")), LAN, None),
        (Text(text="你好"), BOT, None),
        (Text(text="你好"), LAN, None),
        (EnteredSession(), LAN, None),
        (SendFailed(platform_id="m", fail_type=5, reason="ended"), LAN, None),
        (Recalled(platform_id="m", agent="mei"), BOT, None),
    ],
)
def test_who_owns_the_conversation_after_what_was_heard(
    content: Content, before: Ownership, after: Ownership | None
) -> None:
    assert new_owner(content, before) == after


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (Text(text="你好"), "customer"),
        (Image(media_id="m"), "customer"),
        (AgentSaid(agent="mei", content=Text(text="您好")), "agent:mei"),
    ],
)
async def test_the_transcript_names_who_spoke(content: Content, name: str) -> None:
    assert author(content) == name
    assert (await thinks(content, say("好"))).author == name


@pytest.mark.parametrize("before", [BOT, QUEUE, LAN])
async def test_what_a_person_of_the_shop_says_is_kept_and_never_answered(before: Ownership) -> None:
    understander = Understands()
    content = AgentSaid(agent="lan", content=Text(text="您好，我是兰兰"))
    finished = await thinks(content, say("好"), ownership=before, understander=understander)
    assert (finished.speeches, finished.case) == ((), None)
    assert understander.heard == []
    assert finished.transcript == '{"msgid": "m1"}'


async def test_in_the_queue_the_bot_is_silent() -> None:
    assert (await thinks(Text(text="在吗"), say("在"), ownership=QUEUE)).speeches == ()


@pytest.mark.parametrize("before", [QUEUE, LAN])
async def test_a_flood_is_for_people_to_read_when_people_have_the_conversation(before: Ownership) -> None:
    finished = await thinks(Text(text="在吗"), say("在"), ownership=before, behind=FLOOD)
    assert finished.speeches == ()
    assert [fact.name for fact in finished.facts] == ["message.left_to_person"]


@pytest.mark.parametrize(("before", "words"), [(BOT, [SORRY]), (QUEUE, []), (LAN, [])])
def test_giving_up_is_told_only_where_the_bot_may_speak(before: Ownership, words: list[str]) -> None:
    finished = thinker(Text(text="在吗"), say("在")).give_up(claimed(ownership=before), "boom")
    assert [speech.body["text"] for speech in finished.speeches] == words
    assert (finished.dead, [fact.name for fact in finished.facts]) == ("boom", ["turn.dead"])


@pytest.mark.parametrize(
    "content", [File(media_id="m", name="合同.pdf"), Card(kind="miniprogram", title="荔枝", fields={})]
)
async def test_a_file_or_a_card_is_not_met_with_silence(content: Content) -> None:
    assert said(await thinks(content, say("看不懂"))) == [(ReplyKind.CHAT, TextReply(text="看不懂"))]


async def test_members_of_the_shop_are_served_by_their_own_desk() -> None:
    understander = Understands()
    finished = await thinks(Text(text="待处理"), say("给顾客的话"), address=MEMBER, understander=understander)
    assert said(finished) == [(ReplyKind.CHAT, TextReply(text="同事您好：待处理"))]
    assert understander.heard == []


async def test_a_customer_is_never_served_by_the_members_desk() -> None:
    understander = Understands()
    finished = await thinks(Text(text="待处理"), say("给顾客的话"), understander=understander)
    assert said(finished) == [(ReplyKind.CHAT, TextReply(text="给顾客的话"))]
    assert understander.heard == ["待处理"]


async def test_every_member_hears_of_a_case_in_a_conversation_of_their_own() -> None:
    members = member_addresses(["zhangsan", "lisi"], agent_id=1000002)
    finished = await thinks(Text(text="转人工"), promised(), members=members)
    assert [card.address for card in finished.cards] == list(members)
    assert {card.body["type"] for card in finished.cards} == {"card"}
    again = await thinks(Text(text="转人工"), promised(), members=members)
    assert again.cards == finished.cards


async def test_without_a_case_there_is_no_card() -> None:
    members = member_addresses(["zhangsan"], agent_id=1000002)
    assert (await thinks(Text(text="你好"), say("好"), members=members)).cards == ()


async def test_a_report_that_a_reply_did_not_arrive_is_handed_on_and_not_answered() -> None:
    failure = SendFailed(platform_id="m7", fail_type=13, reason="stopped")
    finished = await thinks(failure, say("好"))
    assert (finished.failure, finished.speeches) == (failure, ())
    assert (await thinks(Text(text="你好"), say("好"))).failure is None
