"""Times, money and events as one line that people read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from console.customers.words import CAME_BY, EVENT_ICONS, EVENT_TITLES
from console.masking import mask_id, mask_text
from console.web.rendering import CHINA
from customers.events.event import Acquisition, AcquisitionChannel, EventKind, Role
from customers.profile.names import ROLES, yuan
from customers.settings import OWN_SOURCE

_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event as it is stored; ``data``: canonical JSON. ``at_ms``: when it happened."""

    source: str
    kind: str
    at_ms: int
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HappenedLine:
    """``title``: what happened; ``details``: with what, masked where it may name somebody."""

    at_ms: int
    icon: str
    title: str
    details: tuple[str, ...]
    source: str


def told(happened: Happened) -> HappenedLine:
    """A kind that is not known keeps its own name."""
    kind = EventKind(happened.kind) if happened.kind in set(EventKind) else None
    return HappenedLine(
        at_ms=happened.at_ms,
        icon="clock" if kind is None else EVENT_ICONS[kind],
        title=happened.kind if kind is None else EVENT_TITLES[kind],
        details=tuple(details(orjson.loads(happened.data))),
        source="店小二" if happened.source == OWN_SOURCE else happened.source,
    )


def details(data: Mapping[str, Any]) -> list[str]:
    """What the fields of a stored event say, the weightiest first."""
    said = [
        _text(data, "item"),
        yuan(data["amount_fen"]) if "amount_fen" in data else "",
        _text(data, "category"),
        duration(data["seconds"]) if "seconds" in data else "",
        _text(data, "coupon"),
        f"“{text}”" if (text := _text(data, "text")) else "",
        f"订单 {mask_id(data['order_no'])}" if data.get("order_no") else "",
        "为了奖励" if data.get("prompted") else "",
        _acquisition(data.get("acquisition")),
        _text(data, "region"),
        _text(data, "age_band"),
        ROLES[Role(data["role"])] if data.get("role") in set(Role) else "",
        *(mask_text(f"{name}：{value}"[:_LONGEST]) for name, value in data.get("extra", {}).items()),
    ]
    return [each for each in said if each]


def came_by(acquired: Acquisition) -> str:
    """搜索 · 春季上新; 搜索."""
    return " · ".join(filter(None, (CAME_BY[acquired.channel], acquired.campaign)))


def duration(seconds: float) -> str:
    """75 → 1 分 15 秒; 40 → 40 秒; 5000 → 1 小时 23 分."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} 小时 {minutes % 60} 分"
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


def whole_yuan(fen: int) -> str:
    """¥1,235 of 123450: for lists, where money is compared and not counted."""
    return f"¥{round(fen / 100):,}"


def short_moment(at_ms: int, now_ms: int) -> str:
    """今天 09:05, 昨天 21:30, 11月3日, 2025-11-03; Chinese time."""
    at, now = (datetime.fromtimestamp(ms / 1000, UTC).astimezone(CHINA) for ms in (at_ms, now_ms))
    days = (now.date() - at.date()).days
    if days in (0, 1):
        return f"{'昨天' if days else '今天'} {at:%H:%M}"
    return f"{at.month}月{at.day}日" if at.year == now.year else f"{at:%Y-%m-%d}"


def _text(data: Mapping[str, Any], name: str) -> str:
    return mask_text(str(data.get(name, ""))[:_LONGEST])


def _acquisition(pair: tuple[str, str] | None) -> str:
    if pair is None:
        return ""
    channel, campaign = pair
    return f"来自{came_by(Acquisition(channel=AcquisitionChannel(channel), campaign=campaign))}"
