"""Another wish of the message that began a guided conversation: kept, and come back to when that has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

LABELS: Mapping[str, int] = {YES: 0, NO: 1}
ANSWERS: Mapping[str, int] = {"affirm": 0, "deny": 1, "stop": 1}
"""What an intent means as the answer, as the place of a choice."""


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


def is_asked(offered: Sequence[str]) -> bool:
    """Whether that is what was asked last."""
    return tuple(offered) == (NOW, NO_MORE)


def answer(offered: Sequence[str], text: str, intent: str) -> int | None:
    """The place of the choice that a typed yes or no means, when that was asked; None for anything else.

    ``intent``: what the text means, where that is sure.
    """
    return LABELS.get(text.strip(), ANSWERS.get(intent)) if is_asked(offered) else None


def without_stale(context: Context) -> Context:
    """The context without a wish that nothing will come back to: nothing is under way, and it is not asked about."""
    if context.later is None or context.guided is not None or is_asked(context.offered):
        return context
    return replace(context, later=None)


def left(turn: Turn) -> Outcome:
    """The customer does not want it any more."""
    context = replace(settled(turn.conversation.context), later=None)
    return say(LEFT, context=context, facts=(Fact(name="later.left"),))
