"""Writes down what a demo's customer does, as the shop's systems would tell it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from customers.events.event import CustomerEvent, EventKind
from customers.identity.identifier import Identifier, IdentifierKind
from scripts.demonstrating.customers.goods import Goods, on_sale
from scripts.demonstrating.customers.people import Person
from scripts.demonstrating.customers.seasons import Calendar

SOURCE = "mall"
COUPONS = ((10_000, 1_000), (20_000, 4_000))
"""满 100 减 10 and 满 200 减 40, in fen."""
_CODE = "coupon-{}"
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    goods: tuple[Goods, ...]

    @property
    def main(self) -> Goods:
        return max(self.goods, key=lambda goods: goods.fen)

    @property
    def fen(self) -> int:
        return sum(goods.fen for goods in self.goods)


class Diary:
    """``name``: begins the ids of the events. What would be later than now is left out."""

    def __init__(self, name: str, who: tuple[Identifier, ...], calendar: Calendar) -> None:
        self.events: list[CustomerEvent] = []
        self._name = name
        self._who = who
        self._calendar = calendar

    def note(
        self, kind: EventKind, at: datetime, *, who: tuple[Identifier, ...] | None = None, **about: object
    ) -> None:
        """``who``: the first name alone where nothing else is said."""
        if at <= self._calendar.now:
            self.events.append(
                CustomerEvent(
                    source=SOURCE,
                    event_id=f"demo-{self._name}-{len(self.events)}",
                    kind=kind,
                    at=at,
                    who=who or self._who[:1],
                    **about,  # type: ignore[arg-type]
                )
            )

    def join(self, person: Person, at: datetime) -> None:
        """The first event says every name, and how they came."""
        openids = tuple(name for name in self._who if name.kind is IdentifierKind.OPENID)
        if openids:
            self.note(EventKind.FOLLOW, at, who=openids, acquisition=person.came_by)
        self.note(
            EventKind.ABOUT,
            at + timedelta(minutes=3),
            who=self._who,
            acquisition=person.came_by,
            region=person.region,
            age_band=person.age_band,
            role=person.role,
        )

    def look(self, goods: Goods, at: datetime, seconds: float) -> None:
        self.note(EventKind.VIEW, at, item=goods.name, category=goods.category, seconds=round(seconds, 1))

    def put_into_cart(self, goods: Goods, at: datetime) -> None:
        self.note(EventKind.CART, at, item=goods.name, category=goods.category)

    def buy(self, order_no: str, basket: Basket, at: datetime, *, fen: int) -> None:
        """Ordered, and paid a minute later."""
        main = basket.main
        self.note(EventKind.ORDER, at, order_no=order_no, item=main.name, category=main.category)
        self.note(
            EventKind.PAY,
            at + timedelta(minutes=1),
            order_no=order_no,
            amount_fen=fen,
            item=main.name,
            category=main.category,
        )

    def use_coupon(self, fen: int, at: datetime, order_no: str) -> None:
        self.note(EventKind.COUPON_USED, at, coupon=_CODE.format(fen // 100), order_no=order_no)

    def take_coupon(self, fen: int, at: datetime) -> None:
        self.note(EventKind.COUPON_TAKEN, at, coupon=_CODE.format(fen // 100))


def fill_basket(person: Person, month: int, chance: random.Random) -> Basket:
    """The n-th of somebody's tastes is followed 1/n as often, and so are the goods of a category (Zipf)."""

    def one() -> Goods:
        return zipf(on_sale(zipf(person.tastes, chance), month), chance)

    return Basket(goods=tuple(one() for _ in range(1 + how_many(person.basket, chance))))


def zipf(things: Sequence[Thing], chance: random.Random) -> Thing:
    return chance.choices(things, [1 / place for place in range(1, len(things) + 1)])[0]


def how_many(mean: float, chance: random.Random) -> int:
    """Of a Poisson distribution."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
