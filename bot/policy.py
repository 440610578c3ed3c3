"""Who answers a message: the one place where that is decided. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.in_the_middle import in_the_middle
from bot.steps import ChooseOffered, Ignore, LeaveToPerson, RunHandler, Step, Unsupported
from bot.weighing import is_sure, weighed
from conversations.conversation import Conversation
from conversations.guided import Guided
from conversations.inbound import (
    Card,
    Content,
    File,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    Text,
    Trigger,
    Unfollowed,
    Unrecognised,
    Video,
    Voice,
)
from customers.profile.profile import Profile
from handlers.choice import chosen_index
from handlers.guided.lasting import under_way
from handlers.heated import HEATED
from handlers.leaning import leaning_on
from handlers.unsolved import says_unsolved
from intents.heated import heat_of
from intents.kinds import FORMS, PERSON
from intents.understanding import FAQ, ORDER_NO, PHONE, Source, Understanding
from intents.wording import normalise
from knowledge_base.decision import Verdict

AWAITED = frozenset({ORDER_NO, PHONE})
"""Entities that a handler may be waiting for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that the decision rests on. ``now`` is the business time, aware.

    ``understanding`` is there exactly when the message has words, which are ``text``; ``verdict`` when the knowledge
    base was asked. ``profile``: what is known of the customer, if anything is.
    """

    conversation: Conversation
    inbound: Inbound
    now: datetime
    text: str = ""
    understanding: Understanding | None = None
    verdict: Verdict | None = None
    profile: Profile | None = None

    @property
    def guided(self) -> Guided | None:
        """The guided conversation that this message may go on with."""
        return under_way(self.conversation.context, self.now)


def spoken_text(content: Content) -> str | None:
    """What was typed, or said and recognised by the platform; None when there are no words to understand."""
    match content:
        case Text():
            return content.text
        case Voice():
            return (content.recognition or "").strip() or None
        case _:
            return None


def next_step(situation: Situation) -> Step:
    """The step for this message; ``Consult`` when it hangs on what the knowledge base says."""
    content = situation.inbound.content
    match content:
        case Unfollowed():
            return RunHandler(intent="unfollowed")
        case Followed():
            step: Step = RunHandler(intent="followed")
        case MenuClicked():
            step = RunHandler(intent="menu")
        case Text() | Voice() | Image() | Video() | Location() | Link() | File() | Card():
            step = Unsupported()
        case Unrecognised() if situation.inbound.trigger is Trigger.MESSAGE:
            step = Unsupported()
        case _:
            return Ignore()
    if not situation.conversation.ownership.bot_may_speak:
        return LeaveToPerson()
    return step if situation.understanding is None else _for_words(situation, situation.understanding)


def _for_words(situation: Situation, understood: Understanding) -> Step:
    return RunHandler(intent=HEATED) if _is_heated(situation) else _for_calm_words(situation, understood)


def _for_calm_words(situation: Situation, understood: Understanding) -> Step:
    if understood.intent in PERSON and _asked_plainly(understood, situation):
        return RunHandler(intent=understood.intent)
    text = situation.text
    context = situation.conversation.context
    index = chosen_index(text, _menu_id(situation.inbound.content), context.offered)
    if index is not None:
        return ChooseOffered(index=index)
    guided = situation.guided
    if guided is not None:
        return in_the_middle(guided, understood, situation.verdict, text)
    if context.awaiting is not None and AWAITED & understood.entities.keys():
        return RunHandler(intent=context.awaiting)
    if says_unsolved(text) and leaning_on(context, situation.now) is not None:
        return RunHandler(intent=FAQ)
    return weighed(understood, situation.verdict)


def _is_heated(situation: Situation) -> bool:
    """In the middle of a complaint the form goes on: it brings a person by itself, with everything collected."""
    guided = situation.guided
    if guided is not None and guided.form == FORMS["complaint"]:
        return False
    return heat_of(normalise(situation.text)) is not None


def _asked_plainly(understood: Understanding, situation: Situation) -> bool:
    """Whether a person is asked for beyond doubt: sure words, or, in the middle of something, an intent that is sure.

    Elsewhere the knowledge base is heard too: 客服几点上班 asks for nobody.
    """
    return is_sure(understood) and (understood.source is Source.RULE or situation.guided is not None)


def _menu_id(content: Content) -> str | None:
    return content.menu_id if isinstance(content, Text) else None
