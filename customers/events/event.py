"""What happened between a customer and the shop: one fact, told once or many times, early or late."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from customers.identity.identifier import Identifier


class EventKind(StrEnum):
    """Values are stored and part of the interface; never rename them."""

    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    EXPOSURE = "exposure"
    CLICK = "click"
    VIEW = "view"
    CART = "cart"
    ORDER = "order"
    PAY = "pay"
    REFUND = "refund"
    COUPON_TAKEN = "coupon_taken"
    COUPON_USED = "coupon_used"
    SHARE = "share"
    GROUP_BUY = "group_buy"
    LIVE_VISIT = "live_visit"
    LIVE_COMMENT = "live_comment"
    STORE_VISIT = "store_visit"
    ABOUT = "about"
    """What the shop knows of a person: region, age band, role."""
    MESSAGE = "message"
    """They wrote to us. Only Xiaoer itself tells this."""


class AcquisitionChannel(StrEnum):
    """By what a customer came: 搜索, 内容, 社交, 附近. Values are stored."""

    SEARCH = "search"
    CONTENT = "content"
    SOCIAL = "social"
    LBS = "lbs"


class Role(StrEnum):
    """What a customer is to others. Values are stored."""

    ORDINARY = "ordinary"
    GROUP_OWNER = "group_owner"
    DISTRIBUTOR = "distributor"
    CREATOR = "creator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    channel: AcquisitionChannel
    campaign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEvent:
    """``source`` and ``event_id`` together name it for ever. ``at``: when it happened, aware.

    ``amount_fen``: of pay and refund, in fen, above 0. ``seconds``: of view and live_visit. ``prompted``: a share that
    a reward was promised for. Empty texts and None: not told.
    """

    source: str
    event_id: str
    kind: EventKind
    at: datetime
    who: tuple[Identifier, ...]
    order_no: str = ""
    amount_fen: int | None = None
    seconds: float | None = None
    item: str = ""
    category: str = ""
    coupon: str = ""
    text: str = ""
    prompted: bool = False
    acquisition: Acquisition | None = None
    region: str = ""
    age_band: str = ""
    role: Role | None = None
    extra: dict[str, str] = field(default_factory=dict)
    """What the shop adds for its own use: at most ten short texts, kept and shown, never judged by."""
