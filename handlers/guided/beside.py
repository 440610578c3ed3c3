"""After something beside it was answered, a guided conversation goes on where it was: its question is asked again."""

from __future__ import annotations

from dataclasses import replace

from conversations.conversation import Context
from conversations.guided import Guided
from conversations.outcomes import Outcome, Say
from conversations.replies import Choice, MenuReply, Reply, TextReply

GOING_ON = "咱们接着来：{prompt}"


def asked_again(guided: Guided) -> Say:
    """What was asked last, with its choices."""
    return Say(reply=_with_choices(GOING_ON.format(prompt=guided.prompt), guided))


def with_prompt(outcome: Outcome, guided: Guided, before: Context) -> Outcome:
    """The outcome of what was beside it, and the question again: in the same message where that is a text.

    Where people are brought, or the outcome asks something itself, nothing more is asked.
    """
    context = replace(outcome.context or before, guided=guided)
    if outcome.hand_over is not None:
        return outcome
    if context.offered or not guided.prompt:
        return replace(outcome, context=context)
    return replace(outcome, says=_joined(outcome.says, guided), context=context)


def _joined(says: tuple[Say, ...], guided: Guided) -> tuple[Say, ...]:
    if not says or not isinstance(says[-1].reply, TextReply):
        return (*says, asked_again(guided))
    head = f"{says[-1].reply.text}\n\n{GOING_ON.format(prompt=guided.prompt)}"
    return (*says[:-1], replace(says[-1], reply=_with_choices(head, guided)))


def _with_choices(head: str, guided: Guided) -> Reply:
    if not guided.choices:
        return TextReply(text=head)
    return MenuReply(head=head, choices=tuple(Choice(id=each, label=each) for each in guided.choices))
