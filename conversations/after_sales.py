"""What a customer wants after a purchase: values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AfterSalesKind(StrEnum):
    """Values are stored; never rename them."""

    RETURN = "return"
    EXCHANGE = "exchange"
    REFUND = "refund"
    """Money back, and the goods stay."""
    TROUBLE = "trouble"
    """Something is missing, broken or wrong."""
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSalesWish:
    """``wants``: what is to be done, ``why``: what happened; both in the customer's words, maybe empty."""

    kind: AfterSalesKind
    order_no: str | None = None
    wants: str = ""
    why: str = ""
