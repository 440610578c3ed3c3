"""Names of entities, as ``Understanding.entities`` has them."""

from __future__ import annotations

from intents.understanding import ORDER_NO, PHONE

__all__ = [
    "ADDRESS",
    "AMOUNT",
    "CAMPAIGN_CODE",
    "DATE",
    "EMAIL",
    "ORDERED_ON",
    "ORDER_NO",
    "PHONE",
    "PRODUCT",
    "QUANTITY",
    "SKU",
]

ADDRESS = "address"
AMOUNT = "amount"
"""Fen."""
CAMPAIGN_CODE = "campaign_code"
DATE = "date"
"""ISO."""
ORDERED_ON = "ordered_on"
"""ISO; the day on which something was bought, where that is said."""
EMAIL = "email"
PRODUCT = "product"
QUANTITY = "quantity"
"""Number and measure word: 2箱."""
SKU = "sku"
