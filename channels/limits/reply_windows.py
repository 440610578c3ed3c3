"""How much may be said, and when: the platforms' reply limits as data, and pure decisions on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from conversations.inbound import Trigger
from conversations.replies import ReplyKind

CLOCK_SKEW = timedelta(minutes=5)
"""How far the platform's clock may run ahead of ours before a window counts as not open yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLimit:
    """``count`` replies within ``lasts`` after the person's act. ``source`` is the page that says so.

    ``reserves`` tells whether parts of the count are kept for people and notices. Nobody types an answer
    within a minute, so a reserve in a one-minute window would only make the bot mute.
    """

    count: int
    lasts: timedelta
    source: str
    reserves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLimits:
    """One channel's limits. A trigger that is missing from ``windows`` opens no window.

    ``max_text_bytes`` counts UTF-8 bytes of one text.
    """

    windows: Mapping[Trigger, WindowLimit]
    reserved_for_people: int = 2
    reserved_for_notices: int = 1
    max_text_bytes: int = 2048


_KF_INTRO = "公众号 客服消息 (offiaccount kf/intro): replies by triggering action"

OFFICIAL_LIMITS = ReplyLimits(
    windows=MappingProxyType(
        {
            Trigger.MESSAGE: WindowLimit(count=5, lasts=timedelta(hours=48), source=_KF_INTRO, reserves=True),
            Trigger.MENU_CLICK: WindowLimit(count=3, lasts=timedelta(minutes=1), source=_KF_INTRO),
            Trigger.FOLLOW: WindowLimit(count=3, lasts=timedelta(minutes=1), source=_KF_INTRO),
            Trigger.SCAN: WindowLimit(count=3, lasts=timedelta(minutes=1), source=_KF_INTRO),
        }
    )
)

KEFU_LIMITS = ReplyLimits(
    windows=MappingProxyType(
        {
            Trigger.MESSAGE: WindowLimit(
                count=5, lasts=timedelta(hours=48), source="WeCom 94677 发送消息 (kf/send_msg)", reserves=True
            )
        }
    )
)
"""微信客服: five replies for each message of the customer. Codes (95122) and transfers are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimit:
    """At most ``count`` calls of one API in any stretch of ``per``.

    ``api`` is the path under the API host.
    """

    api: str
    count: int
    per: timedelta
    source: str


OFFICIAL_CALL_LIMITS = (
    CallLimit(
        api="cgi-bin/stable_token",
        count=10_000,
        per=timedelta(minutes=1),
        source="公众号 getStableAccessToken",
    ),
    CallLimit(
        api="cgi-bin/stable_token?force_refresh",
        count=20,
        per=timedelta(days=1),
        source="公众号 getStableAccessToken: 20 a day, at least 30 s apart",
    ),
    CallLimit(
        api="cgi-bin/message/mass/sendall", count=60, per=timedelta(minutes=1), source="公众号 群发接口"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window that the person's act opened, and how many replies were charged to it. ``opened_at`` is aware.

    A later act of the same kind renews the window instead of adding a second one: give the newest.
    """

    trigger: Trigger
    opened_at: datetime
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Send, and charge it to the window of ``trigger``.

    ``left_for_kind`` is how many replies of this kind all open windows still hold, this one included.
    """

    trigger: Trigger
    left_for_kind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Not now; ask again at ``until`` (aware)."""

    until: datetime


class ClosedReason(StrEnum):
    NO_WINDOW = "no_window"
    USED_UP = "used_up"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Nothing of this kind may be sent before the person acts again.

    RESERVED: what is left is kept for notices or people.
    """

    reason: ClosedReason


def may_send(
    limits: ReplyLimits,
    windows: Sequence[Window],
    kind: ReplyKind,
    now: datetime,
    *,
    by_person: bool = False,
) -> Allowed | Wait | Closed:
    """Whether one more reply of ``kind`` may be sent over the API at ``now``, and which window pays for it.

    The window that closes soonest pays first, so that the long one is still there for a person. Chat of the
    bot may use what both reserves leave; notices and transitions may use the notices' reserve; people may use
    everything. Passive replies cost nothing and are not asked about here.
    """
    newest = _newest_of_each(limits, windows)
    started = [window for window in newest if window.opened_at <= now + CLOCK_SKEW]
    open_now = [window for window in started if _closes_at(limits, window) > now]
    if not open_now:
        later = [window.opened_at for window in newest if window not in started]
        return Wait(until=min(later)) if later else Closed(reason=ClosedReason.NO_WINDOW)
    left = {window.trigger: _left(limits, window, kind, by_person=by_person) for window in open_now}
    paying = [window for window in open_now if left[window.trigger] > 0]
    if not paying:
        free = any(window.used < limits.windows[window.trigger].count for window in open_now)
        return Closed(reason=ClosedReason.RESERVED if free else ClosedReason.USED_UP)
    soonest = min(paying, key=lambda window: _closes_at(limits, window))
    return Allowed(trigger=soonest.trigger, left_for_kind=sum(left.values()))


def _newest_of_each(limits: ReplyLimits, windows: Sequence[Window]) -> list[Window]:
    newest: dict[Trigger, Window] = {}
    for window in windows:
        known = newest.get(window.trigger)
        if window.trigger in limits.windows and (known is None or known.opened_at < window.opened_at):
            newest[window.trigger] = window
    return list(newest.values())


def _closes_at(limits: ReplyLimits, window: Window) -> datetime:
    return window.opened_at + limits.windows[window.trigger].lasts


def _left(limits: ReplyLimits, window: Window, kind: ReplyKind, *, by_person: bool) -> int:
    limit = limits.windows[window.trigger]
    reserved = 0
    if limit.reserves and not by_person:
        reserved = limits.reserved_for_people
        if kind is ReplyKind.CHAT:
            reserved += limits.reserved_for_notices
    return max(0, limit.count - window.used - reserved)


def may_call(limit: CallLimit, calls: Sequence[datetime], now: datetime) -> Wait | None:
    """None when one more call of ``limit.api`` may be made at ``now``, after ``calls`` (their times)."""
    recent = sorted(call for call in calls if call > now - limit.per)
    if len(recent) < limit.count:
        return None
    return Wait(until=recent[-limit.count] + limit.per)
