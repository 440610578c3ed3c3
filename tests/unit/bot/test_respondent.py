"""What a message leads to: with small fakes for whoever understands, knows, serves and guides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.respondent import LEFT, RASA_AWAY, Respondent
from conversations.address import Address, Channel
from conversations.conversation import Context, Conversation
from conversations.errands import Errand, ErrandKind
from conversations.errors import Transient
from conversations.guidance import Ending, Guidance, Told
from conversations.guided import Guided
from conversations.inbound import Content, Image, Inbound, MessageKey, Text, Trigger
from conversations.outcomes import HandOverReason, Outcome, say
from conversations.ownership import Owner, Ownership
from conversations.replies import MenuReply, TextReply
from handlers import answers
from handlers.guided import later
from handlers.guided.away import LATER, NOT_BEGUN, WAITING
from handlers.hand_over import handed_over
from handlers.router import Router
from handlers.turn import Turn, settled
from intents.understanding import FAQ, Source, Understanding
from tests.dialogues.knowledge import shop_knowledge

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang")
URGE = Errand(kind=ErrandKind.URGE, order_no="HY1")
RETURN = Errand(kind=ErrandKind.RETURN, order_no="HY1")
ASKING = Guidance(says=("哪一单？",), asked="order_no", choices=("甲", "乙"), collected={"reason": "坏了"})
DONE = Guidance(says=("交上去了",), errands=(RETURN,), ending=Ending.DONE)
GUIDED = Guided(
    form="return_form",
    tracker="t",
    touched_at=NOON - timedelta(hours=1),
    asked="order_no",
    prompt="哪一单？",
    choices=("甲", "乙"),
    collected={"order_no": "HY1", "reason": "坏了"},
)

INTENTS: Mapping[str, tuple[str, float]] = {
    "我要退货": ("return_goods", 0.99),
    "帮我开个发票": ("invoice", 0.99),
    "查积分": ("points_balance", 0.95),
    "催一下": ("urge_delivery", 0.95),
    "好的": ("affirm", 0.95),
    "不了": ("deny", 0.95),
    "算了": ("stop", 0.95),
    "也许退": ("return_goods", 0.45),
    "1": ("bye", 0.93),
    "甲": ("bye", 0.93),
}


@dataclass(slots=True)
class Understands:
    """Knows the texts above; the rest are questions. ``source``: who it says it is."""

    source: Source = Source.RASA

    async def parse(self, text: str) -> Understanding:
        if text == "转人工":
            return Understanding(intent="ask_human", confidence=1.0)
        intent, sure = INTENTS.get(text, (FAQ, 0.5))
        return Understanding(intent=intent, confidence=sure, source=self.source)


@dataclass(slots=True)
class Guides:
    """Answers the messages in turn; ``away``: raises Transient instead. ``heard``: (intent or None, text)."""

    pieces: list[Guidance] = field(default_factory=lambda: [ASKING])
    away: bool = False
    heard: list[tuple[str | None, str]] = field(default_factory=list)

    async def begin(self, tracker: str, intent: str, text: str, *, told: Told) -> Sequence[Guidance]:
        return self._answer(intent, text)

    async def tell(self, tracker: str, text: str, *, told: Told) -> Sequence[Guidance]:
        return self._answer(None, text)

    def _answer(self, intent: str | None, text: str) -> Sequence[Guidance]:
        if self.away:
            raise Transient("away")
        self.heard.append((intent, text))
        return [self.pieces.pop(0)]


def _router() -> Router:
    routes = Router()

    @routes.intent("points_balance")
    async def points(turn: Turn) -> Outcome:
        return say("500 积分", context=settled(turn.conversation.context))

    @routes.intent("urge_delivery")
    async def urge(turn: Turn) -> Outcome:
        return replace(say("催了", context=settled(turn.conversation.context)), errands=(URGE,))

    @routes.intent("ask_human")
    async def person(turn: Turn) -> Outcome:
        return handed_over(turn, HandOverReason.ASKED_FOR, "转了")

    @routes.intent("unsupported")
    async def unsupported(turn: Turn) -> Outcome:
        return say("看不懂图")

    @routes.intent(FAQ)
    async def faq(turn: Turn) -> Outcome:
        return say("满 59 元包邮", context=settled(turn.conversation.context))

    return Router(routes, answers.router(routes))


class Bot:
    """One conversation with it."""

    def __init__(
        self, *, context: Context | None = None, guide: Guides | None = None, source: Source = Source.RASA
    ) -> None:
        self.conversation = Conversation(address=WANG, context=context or Context())
        self.guide = guide
        self.now = NOON
        self._respondent = Respondent(
            understander=Understands(source), router=_router(), knowledge=shop_knowledge(), guide=guide
        )

    @property
    def context(self) -> Context:
        return self.conversation.context

    async def hears(self, content: str | Content, *, again: bool = False) -> Outcome:
        if isinstance(content, str):
            content = Text(text=content)
        inbound = Inbound(
            key=MessageKey("k"), address=WANG, content=content, sent_at=self.now, trigger=Trigger.MESSAGE
        )
        outcome = await self._respondent.respond(self.conversation, inbound, self.now, again=again)
        if outcome.context is not None:
            self.conversation = replace(self.conversation, context=outcome.context)
        return outcome


def texts(outcome: Outcome) -> list[str]:
    told = []
    for said in outcome.says:
        assert isinstance(said.reply, TextReply | MenuReply)
        told.append(said.reply.text if isinstance(said.reply, TextReply) else said.reply.head)
    return told


def in_the_middle(**changes: object) -> Context:
    return Context(guided=replace(GUIDED, **changes))  # type: ignore[arg-type]


async def test_a_wish_begins_a_guided_conversation() -> None:
    bot = Bot(guide=Guides())
    outcome = await bot.hears("我要退货")
    assert texts(outcome) == ["哪一单？"]
    assert bot.guide is not None
    assert bot.guide.heard == [("return_goods", "我要退货")]
    guided = bot.context.guided
    assert guided is not None
    assert (guided.form, guided.asked, guided.collected) == ("return_form", "order_no", {"reason": "坏了"})


async def test_a_number_is_told_as_its_choice_whatever_a_classifier_makes_of_it() -> None:
    bot = Bot(guide=Guides([DONE]), context=in_the_middle())
    outcome = await bot.hears("1")
    assert bot.guide is not None
    assert bot.guide.heard == [(None, "甲")]
    assert outcome.errands == (RETURN,)
    assert bot.context.guided is None


async def test_a_number_that_chooses_nothing_means_nothing() -> None:
    outcome = await Bot(guide=Guides()).hears("1")
    assert texts(outcome) == ["满 59 元包邮"]


async def test_two_wishes_the_other_is_kept_and_offered_when_the_first_has_ended() -> None:
    bot = Bot(guide=Guides([ASKING, DONE]))
    await bot.hears("我要退货，另外帮我开个发票")
    assert bot.context.later == "帮我开个发票"
    ended = await bot.hears("甲")
    assert texts(ended) == ["交上去了", later.ASK.format(wish="帮我开个发票")]
    assert bot.context.offered == (later.NOW, later.NO_MORE)


@pytest.mark.parametrize("reply", ["1", "好的", "现在办"])
async def test_the_other_wish_is_begun(reply: str) -> None:
    context = Context(later="帮我开个发票", offered=(later.NOW, later.NO_MORE))
    bot = Bot(guide=Guides(), context=context)
    await bot.hears(reply)
    assert bot.guide is not None
    assert bot.guide.heard == [("invoice", "帮我开个发票")]
    assert (bot.context.later, bot.context.offered) == (None, ())


@pytest.mark.parametrize("reply", ["2", "不了", "算了", "不用了"])
async def test_the_other_wish_is_left(reply: str) -> None:
    context = Context(later="帮我开个发票", offered=(later.NOW, later.NO_MORE))
    bot = Bot(guide=Guides(), context=context)
    assert texts(await bot.hears(reply)) == [later.LEFT]
    assert (bot.context.later, bot.context.offered) == (None, ())


async def test_a_wish_that_was_asked_about_and_not_taken_never_comes_back() -> None:
    context = Context(later="帮我开个发票", offered=(later.NOW, later.NO_MORE))
    bot = Bot(guide=Guides([ASKING, DONE]), context=context)
    await bot.hears("满多少包邮")
    await bot.hears("我要退货")
    assert texts(await bot.hears("甲")) == ["交上去了"]


async def test_a_yes_where_nothing_was_asked_is_only_a_yes() -> None:
    assert texts(await Bot(guide=Guides()).hears("好的")) == [answers.YES_TO_WHAT]


async def test_two_wishes_without_a_guided_conversation_are_both_seen_to() -> None:
    outcome = await Bot(guide=Guides()).hears("查积分，顺便催一下")
    assert texts(outcome) == ["500 积分", "催了"]
    assert outcome.errands == (URGE,)


async def test_what_only_looks_like_two_wishes_is_one_question() -> None:
    bot = Bot(guide=Guides())
    assert texts(await bot.hears("查积分，另外满多少包邮")) == ["满 59 元包邮"]
    assert bot.context.later is None


async def test_a_person_goes_before_the_other_wish_which_stays_unsaid() -> None:
    bot = Bot(guide=Guides(), context=replace(in_the_middle(), later="帮我开个发票"))
    outcome = await bot.hears("转人工")
    assert outcome.hand_over is not None
    assert "退货" in outcome.hand_over.summary
    assert "HY1" in outcome.hand_over.summary
    assert texts(outcome) == ["转了"]
    assert (bot.context.guided, bot.context.later) == (None, None)


async def test_a_question_beside_it_is_answered_and_the_last_one_asked_again() -> None:
    bot = Bot(guide=Guides(), context=in_the_middle())
    outcome = await bot.hears("满多少包邮？")
    assert texts(outcome) == ["满 59 元包邮\n\n咱们接着来：哪一单？"]
    assert bot.context.guided == GUIDED
    assert bot.guide is not None
    assert bot.guide.heard == []


async def test_after_a_question_that_had_to_be_chosen_it_goes_on_too() -> None:
    entry = "return-how"
    assert shop_knowledge().entry(entry) is not None
    bot = Bot(guide=Guides(), context=replace(in_the_middle(), offered=(entry, entry)))
    outcome = await bot.hears("2")
    assert texts(outcome)[-1].endswith("咱们接着来：哪一单？")
    assert (bot.context.guided, bot.context.offered) == (GUIDED, ())
    bot = Bot(guide=Guides(), context=replace(in_the_middle(), offered=(entry, entry)))
    await bot.hears("7")
    assert bot.context.offered == (entry, entry)


async def test_something_looked_up_beside_it() -> None:
    bot = Bot(guide=Guides(), context=in_the_middle())
    assert texts(await bot.hears("查积分")) == ["500 积分\n\n咱们接着来：哪一单？"]
    assert bot.context.guided == GUIDED


async def test_a_picture_changes_nothing() -> None:
    bot = Bot(guide=Guides(), context=in_the_middle())
    assert texts(await bot.hears(Image(media_id="m"))) == ["看不懂图"]
    assert bot.context.guided == GUIDED


async def test_another_guided_conversation_is_asked_about_first() -> None:
    bot = Bot(guide=Guides(), context=in_the_middle())
    await bot.hears("帮我开个发票")
    assert bot.context.offered == ("intent:invoice", "guided:go_on")
    assert bot.context.guided == GUIDED
    assert texts(await bot.hears("1")) == ["哪一单？"]
    assert bot.context.guided is not None
    assert bot.context.guided.form == "invoice_form"


@pytest.mark.parametrize("reply", ["2", "接着办退货"])
async def test_or_the_first_one_goes_on(reply: str) -> None:
    bot = Bot(guide=Guides(), context=in_the_middle())
    await bot.hears("帮我开个发票")
    assert texts(await bot.hears(reply)) == ["咱们接着来：哪一单？"]
    assert (bot.context.guided, bot.context.offered) == (GUIDED, ())
    assert bot.guide is not None
    assert bot.guide.heard == []


@pytest.mark.parametrize("reply", ["1", "帮我办退货"])
async def test_an_uncertain_wish_is_asked_about_and_then_begun(reply: str) -> None:
    bot = Bot(guide=Guides())
    asked = await bot.hears("也许退")
    assert asked.context is not None
    assert asked.context.offered == ("intent:return_goods",)
    await bot.hears(reply)
    assert bot.guide is not None
    assert bot.guide.heard == [("return_goods", "帮我办退货")]
    assert not bot.context.offered


async def test_the_first_failure_is_tried_again_the_second_offers_a_person() -> None:
    bot = Bot(guide=Guides(away=True), context=in_the_middle())
    with pytest.raises(Transient):
        await bot.hears("甲")
    outcome = await bot.hears("甲", again=True)
    assert "没法在线" in texts(outcome)[0]
    guided = bot.context.guided
    assert guided is not None
    assert (guided.tracker, guided.collected) == (NOT_BEGUN, {**GUIDED.collected, "said": "甲"})


async def test_without_rasa_people_are_offered_at_once() -> None:
    bot = Bot(guide=None)
    assert "退货这会儿没法在线" in texts(await bot.hears("我要退货"))[0]
    outcome = await bot.hears("转人工")
    assert outcome.hand_over is not None
    assert "我要退货" in outcome.hand_over.summary


async def test_when_rasa_is_back_it_begins_with_everything_said() -> None:
    put_off = in_the_middle(tracker=NOT_BEGUN, asked=None, prompt="", collected={"said": "我要退货"})
    bot = Bot(guide=Guides(), context=put_off)
    await bot.hears("抽纸那件")
    assert bot.guide is not None
    assert bot.guide.heard == [("return_goods", "我要退货，抽纸那件")]
    assert bot.context.guided is not None
    assert bot.context.guided.tracker != NOT_BEGUN


@pytest.mark.parametrize("guide", [None, Guides()])
async def test_put_off_by_the_customer_it_waits(guide: Guides | None) -> None:
    put_off = replace(GUIDED, tracker=NOT_BEGUN, choices=("转人工", LATER))
    bot = Bot(guide=guide, context=Context(guided=put_off))
    assert texts(await bot.hears("2")) == [WAITING]
    assert bot.context.guided == replace(put_off, touched_at=NOON)


@pytest.mark.parametrize("tracker", ["t", NOT_BEGUN])
async def test_no_more_of_it_needs_no_rasa(tracker: str) -> None:
    bot = Bot(guide=Guides(away=True), context=in_the_middle(tracker=tracker))
    outcome = await bot.hears("算了", again=True)
    assert "退货先不办了" in texts(outcome)[0]
    assert bot.context.guided is None


async def test_no_more_of_what_never_began_does_not_begin_it() -> None:
    bot = Bot(guide=Guides(), context=in_the_middle(tracker=NOT_BEGUN))
    assert "退货先不办了" in texts(await bot.hears("算了"))[0]
    assert bot.guide is not None
    assert bot.guide.heard == []


async def test_what_is_too_long_ago_is_neither_gone_on_with_nor_told() -> None:
    bot = Bot(guide=Guides(), context=in_the_middle(touched_at=NOON - timedelta(hours=49)))
    outcome = await bot.hears("转人工")
    assert outcome.hand_over is not None
    assert "退货" not in outcome.hand_over.summary


@pytest.mark.parametrize(
    ("guide", "source", "counted"),
    [
        (Guides(), Source.FALLBACK, True),
        (Guides(), Source.RASA, False),
        (None, Source.FALLBACK, False),
    ],
)
async def test_rasa_away_is_counted_where_there_is_one(
    guide: Guides | None, source: Source, counted: bool
) -> None:
    outcome = await Bot(guide=guide, source=source).hears("查积分")
    assert (RASA_AWAY in outcome.facts) is counted


async def test_people_have_the_conversation() -> None:
    bot = Bot(guide=Guides(), context=in_the_middle())
    bot.conversation = replace(bot.conversation, ownership=Ownership(owner=Owner.QUEUE, epoch=1))
    assert await bot.hears("甲") == LEFT
