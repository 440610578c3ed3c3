"""What a customer's message leads to: understood, weighed, and carried out by handlers or in a guided conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.policy import Situation, next_step, spoken_text
from bot.steps import (
    AskWhich,
    Beside,
    ChooseOffered,
    Consult,
    Guide,
    Ignore,
    LeaveToPerson,
    RunHandler,
    Step,
    Switch,
    Unsupported,
)
from bot.weighing import doing, is_sure
from conversations.address import ConversationId
from conversations.conversation import Context, Conversation
from conversations.errors import Transient
from conversations.facts import Fact
from conversations.inbound import Inbound, Text
from conversations.outcomes import NOTHING, Outcome
from conversations.ownership import Owner
from conversations.ratings import score_of
from customers.profile.profile import Profile
from handlers import rating, waiting
from handlers.choice import chosen_index, names_choice
from handlers.clarifying import GO_ON, INTENT_PREFIX, LABELS, ask_which, ask_which_first, labelled
from handlers.entry_answer import ShopWords
from handlers.faq import choose, consult
from handlers.guided import beside, later
from handlers.guided.away import NOT_BEGUN, away, everything_said, without_rasa
from handlers.guided.conversing import GuidePort, tell
from handlers.guided.forms import FORMS
from handlers.guided.lasting import under_way
from handlers.knowledge import Knowledge
from handlers.router import Router
from handlers.turn import Turn, settled
from intents.kinds import FORMS as FORM_OF
from intents.kinds import SERVED
from intents.person_rules import wants_bot
from intents.understanding import FAQ, Source, Understander, Understanding
from intents.wishes import two_wishes
from intents.wording import normalise
from knowledge_base.decision import Refuse, RefuseReason

LEFT = Outcome(facts=(Fact(name="message.left_to_person"),))
"""People have the conversation: nothing is said, and that is counted."""

RASA_AWAY = Fact(name="rasa.away")
"""There is a Rasa, and the fallback classifier had to understand the message."""

UNKNOWN = Understanding(intent=FAQ, confidence=0.0)


PlaceOf = Callable[[ConversationId], Awaitable[str]]
"""Where somebody who waits for a person stands, as they read it; empty when they do not wait."""


class Respondent:
    """Keeps nothing between messages. ``guide`` None: without Rasa; guided conversations are then left to people."""

    def __init__(
        self,
        *,
        understander: Understander,
        router: Router,
        knowledge: Knowledge,
        guide: GuidePort | None = None,
        shop: ShopWords | None = None,
        place_of: PlaceOf | None = None,
    ) -> None:
        """``shop``: what answers say of it. ``place_of``: None where nobody waits for people at our desk."""
        self._place_of = place_of or _nowhere
        self._understander = understander
        self._router = router
        self._knowledge = knowledge
        self._guide = guide
        self._shop = shop or ShopWords()

    async def respond(
        self,
        conversation: Conversation,
        inbound: Inbound,
        now: datetime,
        *,
        again: bool = False,
        profile: Profile | None = None,
    ) -> Outcome:
        """Raises Transient when something needed is away; the turn then runs again later.

        ``again``: this message was thought about before, and that did not come to an end. ``profile``: what is known
        of the customer.
        """
        conversation = replace(conversation, context=_current(conversation.context, now))
        text = _words(conversation, inbound)
        turn = Turn(
            conversation=conversation,
            inbound=inbound,
            text=text or "",
            understanding=UNKNOWN,
            now=now,
            again=again,
            profile=profile,
        )
        if text is not None and conversation.ownership.owner is Owner.QUEUE:
            return await self._while_waiting(turn)
        if text is None or not conversation.ownership.bot_may_speak:
            situation = Situation(conversation=conversation, inbound=inbound, now=now, profile=profile)
            return await self._carry_out(next_step(situation), turn)
        return await self._respond_to_words(turn)

    async def _while_waiting(self, turn: Turn) -> Outcome:
        """Who waits for a person hears their place now and then, and can do without one in plain words."""
        if wants_bot(normalise(turn.text)):
            return await self._run("stay_with_bot", turn)
        if not waiting.is_due(turn.conversation.context.place_told_at, turn.now):
            return LEFT
        place = await self._place_of(turn.conversation.address.conversation_id)
        return waiting.told(turn, place) if place else LEFT

    async def _respond_to_words(self, turn: Turn) -> Outcome:
        """One wish, or the first of two: the other is seen to at once, or when the guided conversation has ended."""
        before = turn.conversation.context
        first, second = await self._wishes(turn)
        outcome = await self._one(first)
        after = outcome.context or before
        if second is None:
            ended = before.guided is not None and after.guided is None and outcome.hand_over is None
            wish = after.later if ended else None
            return later.offered(outcome, wish) if wish is not None else outcome
        if after.guided is not None or after.offered or outcome.hand_over is not None:
            return later.kept(outcome, before, second.text)
        conversation = replace(turn.conversation, context=after)
        return _both(outcome, await self._one(replace(second, conversation=conversation)))

    async def _wishes(self, turn: Turn) -> tuple[Turn, Turn | None]:
        parts = None if turn.conversation.context.guided else two_wishes(turn.text)
        if parts is not None:
            one, other = [await self._understood(replace(turn, text=part)) for part in parts]
            if _is_wish(one) and _is_wish(other) and one.understanding.intent != other.understanding.intent:
                return one, other
        return await self._understood(turn), None

    async def _understood(self, turn: Turn) -> Turn:
        """A choice says nothing beyond itself: a classifier would make something of "1" and 个人."""
        understood = await self._understander.parse(turn.text)
        guided = turn.conversation.context.guided
        chosen = names_choice(turn.text) or (guided is not None and turn.text.strip() in guided.choices)
        if chosen and understood.source is not Source.RULE:
            understood = replace(UNKNOWN, entities=understood.entities, source=understood.source)
        return replace(turn, understanding=understood)

    async def _one(self, turn: Turn) -> Outcome:
        if (likely := rating.recommends(turn)) is not None:
            return rating.recommended(turn, likely)
        if rating.awaits_comment(turn) and not is_sure(turn.understanding):
            return rating.commented(turn)
        step = next_step(_situation(turn))
        index = None if isinstance(step, ChooseOffered) else _named_choice(turn)
        if index is not None:
            step = ChooseOffered(index=index)
        if isinstance(step, Consult):
            turn = await consult(turn, self._knowledge)
            step = next_step(_situation(turn))
        outcome = await self._carry_out(step, turn)
        if self._guide is None or turn.understanding.source is not Source.FALLBACK:
            return outcome
        return replace(outcome, facts=(*outcome.facts, RASA_AWAY))

    async def _carry_out(self, step: Step, turn: Turn) -> Outcome:
        match step:
            case RunHandler(intent=intent):
                return await self._run(intent, turn)
            case Guide(intent=intent):
                return await self._guided(intent, turn)
            case Beside(intent=intent):
                return await self._beside(intent, turn)
            case _:
                return await self._carry_out_rarer(step, turn)

    async def _carry_out_rarer(self, step: Step, turn: Turn) -> Outcome:
        match step:
            case ChooseOffered(index=index):
                return await self._chosen(index, turn)
            case AskWhich(intents=intents):
                return ask_which(turn, intents)
            case Switch(intent=intent):
                guided = turn.conversation.context.guided
                assert guided is not None
                return ask_which_first(turn, intent, FORMS[guided.form].title)
            case Unsupported():
                return await self._run("unsupported", turn)
            case LeaveToPerson():
                return LEFT
            case Ignore():
                return NOTHING
            case _:
                raise AssertionError(f"nobody carries out {step}")

    async def _run(self, intent: str, turn: Turn) -> Outcome:
        handler = self._router.get(intent) or self._router.get(FAQ)
        if handler is None:
            raise LookupError(f"no handler for intent {intent!r}, and none for faq")
        return await handler(turn)

    async def _guided(self, intent: str | None, turn: Turn) -> Outcome:
        """A first failure is tried again: Rasa may have heard the message. After that it is told, and begun anew."""
        try:
            return await self._told(intent, turn)
        except Transient:
            if self._guide is not None and not turn.again:
                raise
            return await self._without_rasa(intent, turn)

    async def _without_rasa(self, intent: str | None, turn: Turn) -> Outcome:
        """What the knowledge base knows of it (怎么退货) is worth more than a wait; else a person is offered."""
        if intent is None:
            return without_rasa(turn) or away(turn, None)
        asked = await consult(turn, self._knowledge)
        assert asked.verdict is not None
        match asked.verdict.decision:
            case Refuse(reason=reason) if reason is not RefuseReason.NO_INDEX:
                return away(turn, intent)
            case _:
                return await self._run(FAQ, asked)

    async def _told(self, intent: str | None, turn: Turn) -> Outcome:
        """Raises Transient when Rasa is away, or there is none."""
        if self._guide is None:
            raise Transient("there is no Rasa")
        guided = turn.conversation.context.guided
        if intent is not None or guided is None or guided.tracker != NOT_BEGUN:
            return await tell(turn, self._guide, intent=intent)
        unneeded = without_rasa(turn)
        if unneeded is not None:
            return unneeded
        first = replace(turn, text=everything_said(turn, guided))
        return await tell(first, self._guide, intent=FORMS[guided.form].intent)

    async def _beside(self, intent: str, turn: Turn) -> Outcome:
        guided = turn.conversation.context.guided
        assert guided is not None
        return beside.with_prompt(await self._run(intent, turn), guided, turn.conversation.context)

    async def _chosen(self, index: int, turn: Turn) -> Outcome:
        context = turn.conversation.context
        chosen = context.offered[index] if 0 <= index < len(context.offered) else ""
        if chosen.startswith(INTENT_PREFIX):
            return await self._chosen_intent(chosen.removeprefix(INTENT_PREFIX), turn)
        if chosen == GO_ON and context.guided is not None:
            return Outcome(says=(beside.asked_again(context.guided),), context=settled(context))
        settles = _settles(turn, chosen)
        if settles is not None:
            return settles
        if chosen == later.NOW and context.later is not None:
            conversation = replace(turn.conversation, context=replace(settled(context), later=None))
            return await self._one(
                await self._understood(replace(turn, conversation=conversation, text=context.later))
            )
        answered = choose(self._knowledge, turn, index, self._shop)
        if context.guided is None or not chosen:
            return answered
        # The numbers that count now are those of the guided conversation.
        after = replace(answered.context or context, offered=())
        return beside.with_prompt(replace(answered, context=after), context.guided, context)

    async def _chosen_intent(self, intent: str, turn: Turn) -> Outcome:
        """The customer said which it is; what was under way gives way to it."""
        context = replace(settled(turn.conversation.context), guided=None)
        chosen = replace(
            turn,
            conversation=replace(turn.conversation, context=context),
            text=LABELS.get(intent, turn.text),
            understanding=Understanding(intent=intent, confidence=1.0),
        )
        outcome = await self._carry_out(doing(intent), chosen)
        return replace(outcome, context=outcome.context or context)


def _settles(turn: Turn, chosen: str) -> Outcome | None:
    """The choices that need nothing looked up: a score for a person's service, and to leave another wish."""
    score = score_of(chosen)
    if score is not None:
        return rating.rated(turn, score)
    return later.left(turn) if chosen == later.NO_MORE else None


