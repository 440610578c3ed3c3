"""Two years of a demo's customer: orders by chance until they leave for good, and what happens around them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from customers.events.event import CustomerEvent, EventKind
from customers.identity.identifier import IdentifierKind
from scripts.demonstrating.customers.diary import COUPONS, Basket, Diary, fill_basket, how_many, zipf
from scripts.demonstrating.customers.goods import on_sale
from scripts.demonstrating.customers.people import Person
from scripts.demonstrating.customers.seasons import BUSIEST, Calendar

_YEAR = 365.0
_COMMENTS = (
    "已拍～",
    "这个甜吗",
    "主播讲讲大米",
    "上次买的很好吃",
    "包邮吗",
    "还有券吗",
    "价格真好",
    "等一个橙子",
)
_NEAR_A_STORE = frozenset({"浙江", "江苏", "上海", "广东"})


def history(person: Person, calendar: Calendar, chance: random.Random) -> list[CustomerEvent]:
    diary = Diary(str(person.number), person.who, calendar)
    diary.join(person, calendar.at(person.joined, chance))
    last_order = _Orders(person, calendar, chance, diary).write()
    _share(person, calendar, chance, diary)
    _watch(person, calendar, chance, diary)
    _visit_stores(person, calendar, chance, diary)
    _look_around(person, calendar, chance, diary)
    if person.hesitates:
        _hesitate(person, calendar, chance, diary, last_order)
    return diary.events


class _Orders:
    def __init__(self, person: Person, calendar: Calendar, chance: random.Random, diary: Diary) -> None:
        self._person = person
        self._calendar = calendar
        self._chance = chance
        self._diary = diary

    def write(self) -> float:
        """Days since the last one; since they joined when there is none."""
        person, chance = self._person, self._chance
        if not person.yearly:
            return person.joined
        last, days, number = person.joined, person.joined - chance.expovariate(0.25), 0
        while days > 0:
            self._order(days, number)
            last, number = days, number + 1
            if chance.random() < person.leaves:
                break
            days -= self._pause(days)
        return last

    def _pause(self, days_ago: float) -> float:
        """Days until the next order: an exponential pause, shorter in busy weeks (by thinning)."""
        pause = 0.0
        while pause < days_ago:
            pause += self._chance.expovariate(self._person.yearly / _YEAR * BUSIEST)
            if self._chance.random() * BUSIEST < self._calendar.busyness(max(days_ago - pause, 0)):
                break
        return pause

    def _order(self, days_ago: float, number: int) -> None:
        chance, diary = self._chance, self._diary
        at = self._calendar.at(days_ago, chance)
        order_no = f"HY{at:%Y%m%d}{self._person.number:05d}{number:02d}"
        basket = fill_basket(self._person, at.month, chance)
        diary.look(basket.main, at - timedelta(minutes=9), chance.lognormvariate(3.4, 0.7))
        if chance.random() < 0.7:
            diary.put_into_cart(basket.main, at - timedelta(minutes=5))
        fen = self._price(basket, order_no, at)
        diary.buy(order_no, basket, at, fen=fen)
        if chance.random() < 0.045:
            self._give_back(order_no, fen, at)

    def _price(self, basket: Basket, order_no: str, at: datetime) -> int:
        """By a group with one of their friends, with a coupon, or as it is."""
        chance, diary = self._chance, self._diary
        if chance.random() < 0.07:
            diary.note(
                EventKind.GROUP_BUY,
                at,
                order_no=order_no,
                item=basket.main.name,
                category=basket.main.category,
            )
            return round(basket.fen * chance.choice((0.9, 0.8)))
        off = max((off for least, off in COUPONS if basket.fen >= least), default=0)
        if off and chance.random() < 0.4:
            diary.take_coupon(off, at - timedelta(minutes=20))
            diary.use_coupon(off, at, order_no)
            return basket.fen - off
        return basket.fen

    def _give_back(self, order_no: str, fen: int, at: datetime) -> None:
        """Half of the time for spoilt fruit and the like: a part."""
        part = 1.0 if self._chance.random() < 0.5 else self._chance.uniform(0.1, 0.5)
        later = at + timedelta(days=self._chance.uniform(1, 6))
        self._diary.note(EventKind.REFUND, later, order_no=order_no, amount_fen=max(round(fen * part), 1))


def _share(person: Person, calendar: Calendar, chance: random.Random, diary: Diary) -> None:
    for _ in range(how_many(person.tells * person.joined / _YEAR, chance)):
        category = zipf(person.tastes, chance)
        diary.note(EventKind.SHARE, calendar.at(chance.uniform(0, person.joined), chance), category=category)
    if chance.random() < 0.12:
        diary.note(EventKind.SHARE, calendar.at(chance.uniform(0, person.joined), chance), prompted=True)


def _watch(person: Person, calendar: Calendar, chance: random.Random, diary: Diary) -> None:
    """Live streams are on the platform, which knows the unionid where there is one."""
    unionid = tuple(name for name in person.who if name.kind is IdentifierKind.UNIONID)
    for _ in range(how_many(person.watches * person.joined / _YEAR, chance)):
        at = calendar.in_a_live_stream(chance.uniform(0, person.joined), chance)
        diary.note(
            EventKind.LIVE_VISIT, at, who=unionid, seconds=round(min(chance.lognormvariate(6, 0.9), 9_000), 1)
        )
        if chance.random() < 0.2:
            diary.note(
                EventKind.LIVE_COMMENT, at + timedelta(minutes=2), who=unionid, text=chance.choice(_COMMENTS)
            )


def _visit_stores(person: Person, calendar: Calendar, chance: random.Random, diary: Diary) -> None:
    if person.region in _NEAR_A_STORE and chance.random() < 0.12:
        for _ in range(chance.randint(1, 3)):
            diary.note(EventKind.STORE_VISIT, calendar.at(chance.uniform(0, person.joined), chance))


def _look_around(person: Person, calendar: Calendar, chance: random.Random, diary: Diary) -> None:
    for _ in range(how_many(1.5, chance)):
        at = calendar.at(chance.uniform(0, person.joined), chance)
        category = zipf(person.tastes, chance)
        diary.note(EventKind.EXPOSURE, at, category=category)
        if chance.random() < 0.4:
            diary.note(EventKind.CLICK, at + timedelta(seconds=20), category=category)


def _hesitate(
    person: Person, calendar: Calendar, chance: random.Random, diary: Diary, last_order: float
) -> None:
    """On a day after their last order: took a coupon, looked for minutes, put it into the cart, and left it."""
    if last_order < 3:
        return
    at = calendar.at(chance.uniform(0.2, min(last_order - 1.5, 75)), chance)
    diary.take_coupon(zipf(COUPONS, chance)[1], at - timedelta(minutes=30))
    goods = [
        zipf(on_sale(zipf(person.tastes, chance), at.month), chance) for _ in range(chance.randint(2, 4))
    ]
    for minutes, each in enumerate(goods):
        diary.look(each, at + timedelta(minutes=2 * minutes), chance.uniform(96, 260))
    diary.put_into_cart(goods[-1], at + timedelta(minutes=2 * len(goods)))
