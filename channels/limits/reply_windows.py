"""How much may be said to one person, and when: the windows of a channel together, and who may use what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from channels.limits import sizes
from channels.limits import windows as rows
from channels.limits.decisions import PLENTY, Allowed, Closed, ClosedReason, Use, Wait, may
from channels.limits.rows import WindowLimit
from conversations.inbound import Trigger
from conversations.replies import ReplyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLimits:
    """One channel's limits. A trigger that is missing from ``windows`` opens no window.

    ``free``: people of this channel may be written to at any time, and nothing is counted. ``max_text_bytes``
    counts UTF-8 bytes of one text.
    """

    windows: Mapping[Trigger, WindowLimit]
    reserved_for_people: int = 2
    reserved_for_notices: int = 1
    max_text_bytes: int = sizes.OFFICIAL_TEXT.most
    free: bool = False


OFFICIAL_LIMITS = ReplyLimits(
    windows=MappingProxyType(
        {
            Trigger.MESSAGE: rows.OFFICIAL_MESSAGE,
            Trigger.MENU_CLICK: rows.OFFICIAL_MENU_CLICK,
            Trigger.FOLLOW: rows.OFFICIAL_FOLLOW,
            Trigger.SCAN: rows.OFFICIAL_SCAN,
        }
    )
)
KEFU_LIMITS = ReplyLimits(
    windows=MappingProxyType({Trigger.MESSAGE: rows.KEFU_MESSAGE}), max_text_bytes=sizes.KEFU_TEXT.most
)
"""微信客服: five replies for each message of the customer. Codes (95122) and transfers are not counted."""
MEMBER_LIMITS = ReplyLimits(windows=MappingProxyType({}), max_text_bytes=sizes.APP_TEXT.most, free=True)
"""Members of the corp: no window. What one member gets in a minute and an hour is the call gate's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window that the person's act opened, and how many replies were charged to it. ``opened_at`` is aware.

    A later act of the same kind renews the window instead of adding a second one: give the newest.
    """

    trigger: Trigger
    opened_at: datetime
    used: int


def may_send(
    limits: ReplyLimits,
    windows: Sequence[Window],
    kind: ReplyKind,
    now: datetime,
) -> Allowed | Wait | Closed:
    """Whether one more reply of ``kind`` may be sent over the API at ``now``, and which window pays for it.

    The window that closes soonest pays first, so that the long one is still there for a person. Chat of the
    bot may use what both reserves leave; notices and transitions may use the notices' reserve; people may use
    everything. Passive replies cost nothing and are not asked about here.
    """
    if limits.free:
        return Allowed(trigger=None, left_for_kind=PLENTY)
    left: dict[Trigger, int] = {}
    closes: dict[Trigger, datetime] = {}
    later: list[datetime] = []
    for window in _newest_of_each(limits, windows):
        limit = limits.windows[window.trigger]
        uses = [Use(at=window.opened_at, amount=window.used)]
        match may(limit, uses, now, began=window.opened_at):
            case Wait(until=until):
                later.append(until)
            case Closed(reason=ClosedReason.USED_UP):
                left[window.trigger] = 0
            case Allowed(left_for_kind=still):
                left[window.trigger] = still
                closes[window.trigger] = window.opened_at + limit.lasts
    if not left:
        return Wait(until=min(later)) if later else Closed(reason=ClosedReason.NO_WINDOW)
    mine = {trigger: max(0, still - _reserved(limits, trigger, kind)) for trigger, still in left.items()}
    paying = [trigger for trigger, still in mine.items() if still > 0]
    if not paying:
        return Closed(reason=ClosedReason.RESERVED if any(left.values()) else ClosedReason.USED_UP)
    return Allowed(trigger=min(paying, key=lambda trigger: closes[trigger]), left_for_kind=sum(mine.values()))


def _newest_of_each(limits: ReplyLimits, windows: Sequence[Window]) -> list[Window]:
    newest: dict[Trigger, Window] = {}
    for window in windows:
        known = newest.get(window.trigger)
        if window.trigger in limits.windows and (known is None or known.opened_at < window.opened_at):
            newest[window.trigger] = window
    return list(newest.values())


def _reserved(limits: ReplyLimits, trigger: Trigger, kind: ReplyKind) -> int:
    """How many of the window's replies this kind must leave alone."""
    if kind is ReplyKind.PERSON or not limits.windows[trigger].reserves:
        return 0
    return limits.reserved_for_people + (limits.reserved_for_notices if kind is ReplyKind.CHAT else 0)
