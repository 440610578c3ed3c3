"""The shop's own system as we need it: a customer's orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from conversations.errands import Errand


class OrderStatus(StrEnum):
    """Where an order stands. Values are stored; never rename them."""

    UNPAID = "unpaid"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CLOSED = "closed"


class Item(NamedTuple):
    """One line of an order."""

    name: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order. ``total_fen`` is what the customer pays, in fen; times are aware.

    ``shipped_at``, ``carrier`` and ``tracking_no`` are set once it is on its way, ``delivered_at`` once it has
    arrived. ``owner_ref`` names the customer whose order the mall knows it to be, in the words of whoever asks; None
    when it knows nobody.
    """

    number: str
    status: OrderStatus
    items: tuple[Item, ...]
    total_fen: int
    placed_at: datetime
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    carrier: str | None = None
    tracking_no: str | None = None
    owner_ref: str | None = None

    def __post_init__(self) -> None:
        if self.placed_at.tzinfo is None or (self.shipped_at and self.shipped_at.tzinfo is None):
            raise ValueError("order times must be timezone-aware")


class Orders(Protocol):
    """Reading orders; changes nothing. Raises Transient when the mall is away, Permanent when there is none."""

    async def find(self, order_no: str) -> Order | None:
        """The order with exactly this number (upper case); None when there is none."""
        ...

    async def recent(self, customer_ref: str, limit: int) -> list[Order]:
        """At most ``limit`` orders whose ``owner_ref`` is this one, the latest placed first; maybe none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a change. ``text`` is what the customer is told; ``reference`` the mall's own number for it."""

    accepted: bool
    text: str
    reference: str | None = None


class Changes(Protocol):
    """Changing things in the mall. Raises Transient when it is away, Permanent when there is none."""

    async def carry_out(self, errand: Errand, *, key: str, customer_ref: str) -> Receipt:
        """Does it once for each ``key``: the same key gets the same receipt. Declined is a receipt too."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """Something to be had for points."""

    id: str
    name: str
    points: int


class Points(Protocol):
    """A customer's points; 10 are worth 1 yuan. Raises Transient when the mall is away, Permanent without one."""

    async def balance(self, customer_ref: str) -> int | None:
        """How many there are; None for a customer whom the mall does not know."""
        ...

    async def rewards(self) -> list[Reward]:
        """What can be had for them, the cheapest first."""
        ...


class Mall(Orders, Points, Changes, Protocol):
    """The whole of it."""
