"""Rasa is away: what a guided conversation would have done is offered to people, with everything said so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conversations.facts import Fact
from conversations.guided import Guided
from conversations.outcomes import Outcome, Say
from conversations.replies import Choice, MenuReply
from handlers.guided.forms import FORMS
from handlers.guided.summary import SAID
from handlers.turn import Turn, settled
from intents.kinds import FORMS as FORM_OF

NOT_BEGUN = ""
"""The tracker of a guided conversation that Rasa does not know of yet."""

LONGEST = 200

AWAY = "{title}这会儿没法在线一步步办，您说的我都记下了。要不要请同事帮您办？也可以过几分钟再跟我说一次～"
CHOICES = ("转人工", "等会儿再办")


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


def _with_words(collected: Mapping[str, str], text: str) -> dict[str, str]:
    """Keeps the last words, which are the most likely to matter, where there are too many."""
    said = "；".join(part for part in (collected.get(SAID, ""), " ".join(text.split())) if part)
    return {**collected, SAID: said[-LONGEST:]}
