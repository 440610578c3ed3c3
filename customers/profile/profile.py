"""What the shop knows of a customer, as handlers, the policy, agents and pages get it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from customers.events.event import Acquisition, Role


class Segment(StrEnum):
    """In routing order: the first that a customer is in decides. Values are stored."""

    HIGH_VALUE = "high_value"
    """高净值"""
    SPREADER = "spreader"
    """社交传播节点"""
    POTENTIAL = "potential"
    """潜在转化"""
    ORDINARY = "ordinary"
    """普通"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """``reason``: Chinese, one sentence that a person can check."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """``spending``: low | middle | high by average order value, empty without orders."""

    region: str = ""
    age_band: str = ""
    spending: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Within the window of the settings. ``preferences``: categories, the strongest first, at most three."""

    orders: int = 0
    average_order_fen: int | None = None
    spent_fen: int = 0
    month_fen: int = 0
    refunds: int = 0
    preferences: tuple[str, ...] = ()
    shares: int = 0
    coupons_taken: int = 0
    coupons_used: int = 0
    viewed_seconds: int = 0
    in_cart: bool = False
    first_paid: datetime | None = None
    last_paid: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Of the next 12 months, by the last fit; ``low`` and ``high`` bound the middle 80 %."""

    ltv_fen: int
    low_fen: int
    high_fen: int
    alive: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """``segments``: at least one, in routing order. ``seen``: their last event. ``rfm``: three quintiles, ``"543"``."""

    customer_id: int
    base: Base
    behaviour: Behaviour
    role: Role
    came_by: Acquisition | None
    segments: tuple[Segment, ...]
    tags: tuple[Tag, ...]
    seen: datetime | None
    rfm: str = ""
    expected: Expected | None = None

    @property
    def segment(self) -> Segment:
        return self.segments[0]
