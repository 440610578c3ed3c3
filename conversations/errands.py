"""Something to be done in the shop's own system because of a turn: written with the turn, carried out afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ErrandKind(StrEnum):
    """What is to be done. Values are stored; never rename them."""

    RETURN = "return"
    EXCHANGE = "exchange"
    CHANGE_ADDRESS = "change_address"
    CANCEL = "cancel"
    INVOICE = "invoice"
    REDEEM_POINTS = "redeem_points"
    URGE = "urge"
    PRICE_PROTECTION = "price_protection"
    REFUND = "refund"
    """Money back: ``details`` has ``fen``."""
    SEND_AGAIN = "send_again"
    """Goods once more: in exchange, or what was missing or broken. ``details`` has ``product``."""


OF_PEOPLE = frozenset({ErrandKind.REFUND, ErrandKind.SEND_AGAIN})
"""What colleagues ask for in a case of after-sales: they hear when it fails, not the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One change that the mall is asked for, once, however often the turn runs.

    ``order_no``: the order it is about, upper case; None when it is about none. ``details``: what the change needs, by
    name (``reason``, ``address``, …); the mall's own rules say what is missing or impossible.
    """

    kind: ErrandKind
    order_no: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
