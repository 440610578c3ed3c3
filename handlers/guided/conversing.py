"""A turn of a guided conversation: the message goes to Rasa's dialogue, and what comes back becomes the outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from conversations.errors import Transient
from conversations.facts import Fact
from conversations.guidance import Guidance, Told, merged
from conversations.guided import Guided
from conversations.outcomes import HandOver, Outcome, Say
from conversations.replies import Choice, MenuReply, Reply, ReplyKind, TextReply
from handlers.guided.forms import FORMS, Form
from handlers.guided.summary import in_a_line
from handlers.guided.wishing import wish_of
from handlers.hand_over import CONNECTING
from handlers.turn import Turn, settled
from intents.kinds import FORMS as FORM_OF


class GuidePort(Protocol):
    """Rasa's dialogue, as a turn needs it."""

    async def begin(self, tracker: str, intent: str, text: str, *, told: Told) -> Sequence[Guidance]:
        """Begins the guided conversation of ``intent`` with the customer's ``text``; what follows, in order.

        With ``told.again`` it may have been heard before, and is then not heard twice. Raises Transient when nothing
        is known of what became of it.
        """
        ...

    async def tell(self, tracker: str, text: str, *, told: Told) -> Sequence[Guidance]:
        """Goes on with it; as ``begin``."""
        ...


async def tell(turn: Turn, guide: GuidePort, *, intent: str | None) -> Outcome:
    """``intent`` begins a guided conversation; None: the one under way goes on.

    Raises Transient when Rasa, or its way to our actions, is away; nothing is decided then.
    """
    conversation_id = turn.conversation.address.conversation_id
    told = Told(who=conversation_id, key=str(turn.inbound.key), again=turn.again)
    under_way = turn.conversation.context.guided
    if intent is not None:
        form = FORMS[FORM_OF[intent]]
        tracker = tracker_id(conversation_id, told.key, intent)
        pieces = await guide.begin(tracker, intent, turn.text, told=told)
    elif under_way is not None:
        form, tracker = FORMS[under_way.form], under_way.tracker
        pieces = await guide.tell(tracker, turn.text, told=told)
    else:
        raise ValueError("no guided conversation is under way, and none is begun")
    guidance = merged(pieces)
    if not guidance.is_whole:
        raise Transient("the guided conversation was cut off")
    return _outcome(turn, form, tracker, guidance)


def tracker_id(conversation_id: str, key: str, intent: str) -> str:
    """Names the dialogue that the message with this key begins for an intent: 32 hexadecimal digits.

    Rasa takes an id in a path as it stands there, quoted or not (3.6.21), so it must need no quoting. One message may
    begin two dialogues: the first can be over at once.
    """
    return hashlib.sha256(f"{conversation_id}\n{key}\n{intent}".encode()).hexdigest()[:32]


def _outcome(turn: Turn, form: Form, tracker: str, guidance: Guidance) -> Outcome:
    context = settled(turn.conversation.context)
    guided = None
    if guidance.ending is None:
        guided = Guided(
            form=form.name,
            tracker=tracker,
            touched_at=turn.now,
            asked=guidance.asked,
            prompt=guidance.says[-1] if guidance.says else "",
            choices=guidance.choices,
            collected=guidance.collected,
        )
    return Outcome(
        says=_says(guidance),
        hand_over=_hand_over(form, guidance),
        context=replace(context, guided=guided),
        errands=guidance.errands,
        facts=(_fact(form, guidance),),
    )


def _says(guidance: Guidance) -> tuple[Say, ...]:
    """One message: its texts as paragraphs, and what can be tapped below."""
    text = "\n\n".join(guidance.says)
    if not text:
        return ()
    reply: Reply = TextReply(text=text)
    if guidance.choices:
        choices = tuple(Choice(id=choice, label=choice) for choice in guidance.choices)
        reply = MenuReply(head=text, choices=choices)
    kind = ReplyKind.TRANSITION if guidance.hand_over is not None else ReplyKind.CHAT
    return (Say(reply=reply, kind=kind),)


def _hand_over(form: Form, guidance: Guidance) -> HandOver | None:
    if guidance.hand_over is None:
        return None
    return HandOver(
        reason=guidance.hand_over,
        summary=in_a_line(form.name, guidance.collected),
        connecting=CONNECTING,
        wish=wish_of(form, guidance.collected),
    )


def _fact(form: Form, guidance: Guidance) -> Fact:
    if guidance.ending is None:
        return Fact(name="guided.moved", details={"form": form.name, "asked": guidance.asked})
    return Fact(name="guided.ended", details={"form": form.name, "ending": guidance.ending.value})
