"""What became of one attempt to send: the only words in which a channel reports to the delivery."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.ownership import Owner
from conversations.replies import EventCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The platform took it. ``platform_id`` is its id for the message, where it gives one.

    ``response_code`` comes with a WeCom template card and changes it once within 72 h.
    """

    platform_id: str | None = None
    response_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Certainly not sent, worth another try. ``retry_after`` in seconds; None leaves it to the schedule."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeUnknown:
    """It may or may not have been sent: the connection was lost, or timed out, after the request went out."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowClosed:
    """The platform's window or count for this person is used up; the person's next action opens it again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Refused for good: bad recipient, no permission, not following. Another try would not help."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """A ``TransferReply`` was carried out: ``owner`` is QUEUE, or AGENT with ``agent`` named.

    ``code`` lets us say its ``connecting`` text; ``told`` says that the person has read that text already.
    """

    owner: Owner
    agent: str | None = None
    code: EventCode | None = None
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyReceiving:
    """A ``TransferReply`` was not carried out, because none of the platform's agents receives now."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldByPeople:
    """Not sent: the platform says that people have this session. ``owner`` is QUEUE, or AGENT with ``agent`` named."""

    owner: Owner
    agent: str | None = None


SendOutcome = (
    Sent | NotSent | OutcomeUnknown | WindowClosed | Refused | Transferred | NobodyReceiving | HeldByPeople
)
