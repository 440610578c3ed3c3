"""Which entries are served today, and with which of their answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from conversations.address import Channel
from knowledge_base.audience import Audience
from knowledge_base.entry import Entry

_CHINA = timezone(timedelta(hours=8))


class Unserved(StrEnum):
    """Why an entry is not served."""

    DISABLED = "disabled"
    NOT_YET = "not_yet"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """For whom an answer is looked for: the shop's day, the channel, and the customer's segments, the most telling
    first.
    """

    today: date
    channel: Channel | None = None
    segments: tuple[str, ...] = ()

    def is_served(self, entry: Entry) -> bool:
        """Whether the entry has something to say to them today."""
        return bool((answer_for(entry, self.channel, self.segments, self.today) or "").strip())


def why_unserved(entry: Entry, today: date) -> Unserved | None:
    """None when it is served. Both ``valid_from`` and ``valid_until`` are days on which it is."""
    if entry.disabled:
        return Unserved.DISABLED
    if entry.valid_from is not None and today < entry.valid_from:
        return Unserved.NOT_YET
    if entry.valid_until is not None and today > entry.valid_until:
        return Unserved.OVER
    return None


def is_served(entry: Entry, today: date) -> bool:
    return why_unserved(entry, today) is None


def answer_for(entry: Entry, channel: Channel | None, segments: Sequence[str], today: date) -> str | None:
    """What the entry says to a customer of ``segments`` (the most telling first) on ``channel``; None when it is not
    served today.

    An answer for segment and channel wins over one for the segment, that over one for the channel, that over the
    default answer: who somebody is says more than where they write.
    """
    if not is_served(entry, today):
        return None
    audiences = [Audience(channel=where, segment=who) for who in (*segments, "") for where in (channel, None)]
    answers = {variant.audience: variant.answer for variant in entry.variants}
    return next((answers[audience] for audience in audiences if audience in answers), entry.answer)


def day_in_china(now: datetime) -> date:
    """The day of the shop's calendar at ``now``, which is aware."""
    return now.astimezone(_CHINA).date()
