"""Everything that a message names, found at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Protocol, TypeVar

from opencc import OpenCC

from intents.entities.address import Address, address
from intents.entities.codes import Code, campaign_code, email, sku
from intents.entities.dates import Day, days
from intents.entities.money import Money, amounts
from intents.entities.names import (
    ADDRESS,
    AMOUNT,
    CAMPAIGN_CODE,
    DATE,
    EMAIL,
    ORDER_NO,
    ORDERED_ON,
    PHONE,
    PRODUCT,
    QUANTITY,
    SKU,
)
from intents.entities.order_numbers import order_code, phone_code
from intents.entities.products import Product, products
from intents.entities.quantity import Quantity, quantities
from intents.numbers import masked_phone
from intents.wording import normalise


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_Thing = TypeVar("_Thing", bound=_Placed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What a message names, in the order of the message. ``phone`` is whole: show only what ``flat`` holds."""

    order_no: str | None = None
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    address: Address | None = field(default=None, repr=False)
    sku: str | None = None
    campaign_code: str | None = None
    products: tuple[Product, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    days: tuple[Day, ...] = ()
    amounts: tuple[Money, ...] = ()

    def flat(self) -> Mapping[str, str]:
        """One value by name, the first of several; names are in ``names``. Phones are masked, dates ISO, money fen."""
        ordered = next((one for one in self.days if one.ordered), None)
        values = {
            ORDER_NO: self.order_no,
            PHONE: masked_phone(self.phone or ""),
            EMAIL: self.email,
            ADDRESS: self.address.value if self.address else None,
            SKU: self.sku,
            CAMPAIGN_CODE: self.campaign_code,
            PRODUCT: self.products[0].name if self.products else None,
            QUANTITY: str(self.quantities[0]) if self.quantities else None,
            DATE: self.days[0].day.isoformat() if self.days else None,
            ORDERED_ON: ordered.day.isoformat() if ordered else None,
            AMOUNT: str(self.amounts[0].fen) if self.amounts else None,
        }
        return {name: value for name, value in values.items() if value}


def find(text: str, *, now: datetime, products_known: Sequence[str] = ()) -> Entities:
    """What a text names. ``now``: aware. ``products_known``: names of goods that may be meant.

    No text makes it fail. What one kind takes, no other kind reads again: 3号 in an address is no date.
    """
    rest = _Rest(simplified(normalise(text)))
    phone = rest.take(phone_code(rest.text))
    mail = rest.take(email(rest.text))
    article = rest.take(sku(rest.text))
    campaign = rest.take(campaign_code(rest.text))
    order = rest.take(order_code(rest.text))
    goods = products(rest.text, products_known)
    place = rest.take(address(rest.text))
    when = days(rest.text, now=now)
    for day in when:
        rest.take(day)
    money = amounts(rest.text)
    for one in money:
        rest.take(one)
    return Entities(
        order_no=_value(order),
        phone=_value(phone),
        email=_value(mail),
        address=place,
        sku=_value(article),
        campaign_code=_value(campaign),
        products=goods,
        quantities=quantities(rest.text),
        days=when,
        amounts=money,
    )


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    return str(_to_simplified().convert(text))


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


class _Rest:
    """A text in which what is taken turns blank, in place."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, found: _Thing | None) -> _Thing | None:
        if found is not None:
            self.text = self.text[: found.start] + " " * (found.end - found.start) + self.text[found.end :]
        return found


def _value(code: Code | None) -> str | None:
    return code.value if code else None
