"""What a question may lean on: the entry that the customer heard last, while it is still what is talked about. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from conversations.conversation import Context
from knowledge_base.entry import EntryId

WITHIN = timedelta(minutes=10)
"""Who reads an answer and asks on does so within a few minutes. After a longer pause 那运费呢 may be about anything."""

MOST_BETWEEN = 2
"""Messages since the answer: a 谢谢 and one that was not understood change no subject; more of them may well have."""


def answered(context: Context, entry: str, now: datetime, beside: Sequence[str] = ()) -> Context:
    """The context after the customer heard an entry's answer; ``beside``: the entries that came next to it."""
    return replace(context, last_entry=entry, answered_at=now, messages_since=0, beside=tuple(beside))


def without_answer(context: Context) -> Context:
    """The context when nothing said before is leant on any more."""
    return replace(context, last_entry=None, answered_at=None, messages_since=0, beside=())


def leaning_on(context: Context, now: datetime) -> EntryId | None:
    """The entry that a text with a gap goes on from; None when there is none, or it is too long ago."""
    if context.last_entry is None or context.answered_at is None or context.messages_since > MOST_BETWEEN:
        return None
    age = now - context.answered_at
    return EntryId(context.last_entry) if timedelta(0) <= age <= WITHIN else None


def a_message_later(before: Context, after: Context, now: datetime) -> Context:
    """``after`` a message that gave no answer: it counts, and an answer that is too old is forgotten."""
    if after.answered_at is None or after.answered_at != before.answered_at:
        return after
    counted = replace(after, messages_since=before.messages_since + 1)
    if leaning_on(counted, now) is not None:
        return counted
    return without_answer(counted)
