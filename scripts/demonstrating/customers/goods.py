"""What the example shop sells to the demo's customers. Prices are made up, and agree with ``mall/demo_orders.yml``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ALL_YEAR: tuple[int, ...] = tuple(range(1, 13))


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """``months``: in which it is sold."""

    name: str
    category: str
    fen: int
    months: tuple[int, ...] = ALL_YEAR


def _goods(category: str, **prices: int) -> list[Goods]:
    """All year, by price in fen."""
    return [Goods(name=name, category=category, fen=fen) for name, fen in prices.items()]


GOODS: Sequence[Goods] = (
    *_goods("粮油调味", 五常大米=8_980, 沁州黄小米=3_900, 山西老陈醋=2_000, 重庆火锅底料=1_950),
    *_goods("南北干货", 东北秋木耳=3_880, 宁夏枸杞=4_900, 什锦菌汤包=3_600, 干羊肚菌=12_800),
    *_goods("坚果零食", 每日坚果=9_900, 新疆纸皮核桃=4_500, 新疆灰枣=3_900, 巴旦木=5_200),
    *_goods("速食卤味", 柳州螺蛳粉=4_000, 广式腊肠=6_900, 金华火腿切片=7_900),
    *_goods("茶酒咖啡", 龙井茶=23_800, 云南小粒咖啡=2_780, 绍兴黄酒=8_800, 龙井茶礼盒=26_800),
    *_goods("生鲜", 土鸡蛋=4_990, 宁夏滩羊肉卷=5_900),
    Goods(name="广东荔枝", category="生鲜", fen=11_900, months=(5, 6, 7)),
    Goods(name="东魁杨梅", category="生鲜", fen=13_900, months=(6,)),
    Goods(name="无锡水蜜桃", category="生鲜", fen=8_900, months=(7, 8)),
    Goods(name="鲜松茸", category="生鲜", fen=25_800, months=(7, 8, 9)),
    Goods(name="阳澄湖大闸蟹", category="生鲜", fen=36_800, months=(10, 11)),
    Goods(name="赣南脐橙", category="生鲜", fen=6_990, months=(11, 12, 1, 2)),
    Goods(name="阿克苏苹果", category="生鲜", fen=7_900, months=(11, 12, 1, 2, 3)),
    Goods(name="烟台樱桃", category="生鲜", fen=9_900, months=(5, 6)),
    *_goods(
        "家居日用",
        原生木浆抽纸=4_990,
        薰衣草香洗衣液=4_780,
        洗衣液补充袋=1_340,
        纯棉毛巾=1_990,
        纯棉浴巾=4_495,
    ),
    *_goods("厨房小电", 养生壶=15_900, 空气炸锅=29_900, 电饭煲=25_900, 破壁机=34_900),
    *_goods("锅具杯壶", 保温杯=12_900, 玻璃保鲜盒=6_900, 不粘锅=16_900),
)
CATEGORIES: Sequence[str] = tuple(dict.fromkeys(goods.category for goods in GOODS))


def on_sale(category: str, month: int) -> Sequence[Goods]:
    """The most wanted first; something of every category is sold all year."""
    return _ON_SALE[category, month]


_ON_SALE = {
    (category, month): tuple(g for g in GOODS if g.category == category and month in g.months)
    for category in CATEGORIES
    for month in ALL_YEAR
}
