"""What the columns of a table are called, and what they say of an event: names of the wire format, and what shops'
exports write in China.

docs/events.md shows the same table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from customers.events import csv_cells
from customers.events.csv_cells import CellUnreadable
from customers.events.event import AcquisitionChannel, EventKind, Role

EXTRA = "extra."
REFUSED = "refused"
"""Header of the column that says why a row was refused; it means nothing to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``field``: as in the wire format, with full stops. ``of``: the only kind of event that it is read for."""

    field: str
    read: Callable[[str], object] = csv_cells.plain
    of: EventKind | None = None


def column_of(header: str) -> Column | None:
    """None for a column that says nothing about events."""
    name = unicodedata.normalize("NFKC", header).strip()
    if name.lower().startswith(EXTRA) and len(name) > len(EXTRA):
        return Column(field=EXTRA + name[len(EXTRA) :])
    return _COLUMNS.get("".join(name.lower().split()))


def _one_of(words: Mapping[str, str]) -> Callable[[str], object]:
    """Chinese words for values; everything else is taken as written, and judged with the event."""
    return lambda text: words.get(text, text.lower())


def _unknown_unit(text: str) -> object:
    raise CellUnreadable("has no unit", f"Name the column amount_yuan or amount_fen; it holds {text[:20]}")


KINDS: Mapping[str, str] = {
    word: kind.value
    for kind, words in {
        EventKind.FOLLOW: "关注",
        EventKind.UNFOLLOW: "取消关注 取关",
        EventKind.EXPOSURE: "曝光",
        EventKind.CLICK: "点击",
        EventKind.VIEW: "浏览",
        EventKind.CART: "加购 加入购物车",
        EventKind.ORDER: "下单",
        EventKind.PAY: "付款 支付",
        EventKind.REFUND: "退款",
        EventKind.COUPON_TAKEN: "领券",
        EventKind.COUPON_USED: "用券 核销",
        EventKind.SHARE: "分享",
        EventKind.GROUP_BUY: "拼团 参团",
        EventKind.LIVE_VISIT: "看直播",
        EventKind.LIVE_COMMENT: "弹幕",
        EventKind.STORE_VISIT: "到店",
        EventKind.ABOUT: "资料",
    }.items()
    for word in words.split()
}
ROLES: Mapping[str, str] = {
    "普通": Role.ORDINARY.value,
    "团长": Role.GROUP_OWNER.value,
    "分销员": Role.DISTRIBUTOR.value,
    "达人": Role.CREATOR.value,
}
CHANNELS: Mapping[str, str] = {
    "搜索": AcquisitionChannel.SEARCH.value,
    "内容": AcquisitionChannel.CONTENT.value,
    "社交": AcquisitionChannel.SOCIAL.value,
    "附近": AcquisitionChannel.LBS.value,
}

_KIND = Column(field="kind", read=_one_of(KINDS))
_AT = Column(field="at", read=csv_cells.moment)
_ORDERED_AT = Column(field="at", read=csv_cells.moment, of=EventKind.ORDER)
_PAID_AT = Column(field="at", read=csv_cells.moment, of=EventKind.PAY)
_REFUNDED_AT = Column(field="at", read=csv_cells.moment, of=EventKind.REFUND)
_YUAN = Column(field="amount_fen", read=csv_cells.fen_of_yuan)
_PAID = Column(field="amount_fen", read=csv_cells.fen_of_yuan, of=EventKind.PAY)
_REFUNDED = Column(field="amount_fen", read=csv_cells.fen_given_back, of=EventKind.REFUND)
_ITEM = Column(field="item", read=csv_cells.item_name)
_PHONE = Column(field="who.phone", read=csv_cells.phone_number)

HEADERS: Mapping[str, Column] = {
    "id": Column(field="id"),
    "事件编号": Column(field="id"),
    "流水号": Column(field="id"),
    "kind": _KIND,
    "事件": _KIND,
    "事件类型": _KIND,
    "行为": _KIND,
    "at": _AT,
    "时间": _AT,
    "发生时间": _AT,
    "下单时间": _ORDERED_AT,
    "创建时间": _ORDERED_AT,
    "订单创建时间": _ORDERED_AT,
    "付款时间": _PAID_AT,
    "支付时间": _PAID_AT,
    "订单付款时间": _PAID_AT,
    "退款时间": _REFUNDED_AT,
    "退款完成时间": _REFUNDED_AT,
    "mall_id": Column(field="who.mall_id"),
    "会员id": Column(field="who.mall_id"),
    "会员编号": Column(field="who.mall_id"),
    "用户id": Column(field="who.mall_id"),
    "买家id": Column(field="who.mall_id"),
    "phone": _PHONE,
    "手机": _PHONE,
    "手机号": _PHONE,
    "手机号码": _PHONE,
    "会员手机号": _PHONE,
    "买家手机号": _PHONE,
    "openid": Column(field="who.openid"),
    "unionid": Column(field="who.unionid"),
    "external_userid": Column(field="who.external_userid"),
    "外部联系人id": Column(field="who.external_userid"),
    "order_no": Column(field="order_no"),
    "订单号": Column(field="order_no"),
    "订单编号": Column(field="order_no"),
    "amount_fen": Column(field="amount_fen", read=csv_cells.whole_fen),
    "amount_yuan": _YUAN,
    "amount": Column(field="amount_fen", read=_unknown_unit),
    "金额": _YUAN,
    "金额(元)": _YUAN,
    "金额(分)": Column(field="amount_fen", read=csv_cells.whole_fen),
    "实付": _PAID,
    "实付金额": _PAID,
    "实付金额(元)": _PAID,
    "实付款": _PAID,
    "支付金额": _PAID,
    "支付金额(元)": _PAID,
    "退款金额": _REFUNDED,
    "退款金额(元)": _REFUNDED,
    "seconds": Column(field="seconds", read=csv_cells.number_of_seconds),
    "停留秒数": Column(field="seconds", read=csv_cells.number_of_seconds),
    "停留时长(秒)": Column(field="seconds", read=csv_cells.number_of_seconds),
    "观看时长(秒)": Column(field="seconds", read=csv_cells.number_of_seconds),
    "item": Column(field="item"),
    "商品": _ITEM,
    "商品名称": _ITEM,
    "商品标题": _ITEM,
    "category": Column(field="category"),
    "类目": Column(field="category"),
    "商品类目": Column(field="category"),
    "分类": Column(field="category"),
    "coupon": Column(field="coupon"),
    "优惠券": Column(field="coupon"),
    "券码": Column(field="coupon"),
    "text": Column(field="text"),
    "弹幕": Column(field="text"),
    "内容": Column(field="text"),
    "prompted": Column(field="prompted", read=csv_cells.yes),
    "有奖分享": Column(field="prompted", read=csv_cells.yes),
    "channel": Column(field="came_by.channel", read=_one_of(CHANNELS)),
    "渠道": Column(field="came_by.channel", read=_one_of(CHANNELS)),
    "来源渠道": Column(field="came_by.channel", read=_one_of(CHANNELS)),
    "campaign": Column(field="came_by.campaign"),
    "活动": Column(field="came_by.campaign"),
    "region": Column(field="region"),
    "地区": Column(field="region"),
    "省份": Column(field="region"),
    "age_band": Column(field="age_band"),
    "年龄段": Column(field="age_band"),
    "role": Column(field="role", read=_one_of(ROLES)),
    "身份": Column(field="role", read=_one_of(ROLES)),
}
"""By header, in lower case and without spaces; full-width characters count as the ordinary ones.

The phone of whoever gets a parcel (收货人手机) is not here on purpose: parcels go to others as well.
"""

_COLUMNS: Mapping[str, Column] = {
    **{column.field: column for column in HEADERS.values() if column.of is None and "." in column.field},
    **HEADERS,
}
"""``who.phone`` and the like are understood, too."""
