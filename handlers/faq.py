"""A customer asks something: the knowledge base answers, asks back, or does not know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from conversations.facts import Fact
from conversations.outcomes import HandOverReason, Outcome, Say, say
from conversations.replies import Choice, MenuReply, TextReply
from customers.profile.profile import Segment
from handlers.choice import names_choice
from handlers.entry_answer import ShopWords, asker_of, fill_in, says_of, serves
from handlers.hand_over import handed_over, when_people_answer
from handlers.knowledge import Knowledge
from handlers.labels import label
from handlers.leaning import answered, leaning_on
from handlers.question_log import asked_question
from handlers.router import Router
from handlers.turn import Turn, settled
from handlers.unsolved import beside, says_unsolved, unsolved
from intents.numbers import without_order_number
from intents.understanding import FAQ, ORDER_NO
from intents.wording import normalise
from knowledge_base.decision import Answer, Ask, Candidate, Refuse, RefuseReason, Verdict
from knowledge_base.entry import Entry

WHICH = "您是想问下面哪个呢？回复数字就行～"
NONE_OF_THESE = "都不是？换个说法再问我一次"

REPHRASE = "这个我还没看懂。能换个说法再问一次吗？说清是哪件商品、想办什么事，我更容易懂～"
DECLINED = "好的，那换个说法再问我一次吧。说清是哪件商品、想办什么事，我更容易懂～"
OFFER_PERSON = "抱歉，还是没看懂。要找真人的话，回复“转人工”；也可以再换个说法试试。"
GIVEN_UP = "抱歉，这个我确实答不上来，已经替您记下来转给人工客服了。{when}"
NOT_READY = "我还在准备资料，暂时答不了这个。请过几分钟再问我一次，着急的话回复“转人工”。"
NOTHING_OFFERED = "现在没有可以选的选项，想问什么直接打字告诉我就行～"
GONE = "这条内容刚刚更新了，麻烦您再问一次～"
OUT_OF_RANGE = "上面只有 {count} 个选项，回复 1 到 {count} 就行。都不是的话，换个说法再问我一次～"
ONLY_ONE = "上面只有 1 个选项，回复 1 就行。不是的话，换个说法再问我一次～"

_NO_WORDS = ShopWords()
_NONE_OF_THEM = re.compile("都?不是|不对|都没有|没一个")
MISSES_BEFORE_HAND_OVER = 3
MISSES_OF_THE_VALUED = 2
"""Of customers of high value."""


def router(knowledge: Knowledge, *, service_hours: str | None, shop_name: str = "") -> Router:
    """Serves everything that has no handler of its own. ``service_hours`` as in ``handlers.hand_over``."""
    routes = Router()
    shop = ShopWords(shop_name=shop_name, service_hours=service_hours)

    @routes.intent(FAQ)
    async def faq(turn: Turn) -> Outcome:
        heard = leaning_on(turn.conversation.context, turn.now)
        if heard is not None and says_unsolved(turn.text):
            return unsolved(turn, heard, knowledge)
        consulted = await consult(turn, knowledge)
        verdict = consulted.verdict
        assert verdict is not None
        outcome = _said(turn, verdict, knowledge, shop)
        if isinstance(verdict.decision, Refuse) and names_choice(turn.text):
            return outcome
        return replace(outcome, question=asked_question(turn.text, verdict, consulted.version))

    return routes


async def consult(turn: Turn, knowledge: Knowledge) -> Turn:
    """The turn with what the knowledge base says to it; as it is when that is known."""
    if turn.verdict is not None:
        return turn
    version = knowledge.version
    heard = leaning_on(turn.conversation.context, turn.now)
    verdict = await knowledge.verdict(_question(turn), previous=heard, asker=asker_of(turn))
    return replace(turn, verdict=verdict, version=version)


def _said(turn: Turn, verdict: Verdict, knowledge: Knowledge, shop: ShopWords) -> Outcome:
    match verdict.decision:
        case Answer(candidate=candidate):
            return _answer(turn, candidate, knowledge.entry(candidate.entry_id), shop, beside(verdict))
        case Ask(candidates=candidates):
            return _ask(turn, candidates)
        case Refuse(reason=RefuseReason.NO_INDEX):
            return say(NOT_READY, facts=(Fact(name="faq.not_ready"),))
        case Refuse(reason=reason):
            return _not_found(turn, reason, shop.service_hours)
        case _:
            assert_never(verdict.decision)


def _question(turn: Turn) -> str:
    """The words to look for. An order number in them is nobody's stored question."""
    if ORDER_NO not in turn.understanding.entities:
        return turn.text
    return without_order_number(normalise(turn.text)) or turn.text


