"""Rasa is away: what a guided conversation would have done is offered to people, with everything said so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conversations.facts import Fact
from conversations.guidance import Ending
from conversations.guided import Guided
from conversations.outcomes import Outcome, Say, say
from conversations.replies import Choice, MenuReply
from handlers.guided import stages, wording
from handlers.guided.forms import FORMS
from handlers.guided.summary import SAID
from handlers.turn import Turn, settled
from intents.kinds import FORMS as FORM_OF

NOT_BEGUN = ""
"""The tracker of a guided conversation that Rasa does not know of yet."""

LONGEST = 200

STOPS = 0.85
"""Confidence from which "stop" is believed."""

AWAY = "{title}这会儿没法在线一步步办，您说的我都记下了。要不要请同事帮您办？也可以过几分钟再跟我说一次～"
LATER = "等会儿再办"
CHOICES = ("转人工", LATER)
WAITING = "好的，不急～想办的时候再跟我说一声就行，您前面说的我都记着。"


def away(turn: Turn, intent: str | None) -> Outcome:
    """``intent`` begins a guided conversation; None: the one under way. It is begun anew with the next message."""
    context = turn.conversation.context
    under_way = context.guided
    if intent is None and under_way is None:
        raise ValueError("no guided conversation is under way, and none is begun")
    form = FORM_OF[intent] if intent is not None else under_way.form if under_way is not None else ""
    told = {} if intent is not None or under_way is None else under_way.collected
    guided = Guided(
        form=form,
        tracker=NOT_BEGUN,
        touched_at=turn.now,
        choices=CHOICES,
        collected=_with_words(told, turn.text),
    )
    menu = MenuReply(
        head=AWAY.format(title=FORMS[form].title),
        choices=tuple(Choice(id=each, label=each) for each in CHOICES),
    )
    return Outcome(
        says=(Say(reply=menu),),
        context=replace(settled(context), guided=guided),
        facts=(Fact(name="guided.away", details={"form": form}),),
    )


def without_rasa(turn: Turn) -> Outcome | None:
    """What needs no Rasa in the middle of one: no more of it, or not now. None for everything else."""
    context = turn.conversation.context
    guided = context.guided
    if guided is None:
        return None
    form = FORMS[guided.form]
    if turn.text.strip() == LATER and guided.tracker == NOT_BEGUN:
        waiting = replace(settled(context), guided=replace(guided, touched_at=turn.now))
        return say(
            WAITING, context=waiting, facts=(Fact(name="guided.put_off", details={"form": form.name}),)
        )
    intent = turn.understanding.intent if turn.understanding.confidence >= STOPS else ""
    if not stages.no_more(form, guided.asked or form.slots[0], intent, turn.text):
        return None
    return say(
        wording.CANCELLED.format(title=form.title),
        context=replace(settled(context), guided=None),
        facts=(Fact(name="guided.ended", details={"form": form.name, "ending": Ending.CANCELLED.value}),),
    )


def everything_said(turn: Turn, guided: Guided) -> str:
    """The customer's words so far and now, for a guided conversation that begins with them only now."""
    told = (guided.collected.get("order_no", ""), guided.collected.get(SAID, ""), turn.text)
    return "，".join(part for part in told if part)


def _with_words(collected: Mapping[str, str], text: str) -> dict[str, str]:
    """Keeps the last words, which are the most likely to matter, where there are too many."""
    said = "；".join(part for part in (collected.get(SAID, ""), " ".join(text.split())) if part)
    return {**collected, SAID: said[-LONGEST:]}
