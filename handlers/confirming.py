"""What cannot be undone is asked about first: two choices, which "yes" and "no" mean too. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conversations.facts import Fact
from conversations.outcomes import Outcome, Say
from conversations.replies import Choice, MenuReply
from handlers.clarifying import INTENT_PREFIX
from handlers.turn import Turn, settled

CONFIRM = "confirm_"
"""Begins the names of intents that only a choice leads to: what was asked about is wanted."""


def ask_first(turn: Turn, question: str, *, yes: tuple[str, str], no: tuple[str, str]) -> Outcome:
    """Asks; ``yes`` and ``no`` are each an intent, ``yes`` of the name ``confirm_…``, and how it is shown."""
    choices = tuple(Choice(id=INTENT_PREFIX + intent, label=label) for intent, label in (yes, no))
    context = replace(settled(turn.conversation.context), offered=tuple(choice.id for choice in choices))
    return Outcome(
        says=(Say(reply=MenuReply(head=question, choices=choices)),),
        context=context,
        facts=(Fact(name="confirmation.asked", details={"intent": yes[0]}),),
    )


def yes_and_no(offered: Sequence[str]) -> tuple[str, str] | None:
    """The intents of "yes" and "no", when that is what was asked last."""
    if len(offered) != 2 or not offered[0].startswith(INTENT_PREFIX + CONFIRM):
        return None
    return offered[0].removeprefix(INTENT_PREFIX), offered[1].removeprefix(INTENT_PREFIX)