def choose(knowledge: Knowledge, turn: Turn, index: int, shop: ShopWords = _NO_WORDS) -> Outcome:
    """The customer picked number ``index`` (from 0, perhaps out of range) of ``context.offered``.

    What was offered stays on offer, so that somebody can read the first answer and then pick the second.
    """
    context = turn.conversation.context
    if not 0 <= index < len(context.offered):
        return say(_out_of_range(len(context.offered)), facts=(Fact(name="faq.choice_out_of_range"),))
    entry = knowledge.entry(context.offered[index])
    if entry is None or not serves(entry, turn):
        return say(GONE, context=settled(context))
    others = [each for each in context.offered if each != entry.id]
    chosen = answered(replace(context, misses=0, awaiting=None), entry.id, turn.now, others)
    fact = Fact(name="faq.chosen", details={"entry": entry.id, "place": index + 1})
    return Outcome(says=says_of(entry, turn, shop), context=chosen, facts=(fact,))


def _answer(
    turn: Turn, candidate: Candidate, entry: Entry | None, shop: ShopWords, others: Sequence[str]
) -> Outcome:
    """``entry`` None, or not served: it went while we were deciding, and still gives its answer."""
    says: tuple[Say, ...] = (Say(reply=TextReply(text=fill_in(candidate.answer, turn, shop))),)
    if entry is not None and serves(entry, turn):
        says = says_of(entry, turn, shop)
    context = answered(settled(turn.conversation.context), candidate.entry_id, turn.now, others)
    fact = Fact(
        name="faq.answered",
        details={"entry": candidate.entry_id, "probability": round(candidate.probability, 4)},
    )
    return Outcome(says=says, context=context, facts=(fact,))


def _ask(turn: Turn, candidates: Sequence[Candidate]) -> Outcome:
    """Asks back. That is neither understood nor missed, so the count of misses stays."""
    choices = tuple(Choice(id=one.entry_id, label=label(one.question)) for one in candidates)
    menu = MenuReply(head=WHICH, choices=choices, tail=NONE_OF_THESE)
    offered = tuple(one.entry_id for one in candidates)
    fact = Fact(name="faq.asked_back", details={"candidates": len(candidates)})
    return Outcome(
        says=(Say(reply=menu),),
        context=replace(turn.conversation.context, offered=offered, awaiting=None),
        facts=(fact,),
    )


def _not_found(turn: Turn, reason: RefuseReason, service_hours: str | None) -> Outcome:
    """A choice without an offer is a misunderstanding about menus, and no miss."""
    if names_choice(turn.text):
        return say(NOTHING_OFFERED, facts=(Fact(name="faq.choice_without_offer"),))
    return _miss(turn, reason, service_hours)


def _miss(turn: Turn, reason: RefuseReason, service_hours: str | None) -> Outcome:
    """The first miss asks to say it differently, the second offers a person, the third brings one.

    Customers of high value are not asked a third time: their second miss brings a person.

    What was offered before stays on offer: it is still on the customer's screen.
    """
    context = turn.conversation.context
    misses = context.misses + 1
    fact = Fact(name="faq.refused", details={"reason": reason.value, "misses": misses})
    if misses >= _patience(turn):
        text = GIVEN_UP.format(when=when_people_answer(service_hours))
        outcome = handed_over(turn, HandOverReason.NOT_UNDERSTOOD, text)
        return replace(outcome, facts=(fact, *outcome.facts))
    return say(_after_miss(turn, misses), context=replace(context, misses=misses), facts=(fact,))


def _patience(turn: Turn) -> int:
    valued = turn.profile is not None and Segment.HIGH_VALUE in turn.profile.segments
    return MISSES_OF_THE_VALUED if valued else MISSES_BEFORE_HAND_OVER


def _after_miss(turn: Turn, misses: int) -> str:
    if misses > 1:
        return OFFER_PERSON
    declined = turn.conversation.context.offered and _NONE_OF_THEM.search(turn.text)
    return DECLINED if declined else REPHRASE


def _out_of_range(count: int) -> str:
    return ONLY_ONE if count == 1 else OUT_OF_RANGE.format(count=count)
