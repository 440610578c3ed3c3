"""An activity as its owner writes it: a group-buy or a lottery, in YAML. See docs/activities.md.

Only what makes it unreadable is an error here; what makes it a bad activity is found by ``linting``.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from community.group_buy.offer import Offer, Tier
from conversations.errors import XiaoerError

CHINA = timezone(timedelta(hours=8))

_TIER = re.compile(r"\s*(\d{1,4})\s*人\s*(\d(?:\.\d)?)\s*折\s*")
_TEXTS = StringConstraints(strip_whitespace=True, max_length=4000)
_NAME = StringConstraints(strip_whitespace=True, min_length=1, max_length=60)


class Unreadable(XiaoerError):
    """The text is no activity. ``problems``: each names its field and the cure."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Kind(StrEnum):
    GROUP_BUY = "group_buy"
    LOTTERY = "lottery"


def _fen(value: Any) -> Any:
    """Yuan, as 99.9 or "99.90", in fen. Raises ValueError."""
    try:
        fen = Decimal(str(value)) * 100
    except InvalidOperation:
        raise ValueError(f"{value!r} is no amount; write yuan, such as 99.90") from None
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError(f"{value!r} is not in whole fen; write yuan with two decimals at most")
    return int(fen)


def _moment(value: Any) -> Any:
    """Beijing time where no offset is given. Raises ValueError."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"{value!r} is no time; write 2026-11-24 20:00") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=CHINA)


def _tier(value: Any) -> Any:
    found = _TIER.fullmatch(str(value))
    if found is None:
        raise ValueError(f"{value!r} is no tier; write 3人9折")
    return Tier(int(found[1]), int(Decimal(found[2]) * 100))


Yuan = Annotated[int, BeforeValidator(_fen), Field(ge=0)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Activity(_Written):
    """What every activity has. ``texts``: what is to be sent or shown of it. ``contact``: who answers for it."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
    title: Annotated[str, _NAME]
    rules: Annotated[str, _TEXTS] = ""
    contact: Annotated[str, _TEXTS] = ""
    starts_at: Moment
    ends_at: Moment | None = None
    texts: tuple[Annotated[str, _TEXTS], ...] = ()


class GroupBuy(Activity):
    """``price``: for one who buys alone; ``lowest_price_7_days``: the lowest that the product was sold for lately."""

    type: Literal[Kind.GROUP_BUY]
    product: Annotated[str, _NAME]
    price: Yuan
    lowest_price_7_days: Yuan | None = None
    tiers: tuple[Annotated[Tier, BeforeValidator(_tier)], ...] = Field(min_length=1)
    capacity: int = Field(ge=2, le=10_000)
    hours: float = Field(default=24, gt=0, le=168)
    stock: int = Field(ge=1)

    def offer(self) -> Offer:
        """Raises ValueError, which names the field."""
        return Offer(
            price_fen=self.price,
            tiers=self.tiers,
            capacity=self.capacity,
            lasts=timedelta(hours=self.hours),
        )


class WrittenPrize(_Written):
    """``number``: how many of it there are; ``odds``: the chance of one ticket, where no number is given."""

    name: Annotated[str, _NAME]
    value: Yuan
    number: int | None = Field(default=None, ge=1)
    odds: float | None = Field(default=None, gt=0, le=1)


class Lottery(Activity):
    """``tickets_for``: what a ticket is given for, such as order, keyword, check_in."""

    type: Literal[Kind.LOTTERY]
    prizes: tuple[WrittenPrize, ...] = Field(min_length=1, max_length=20)
    tickets_for: tuple[Annotated[str, _NAME], ...] = Field(min_length=1)
    draws_at: Moment | None = None
    claim_until: Moment | None = None


def read_activity(text: str) -> GroupBuy | Lottery:
    """Raises Unreadable."""
    try:
        written = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f"line {place.line + 1}: " if place is not None else ""
        raise Unreadable((f"{where}this is no YAML",)) from error
    if not isinstance(written, dict):
        raise Unreadable(("the file holds no activity; begin with type: group_buy or type: lottery",))
    kinds: dict[str, type[GroupBuy] | type[Lottery]] = {"group_buy": GroupBuy, "lottery": Lottery}
    kind = kinds.get(str(written.get("type")))
    if kind is None:
        raise Unreadable(("type: write group_buy or lottery",))
    try:
        activity = kind.model_validate(written)
        if isinstance(activity, GroupBuy):
            activity.offer()
    except ValidationError as error:
        raise Unreadable(tuple(_words(error))) from error
    except ValueError as error:
        raise Unreadable((str(error),)) from error
    return activity


def _words(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(part) for part in each['loc'])}: {each['msg'].removeprefix('Value error, ')}"
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
