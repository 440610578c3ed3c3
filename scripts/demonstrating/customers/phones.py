"""The two customers whose phones are on the demo's page: a VIP, and one who buys for a group.

Their orders of the last weeks are those of ``mall/demo_orders.yml``, so that the bot's answers about orders and the
profile agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.events.event import Acquisition, AcquisitionChannel, CustomerEvent, EventKind, Role
from customers.identity.identifier import Identifier, IdentifierKind
from mall.demo import demo_orders
from mall.port import Order, OrderStatus
from scripts.demonstrating.configuration import APP_ID, CORP_ID, ORIGINAL_ID
from scripts.demonstrating.customers.diary import Basket, Diary
from scripts.demonstrating.customers.goods import GOODS
from scripts.demonstrating.customers.people import Person
from scripts.demonstrating.customers.seasons import Calendar
from simulator.kefu.customers import Customers
from simulator.shoppers import openid_of

PHONES: Mapping[str, str] = {"first": "ayue", "second": "achen"}
"""By the name that files of the demo mall call them, their ids on the simulated platform."""

_BY_NAME = {goods.name: goods for goods in GOODS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is not in the files of the demo mall. ``orders``: days ago and goods. ``shares``, ``streams``: days ago."""

    mall_id: str
    phone: str
    joined: float
    region: str
    age_band: str
    role: Role
    came_by: Acquisition
    orders: Sequence[tuple[float, tuple[str, ...]]]
    shares: Sequence[float]
    streams: Sequence[float]


PASTS: Mapping[str, Past] = {
    "first": Past(
        mall_id="M100001",
        phone="10000000001",
        joined=412,
        region="浙江",
        age_band="25-34",
        role=Role.ORDINARY,
        came_by=Acquisition(channel=AcquisitionChannel.SOCIAL, campaign="老友推荐"),
        orders=(
            (410, ("五常大米", "宁夏枸杞", "每日坚果")),
            (334, ("龙井茶礼盒", "每日坚果", "金华火腿切片", "干羊肚菌")),
            (268, ("电饭煲", "不粘锅", "五常大米", "沁州黄小米")),
            (187, ("破壁机", "每日坚果")),
            (126, ("龙井茶", "养生壶", "巴旦木", "云南小粒咖啡")),
            (64, ("龙井茶礼盒", "新疆纸皮核桃", "干羊肚菌")),
        ),
        shares=(262, 121, 58, 9),
        streams=(270, 128, 66, 24, 10),
    ),
    "second": Past(
        mall_id="M100002",
        phone="10000000002",
        joined=203,
        region="上海",
        age_band="35-44",
        role=Role.GROUP_OWNER,
        came_by=Acquisition(channel=AcquisitionChannel.SOCIAL, campaign="拼团"),
        orders=((201, ("原生木浆抽纸", "洗衣液补充袋")), (96, ("每日坚果", "新疆灰枣"))),
        shares=(95, 40, 12),
        streams=(33,),
    ),
}


def names_on_the_phone(owner: str) -> tuple[Identifier, ...]:
    """Every name: the mall's, and what the simulated platform calls them at each of its services."""
    past, shopper = PASTS[owner], PHONES[owner]
    kefu = Customers(CORP_ID).ensure(shopper)
    return (
        Identifier(IdentifierKind.MALL_ID, past.mall_id),
        Identifier(IdentifierKind.UNIONID, kefu.unionid),
        Identifier(IdentifierKind.OPENID, f"{ORIGINAL_ID}:{openid_of(APP_ID, shopper)}"),
        Identifier(IdentifierKind.EXTERNAL_USERID, kefu.external_userid),
        Identifier(IdentifierKind.PHONE, past.phone),
    )


def history_on_the_phone(owner: str, calendar: Calendar) -> list[CustomerEvent]:
    past, who = PASTS[owner], names_on_the_phone(owner)
    diary = Diary(owner, who, calendar)
    diary.join(_person(past, who), _ago(calendar, past.joined))
    for number, (days, names) in enumerate(past.orders):
        basket = Basket(goods=tuple(_BY_NAME[name] for name in names))
        _buy(diary, f"HY{past.mall_id}{number:02d}", basket, _ago(calendar, days), basket.fen)
    for days in past.shares:
        diary.note(EventKind.SHARE, _ago(calendar, days))
    for days in past.streams:
        diary.note(EventKind.LIVE_VISIT, _ago(calendar, days), who=who[1:2], seconds=640.0)
    diary.note(EventKind.STORE_VISIT, _ago(calendar, past.joined / 3))
    for order in demo_orders(calendar.now, {owner: owner}):
        if order.owner_ref == owner and order.status not in (OrderStatus.UNPAID, OrderStatus.CLOSED):
            _buy(diary, order.number, _basket(order), order.placed_at, order.total_fen)
    return diary.events


def _buy(diary: Diary, order_no: str, basket: Basket, at: datetime, fen: int) -> None:
    diary.look(basket.main, at - timedelta(minutes=8), 75.0)
    diary.put_into_cart(basket.main, at - timedelta(minutes=4))
    if fen >= 20_000:
        diary.take_coupon(4_000, at - timedelta(minutes=20))
        diary.use_coupon(4_000, at, order_no)
    diary.buy(order_no, basket, at, fen=fen)


def _basket(order: Order) -> Basket:
    """The goods of the shop whose names the order's items begin with or hold."""
    found = [goods for item in order.items for goods in GOODS if goods.name in item.name]
    return Basket(goods=tuple(found) or (_BY_NAME["每日坚果"],))


def _ago(calendar: Calendar, days: float) -> datetime:
    """In the evening, where that is not later than now."""
    moment = calendar.now - timedelta(days=days)
    return min(moment.replace(hour=20, minute=20, second=0, microsecond=0), moment)


def _person(past: Past, who: tuple[Identifier, ...]) -> Person:
    return Person(
        number=0,
        joined=past.joined,
        who=who,
        region=past.region,
        age_band=past.age_band,
        role=past.role,
        came_by=past.came_by,
        tastes=("南北干货",),
        yearly=0,
        leaves=0,
        basket=0,
        tells=0,
        watches=0,
        hesitates=False,
    )
