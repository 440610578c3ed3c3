"""Answers of qyapi read into types: the failure in them, and their fields whatever their JSON holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from channels.calls import Answered, Result
from channels.meaning import outcome
from channels.outcomes import NotSent, OutcomeUnknown, Refused, Sent, WindowClosed
from channels.wecom.errcodes import ERRCODES

Failure = NotSent | OutcomeUnknown | WindowClosed | Refused
"""Why a call brought no result: not done and worth another try, not known, or never to be done."""
Json = Mapping[str, object]


def answer(result: Result, *, repeatable: bool = True) -> Json | Failure:
    """The body of a call that was done, else the failure. ``repeatable``: doing it twice does no harm."""
    match outcome(result, ERRCODES, repeatable=repeatable):
        case Sent() if isinstance(result, Answered):
            return result.body
        case (NotSent() | OutcomeUnknown() | WindowClosed() | Refused()) as failure:
            return failure
        case other:
            return OutcomeUnknown(reason=f"an answer without meaning: {type(other).__name__}")


def done(result: Result, *, repeatable: bool = True) -> Sent | Failure:
    """The same for calls whose answer holds nothing but its errcode."""
    given = answer(result, repeatable=repeatable)
    return Sent() if isinstance(given, Mapping) else given


def text(body: Json, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def whole(body: Json, name: str) -> int:
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def record(body: Json, name: str) -> Json:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def records(body: Json, name: str) -> tuple[Json, ...]:
    value = body.get(name)
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def texts(body: Json, name: str) -> tuple[str, ...]:
    value = body.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def names(body: Json, name: str) -> tuple[str, ...]:
    """Names in one text, joined by "|", as in touser."""
    return tuple(part for part in text(body, name).split("|") if part)
