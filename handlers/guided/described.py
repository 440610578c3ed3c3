"""Which of some orders or goods a customer's words mean: by place, by goods, by day, 最近那单, or a yes. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from handlers.choice import chosen_index
from intents.entities.dates import CHINA, days
from intents.wording import normalise, words_only
from mall.port import Order

IN_COMMON = 2
"""Characters in a row that name goods: 大米 for 五常大米 10斤."""

_LATEST = re.compile("最近|最新|刚(?:才|刚)|刚(?:下|买|拍)|上一?(?:个|单|次|笔)|最后(?:下|买|拍)")
_YES = re.compile("^(?:对|是|嗯|好|可以|就|没错|行|要|这|一|个|单|笔|的|了|呀|啊|哦|吧|ok)+$")
_NO = re.compile(
    "^(?:这?(?:一?[个单])?(?:不是?|不对)|都不是|都不对|没有|别的|换一?|另外?一?)(?:这|那)?一?(?:个|单|笔)*(?:的|吧|呀|啊|哦)*$"
)
_ALL = re.compile(
    "^(?:我?(?:都|全)?要?)?(?:全部|全都|都(?!不)|整单|所有|一起|两[个样件]都|全)(?:退|换|要|是|坏|有)?"
)
_NOT_THESE = re.compile("(?:不要|不是|不退|不换|不动)[^,，。;； 要退换是]+")
_WANTED = re.compile("(?<!不)(?:要|是|退|换)[^,，。]")
_BOUGHT = "下的单"
"""Orders were placed on days past; said aloud, so that 周日 is the last one."""
_WORDS_OF_WISHES = re.compile("退货|换货|退款|订单|商品")


def says_yes(text: str) -> bool:
    """Whether a text does nothing but agree to what was proposed."""
    words = words_only(normalise(text))
    return bool(_YES.match(words)) and bool(re.search("对|是|嗯|好|可以|没错|行|要|这|ok", words))


def says_no(text: str) -> bool:
    """Whether a text does nothing but decline what was proposed."""
    return bool(_NO.match(words_only(normalise(text))))


def orders_meant(
    text: str, shown: Sequence[Order], theirs: Sequence[Order], now: datetime
) -> tuple[Order, ...]:
    """The orders that fit what a text says: none when it says nothing of the kind, one when it is plain.

    ``shown``: what can be tapped, in order; ``theirs``: all recent ones, the latest first. Where some of those shown
    fit, the others do not count.
    """
    index = chosen_index(text, None, [order.number for order in shown])
    if index is not None:
        return (shown[index],) if 0 <= index < len(shown) else ()
    if len(shown) == 1 and says_yes(text):
        return (shown[0],)
    return _fitting(text, shown, now) or _fitting(text, theirs, now)


def _fitting(text: str, orders: Sequence[Order], now: datetime) -> tuple[Order, ...]:
    plain = normalise(text)
    named = {found.day for found in days(plain + _BOUGHT, now=now)}
    by_day = tuple(order for order in orders if order.placed_at.astimezone(CHINA).date() in named)
    by_goods = _with_goods(plain, by_day if named else orders)
    if named:
        return by_goods or by_day
    return by_goods or (tuple(orders[:1]) if _LATEST.search(plain) else ())


def _with_goods(text: str, orders: Sequence[Order]) -> tuple[Order, ...]:
    """The orders whose goods have the most in common with a text."""
    near = [max((in_common(text, item.name) for item in order.items), default=0) for order in orders]
    best = max(near, default=0)
    if best < IN_COMMON:
        return ()
    return tuple(order for order, score in zip(orders, near, strict=True) if score == best)


def goods_meant(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The goods that a text means: by place, by name, several by their names, or 都/全部 for all; maybe none."""
    index = chosen_index(text, None, names)
    if index is not None and text not in names:
        return (names[index],) if 0 <= index < len(names) else ()
    return goods_named(text, names)


def goods_named(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The goods that a text names (不要抽纸，要大米 names one), or says 都 of; a number is no place in the list."""
    text = _NOT_THESE.sub(" ", normalise(text)) if _WANTED.search(text) else text
    whole = [name for name in names if words_only(normalise(name)) == words_only(normalise(text))]
    if whole:
        return (whole[0],)
    if _ALL.match(words_only(normalise(text))):
        return tuple(names)
    parts = [part for part in re.split("[和跟与、,，+]|还有", normalise(text)) if part]
    meant = [best for part in parts for best in _nearest(part, names)]
    return tuple(name for name in names if name in meant)


def _nearest(text: str, names: Sequence[str]) -> list[str]:
    near = [in_common(text, name) for name in names]
    best = max(near, default=0)
    nearest = [name for name, score in zip(names, near, strict=True) if score == best >= IN_COMMON]
    return nearest if len(nearest) == 1 else []


def in_common(text: str, name: str) -> int:
    """How many characters in a row, of which two are no digits or letters, a text shares with the name of goods.

    A text of one character (醋) that is in the name counts as two.
    """
    said = words_only(_WORDS_OF_WISHES.sub("", normalise(text)))
    called = words_only(normalise(name))
    if said and len(said) < IN_COMMON and said in called and not said.isascii():
        return IN_COMMON
    longest = 0
    for start in range(len(called)):
        end = start + longest + 1
        while end <= len(called) and called[start:end] in said:
            if sum(not char.isascii() for char in called[start:end]) >= IN_COMMON:
                longest = end - start
            end += 1
    return longest
