"""What one call's answer means for the delivery of a message. Pure."""

from __future__ import annotations

from channels.calls import Result
from channels.errcodes import Errcode, ErrcodeTable, Reaction
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent, WindowClosed


def outcome(result: Result, errcodes: ErrcodeTable, *, repeatable: bool) -> SendOutcome:
    """The outcome of a send that was answered by ``result``.

    ``repeatable``: doing it twice does no harm. Where it is not so nothing tells a repetition from a second
    message, so "busy" (-1) and an answer without errcode may hide a message that went out.
    """
    if isinstance(result, NotSent | OutcomeUnknown):
        return result
    if result.code is None:
        return OutcomeUnknown(reason="answer without errcode")
    return meant(errcodes.row(result.code), repeatable=repeatable)


def meant(row: Errcode, *, repeatable: bool) -> SendOutcome:
    """The outcome of a send that was answered with the errcode of ``row``."""
    reason = f"errcode {row.code}: {row.meaning}"
    match row.reaction:
        case Reaction.SENT:
            return Sent()
        case Reaction.RETRY:
            return NotSent(reason=reason) if repeatable else OutcomeUnknown(reason=reason)
        case Reaction.RETRY_AFTER_WINDOW | Reaction.CONFIG | Reaction.REFRESH_TOKEN:
            return NotSent(reason=reason, retry_after=row.retry_after)
        case Reaction.WINDOW_CLOSED:
            return WindowClosed(reason=reason)
        case Reaction.REFUSED:
            return Refused(reason=reason)
