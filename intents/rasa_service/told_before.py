"""What a tracker says of a message that may have been told before. Pure.

Rasa writes a tracker when a message is through. What it has heard may still be without an answer: an action that fails
(our action server was away) leaves nothing, and Rasa goes on without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations.errors import Transient
from conversations.guidance import Guidance, merged

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """``answer``: what the message led to, whole; empty when it has to be told (again).

    ``ended``: the form that it ended without a word of how; its last action is to be run once more.
    """

    answer: Sequence[Guidance] = ()
    ended: str | None = None


def before(events: Sequence[Event], key: str) -> Before:
    """What became of the message with this key. Raises Transient for guidance that is not ours.

    ``events`` are all of a tracker's, oldest first, as ``GET /conversations/ID/tracker`` has them. The message may be
    among them several times; the first time with a whole answer counts.
    """
    ended = None
    for place in (at for at, event in enumerate(events) if _is_message(event, key)):
        following = _until_next_message(events[place + 1 :])
        answer = guidance((event.get("data") or {}).get("custom") for event in following if _is(event, "bot"))
        if merged(answer).is_whole:
            return Before(answer=answer)
        if any(_is(event, "active_loop") and event.get("name") is None for event in following):
            ended = _last_form(events[: place + 1 + len(following)])
    return Before(ended=ended)


def guidance(custom: Iterable[object]) -> Sequence[Guidance]:
    """The pieces among custom messages. Raises Transient for something that claims to be one and is not."""
    try:
        return [Guidance.from_stored(each) for each in custom if isinstance(each, Mapping)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Transient("Rasa gave back a piece of guidance that is not ours") from error


def _until_next_message(events: Sequence[Event]) -> Sequence[Event]:
    ends = (at for at, event in enumerate(events) if _is(event, "user"))
    return events[: next(ends, len(events))]


def _last_form(events: Sequence[Event]) -> str | None:
    """The form that was begun last."""
    begun = [event["name"] for event in events if _is(event, "active_loop") and event.get("name")]
    return begun[-1] if begun else None


def _is(event: Event, kind: str) -> bool:
    return event.get("event") == kind


def _is_message(event: Event, key: str) -> bool:
    return _is(event, "user") and (event.get("metadata") or {}).get("key") == key
