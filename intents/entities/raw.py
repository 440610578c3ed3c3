"""What Rasa's model says a message names, brought into the same form as what the rules find. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from intents.entities.dates import days
from intents.entities.finding import simplified
from intents.entities.money import bare_amount
from intents.entities.quantity import quantities
from intents.numbers import masked_phone, order_number, short_code
from intents.wording import normalise

LONGEST = 120
"""Characters of a value that is kept as it was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntity:
    """``text``: the words marked; ``start`` and ``end``: where they stand in the message."""

    name: str
    text: str
    start: int
    end: int


def normalised(
    raw: Sequence[RawEntity], *, now: datetime, found: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """Values by name, the first of several. What the rules ``found`` stands; the model adds what they have not.

    Numbers that cannot be read are left out. Of a longer and a shorter reading of words (an address or a product) the
    rules' own is kept too.
    """
    values = dict(found or {})
    for one in sorted(raw, key=lambda entity: entity.start):
        if one.name in values:
            continue
        value = _value(one, now)
        if value:
            values[one.name] = value
    return values


def _value(entity: RawEntity, now: datetime) -> str | None:
    text = simplified(normalise(entity.text))
    match entity.name:
        case "order_no":
            value = order_number(text) or short_code(text)
        case "phone":
            value = masked_phone(text)
        case "amount":
            value = str(bare_amount(text) or "")
        case "quantity":
            value = next(map(str, quantities(text)), None)
        case "date":
            value = next((one.day.isoformat() for one in days(text, now=now)), None)
        case "sku" | "campaign_code":
            value = text.replace(" ", "").upper()[:LONGEST]
        case _:
            value = " ".join(entity.text.split()).strip(" ,，。.!！?？")[:LONGEST]
    return value or None
