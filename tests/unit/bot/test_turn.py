"""A turn's thinking, with small fakes around it: what one claimed message leads to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.respondent import Respondent
from bot.sending import MORE_TO_COME
from bot.turn import FLOOD, FLOODED, SORRY, Thinker
from bot.turns import Claimed, Finished
from channels.limits import OFFICIAL_LIMITS, ReplyLimits
from channels.outcomes import SendOutcome, Sent
from channels.text import byte_length
from conversations.address import Address, Channel
from conversations.clock import ManualClock
from conversations.conversation import Context, Conversation
from conversations.errors import Transient
from conversations.facts import Fact
from conversations.inbound import (
    AgentSession,
    AgentSessionChange,
    Content,
    Followed,
    Image,
    Inbound,
    MessageKey,
    Text,
    Trigger,
    Unfollowed,
    Unrecognised,
)
from conversations.outcomes import NOTHING, HandOver, HandOverReason, Outcome, Say, say
from conversations.ownership import Owner, Ownership
from conversations.replies import Choice, ImageReply, MenuReply, Reply, ReplyKind, TextReply
from handlers.router import Router
from handlers.turn import Turn
from intents.understanding import FAQ, Understanding
from knowledge_base.decision import Decision, Refuse, RefuseReason, Verdict
from knowledge_base.entry import Entry, EntryId
from knowledge_base.serving import Asker
from tests.dialogues.knowledge import verdict_of

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang")
AGENT = Ownership(owner=Owner.AGENT, agent="lan@shop", epoch=4)


@dataclass(frozen=True, slots=True)
class FakeChannel:
    """Every callback holds ``content``; only texts can be said passively."""

    content: Content

    @property
    def limits(self) -> ReplyLimits:
        return OFFICIAL_LIMITS

    @property
    def idempotent(self) -> bool:
        return False

    @property
    def sends_here(self) -> bool:
        return True

    @property
    def hands_over(self) -> bool:
        return False

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        return Inbound(key=key, address=WANG, content=self.content, sent_at=NOON, trigger=Trigger.MESSAGE)

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        return f"<xml>{reply.text}</xml>" if isinstance(reply, TextReply) else None

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        return Sent()


async def no_staff(turn: Turn) -> Outcome:
    raise AssertionError("customers are not staff")


class FakeUnderstander:
    """The text names the intent: ``greet`` is the intent greet."""

    async def parse(self, text: str) -> Understanding:
        if text == "away":
            raise Transient("the classifier is away", retry_after=3)
        return Understanding(
            intent=text if text in ("greet", "ask_human", "missing") else FAQ, confidence=1.0
        )


class FakeKnowledge:
    async def decide(self, text: str) -> Decision:
        return Refuse(reason=RefuseReason.NOTHING_NEAR)

    version = "v1"

    async def verdict(
        self, text: str, *, previous: EntryId | None = None, asker: Asker | None = None
    ) -> Verdict:
        return verdict_of(await self.decide(text))

    def entry(self, entry_id: str) -> Entry | None:
        return Entry(id=EntryId(entry_id), question="几点发货？", answer="下午四点前付款当天发。", similar=())


@dataclass(slots=True)
class Shop:
    """The thinker and the one thing that its FAQ handler says."""

    outcome: Outcome

    def thinker(self, content: Content, *, without_faq: bool = False) -> Thinker:
        routes = Router()

        async def handle(turn: Turn) -> Outcome:
            return replace(self.outcome, facts=(*self.outcome.facts, Fact(name=turn.understanding.intent)))

        for intent in ("greet", "ask_human", "followed", "unfollowed", "unsupported", "menu"):
            routes.intent(intent)(handle)
        if not without_faq:
            routes.intent(FAQ)(handle)
        return Thinker(
            channels={Channel.OFFICIAL: FakeChannel(content)},
            respondent=Respondent(understander=FakeUnderstander(), router=routes, knowledge=FakeKnowledge()),
            clock=ManualClock(NOON),
            staff=no_staff,
        )

    async def thinks(self, content: Content, **about: Any) -> Finished:
        return await self.thinker(content).think(claimed(**about))


def claimed(
    *, behind: int = 0, context: Context | None = None, ownership: Ownership | None = None
) -> Claimed:
    return Claimed(
        inbox_id=1,
        key=MessageKey("official:gh_shop:1"),
        body={"MsgId": "1"},
        conversation=Conversation(
            address=WANG, context=context or Context(), ownership=ownership or Ownership()
        ),
        lease="one:1",
        until_ms=0,
        attempts=1,
        received_ms=0,
        behind=behind,
    )


def typed(text: str = "几点发货") -> Text:
    return Text(text=text)


def texts(finished: Finished) -> list[str]:
    return [str(speech.body["text"]) for speech in finished.speeches]


def facts(finished: Finished) -> list[str]:
    return [fact.name for fact in finished.facts]


async def test_what_the_handler_decides_is_carried_out() -> None:
    remembered = Context(misses=1)
    finished = await Shop(say("您好～", context=remembered)).thinks(typed("greet"))
    assert texts(finished) == ["您好～"]
    assert finished.passive_body == "<xml>您好～</xml>"
    assert (finished.context, finished.ownership, finished.case) == (remembered, None, None)
    assert facts(finished) == ["greet"]
    assert json.loads(finished.transcript) == {"MsgId": "1"}


async def test_an_intent_without_a_handler_is_a_question() -> None:
    finished = await Shop(say("好")).thinks(typed("missing"))
    assert texts(finished) == ["好"]


async def test_no_handler_at_all_is_a_mistake_of_ours() -> None:
    thinker = Shop(say("好")).thinker(typed("missing"), without_faq=True)
    with pytest.raises(LookupError, match="missing"):
        await thinker.think(claimed())


async def test_a_classifier_that_is_away_is_not_swallowed() -> None:
    with pytest.raises(Transient) as caught:
        await Shop(say("好")).thinks(typed("away"))
    assert caught.value.retry_after == 3


async def test_a_choice_from_what_was_offered_is_answered_from_the_knowledge_base() -> None:
    finished = await Shop(say("nobody asks")).thinks(typed("2"), context=Context(offered=("a", "b")))
    assert texts(finished) == ["下午四点前付款当天发。"]
    assert finished.context is not None
    assert finished.context.last_entry == "b"


@pytest.mark.parametrize("content", [Image(media_id="m"), Unrecognised(name="sticker", fields={})])
async def test_what_we_cannot_read_goes_to_its_handler(content: Content) -> None:
    assert texts(await Shop(say("看不懂")).thinks(content)) == ["看不懂"]


async def test_a_person_in_charge_is_left_alone() -> None:
    finished = await Shop(say("好")).thinks(typed(), ownership=AGENT)
    assert (finished.speeches, finished.passive_body) == ((), None)
    assert facts(finished) == ["message.left_to_person"]


async def test_handing_over_opens_one_case_under_the_messages_key() -> None:
    outcome = Outcome(
        says=(Say(reply=TextReply(text="已记下"), kind=ReplyKind.TRANSITION),),
        hand_over=HandOver(reason=HandOverReason.ASKED_FOR, summary="转人工"),
    )
    first = await Shop(outcome).thinks(typed("ask_human"))
    again = await Shop(outcome).thinks(typed("ask_human"))
    assert first.case is not None
    assert first.case == again.case
    assert first.case.conversation_id == WANG.conversation_id
    assert [speech.kind for speech in first.speeches] == [ReplyKind.TRANSITION]


@pytest.mark.parametrize(
    ("behind", "said"), [(FLOOD - 1, ["好"]), (FLOOD, [FLOODED]), (FLOOD + 1, []), (500, [])]
)
async def test_a_flood_is_answered_once(behind: int, said: list[str]) -> None:
    finished = await Shop(say("好")).thinks(typed(), behind=behind)
    assert texts(finished) == said
    assert ("message.flood" in facts(finished)) is (behind >= FLOOD)


async def test_a_long_answer_is_said_in_pieces_that_leave_room_for_a_note() -> None:
    long = "这是一句话。" * 300
    finished = await Shop(say(long)).thinks(typed())
    pieces = texts(finished)
    assert "".join(pieces) == long
    assert len(pieces) > 2
    assert all(byte_length(p + MORE_TO_COME) <= OFFICIAL_LIMITS.max_text_bytes for p in pieces)
    assert finished.passive_body == f"<xml>{pieces[0]}</xml>"


async def test_an_answer_of_just_the_right_length_is_one_piece() -> None:
    full = "一" * (OFFICIAL_LIMITS.max_text_bytes // 3)
    assert texts(await Shop(say(full)).thinks(typed())) == [full]


async def test_a_blank_answer_is_not_said() -> None:
    finished = await Shop(say(" \n ")).thinks(typed())
    assert (finished.speeches, finished.passive_body) == ((), None)


async def test_a_menu_stays_a_menu_unless_it_is_too_long() -> None:
    def menu(label: str) -> Outcome:
        choices = tuple(Choice(id=str(n), label=label) for n in range(30))
        return Outcome(says=(Say(reply=MenuReply(head="您想问哪个？", choices=choices)),))

    short = await Shop(menu("怎么退货？")).thinks(typed())
    long = await Shop(menu("怎么退货？" * 8)).thinks(typed())
    assert [speech.body["type"] for speech in short.speeches] == ["menu"]
    assert {speech.body["type"] for speech in long.speeches} == {"text"}


async def test_only_what_is_said_first_can_be_said_passively() -> None:
    picture, words = Say(reply=ImageReply(media_id="m")), Say(reply=TextReply(text="看图"))
    assert (await Shop(Outcome(says=(picture, words))).thinks(typed())).passive_body is None
    assert (await Shop(Outcome(says=(words, picture))).thinks(typed())).passive_body == "<xml>看图</xml>"


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (AgentSessionChange.CREATED, Ownership(), Ownership(owner=Owner.AGENT, agent="mei", epoch=1)),
        (AgentSessionChange.SWITCHED, AGENT, Ownership(owner=Owner.AGENT, agent="mei", epoch=5)),
        (AgentSessionChange.CREATED, Ownership(owner=Owner.AGENT, agent="mei", epoch=2), None),
        (AgentSessionChange.CLOSED, AGENT, Ownership(epoch=5)),
        (AgentSessionChange.CLOSED, Ownership(epoch=5), None),
    ],
)
async def test_the_platforms_own_agents_take_and_return_the_conversation(
    change: AgentSessionChange, before: Ownership, after: Ownership | None
) -> None:
    finished = await Shop(say("好")).thinks(AgentSession(change=change, agent="mei"), ownership=before)
    assert finished.ownership == after
    assert finished.speeches == ()


async def test_an_event_is_answered_too() -> None:
    assert texts(await Shop(say("欢迎")).thinks(Followed())) == ["欢迎"]


async def test_giving_up_says_sorry_and_keeps_the_reason() -> None:
    finished = Shop(say("好")).thinker(typed()).give_up(claimed(), "ValueError: boom")
    assert finished.dead == "ValueError: boom"
    assert texts(finished) == [SORRY]
    assert facts(finished) == ["turn.dead"]
    assert json.loads(finished.transcript) == {"MsgId": "1"}


async def test_what_was_answered_is_remembered_for_some_messages() -> None:
    before = Context(last_entry="a", answered_at=NOON)
    finished = await Shop(say("不客气")).thinks(typed("greet"), context=before)
    assert finished.context == replace(before, messages_since=1)
    finished = await Shop(say("不客气")).thinks(typed("greet"), context=replace(before, messages_since=2))
    assert finished.context == Context()


async def test_an_event_is_no_message_and_who_left_is_forgotten() -> None:
    before = Context(last_entry="a", answered_at=NOON)
    assert (await Shop(NOTHING).thinks(Followed(), context=before)).context is None
    left = await Shop(Outcome(context=Context())).thinks(Unfollowed(), context=before)
    assert left.context == Context()
