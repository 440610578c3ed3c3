"""Another wish of the message that began a guided conversation: kept, and come back to when that has ended."""

from __future__ import annotations

from dataclasses import replace

from conversations.conversation import Context
from conversations.facts import Fact
from conversations.outcomes import Outcome, Say, say
from conversations.replies import Choice, MenuReply
from handlers.turn import Turn, settled

NOW = "later:now"
"""Offered: to see to the other wish now."""
NO_MORE = "later:no"
"""Offered: to leave it."""

ASK = "您刚才还说“{wish}”，现在接着办吗？"
YES = "现在办"
NO = "不用了"
LEFT = "好的～有需要随时叫我。"
LONGEST = 40


def kept(outcome: Outcome, before: Context, wish: str) -> Outcome:
    """The outcome, with the wish remembered for when its guided conversation has ended."""
    return replace(outcome, context=replace(outcome.context or before, later=wish))


def offered(outcome: Outcome, wish: str) -> Outcome:
    """The outcome of the message that ended a guided conversation, asking whether the other wish is next."""
    shown = wish if len(wish) <= LONGEST else wish[: LONGEST - 1] + "…"
    menu = MenuReply(
        head=ASK.format(wish=shown), choices=(Choice(id=NOW, label=YES), Choice(id=NO_MORE, label=NO))
    )
    context = outcome.context or Context()
    return replace(
        outcome,
        says=(*outcome.says, Say(reply=menu)),
        context=replace(context, later=wish, offered=(NOW, NO_MORE)),
    )


def left(turn: Turn) -> Outcome:
    """The customer does not want it any more."""
    context = replace(settled(turn.conversation.context), later=None)
    return say(LEFT, context=context, facts=(Fact(name="later.left"),))