async def _nowhere(conversation_id: ConversationId) -> str:
    return ""


def _words(conversation: Conversation, inbound: Inbound) -> str | None:
    """What the customer said; for the number of a choice of a guided conversation, that choice."""
    text = spoken_text(inbound.content)
    guided = conversation.context.guided
    if text is None or guided is None or conversation.context.offered:
        return text
    menu_id = inbound.content.menu_id if isinstance(inbound.content, Text) else None
    index = chosen_index(text, menu_id, guided.choices)
    return guided.choices[index] if index is not None and 0 <= index < len(guided.choices) else text


def _situation(turn: Turn) -> Situation:
    return Situation(
        conversation=turn.conversation,
        inbound=turn.inbound,
        now=turn.now,
        text=turn.text,
        understanding=turn.understanding,
        verdict=turn.verdict,
        profile=turn.profile,
    )


def _current(context: Context, now: datetime) -> Context:
    """The context without what is too long ago to be gone on with."""
    return later.without_stale(replace(context, guided=under_way(context, now)))


def _named_choice(turn: Turn) -> int | None:
    """The place of the choice whose words were typed, or that a yes or no means; None for anything else."""
    offered = turn.conversation.context.offered
    intent = turn.understanding.intent if is_sure(turn.understanding) else ""
    index = later.answer(offered, turn.text, intent)
    return labelled(offered, turn.text) if index is None else index


def _is_wish(turn: Turn) -> bool:
    """Whether it is plainly something to be done or looked up."""
    understood = turn.understanding
    return is_sure(understood) and (understood.intent in FORM_OF or understood.intent in SERVED)


def _both(first: Outcome, second: Outcome) -> Outcome:
    """Two wishes seen to in one turn."""
    return replace(
        second,
        says=(*first.says, *second.says),
        context=second.context or first.context,
        facts=(*first.facts, *second.facts),
        errands=(*first.errands, *second.errands),
        consents=(*first.consents, *second.consents),
        withdraws_case=first.withdraws_case or second.withdraws_case,
        rating=first.rating or second.rating,
        question=first.question or second.question,
    )
