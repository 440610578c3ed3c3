"""How an order is told to a customer: everything to its owner, only how it stands to anybody else. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from mall.port import Order, OrderStatus

_CHINA = timezone(timedelta(hours=8))

STATUS = {
    OrderStatus.UNPAID: "还没付款，下单 30 分钟内不付会自动取消",
    OrderStatus.PAID: "已付款，正在等仓库出库",
    OrderStatus.PACKED: "已打包，等快递来取",
    OrderStatus.SHIPPED: "已发货，在路上了",
    OrderStatus.DELIVERED: "已签收",
    OrderStatus.REFUNDING: "退款处理中",
    OrderStatus.REFUNDED: "退款已完成，钱会原路退回",
    OrderStatus.CLOSED: "已关闭",
}
SHORT_STATUS = {
    OrderStatus.UNPAID: "待付款",
    OrderStatus.PAID: "待出库",
    OrderStatus.PACKED: "待揽收",
    OrderStatus.SHIPPED: "运输中",
    OrderStatus.DELIVERED: "已签收",
    OrderStatus.REFUNDING: "退款中",
    OrderStatus.REFUNDED: "已退款",
    OrderStatus.CLOSED: "已关闭",
}
HIDDEN = "为保护隐私，商品和完整运单号请在小程序“我的订单”里看。"


def told_to_owner(order: Order) -> str:
    """Status, goods, amount, and the whole tracking number."""
    lines = [
        f"订单 {order.number}：{STATUS[order.status]}。",
        f"商品：{goods(order)}，共 {yuan(order.total_fen)} 元",
    ]
    lines.append(f"下单：{moment(order.placed_at)}")
    if order.shipped_at is not None:
        lines.append(f"发出：{moment(order.shipped_at)}")
    if order.carrier is not None:
        lines.append(f"快递：{order.carrier} {order.tracking_no or ''}".rstrip())
    return "\n".join(lines)


def told_to_anybody(order: Order) -> str:
    """Status, carrier and the end of the tracking number: enough to recognise a parcel, useless to a stranger."""
    lines = [f"订单 {order.number}：{STATUS[order.status]}。"]
    if order.carrier is not None:
        lines.append(f"快递：{order.carrier} {masked(order.tracking_no or '')}".rstrip())
    lines.append(HIDDEN)
    return "\n".join(lines)


def line_of(order: Order) -> str:
    """One line for a list that only the owner sees."""
    return f"{order.number} {SHORT_STATUS[order.status]}：{goods(order, most=1)}"


def goods(order: Order, *, most: int = 3) -> str:
    """The first ``most`` lines of an order, and how many there are when there are more."""
    named = "、".join(f"{item.name}×{item.quantity}" for item in order.items[:most])
    return named if len(order.items) <= most else f"{named} 等 {len(order.items)} 种"


def masked(tracking_no: str) -> str:
    """Carrier letters and the last four digits; nothing of a number too short to hide anything in."""
    letters = tracking_no[: len(tracking_no) - len(tracking_no.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
    return f"{letters}****{tracking_no[-4:]}" if len(tracking_no) >= len(letters) + 8 else ""


def yuan(fen: int) -> str:
    """Fen as yuan: whole yuan without decimals."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen // 100}.{fen % 100:02d}"


def moment(time: datetime) -> str:
    """Month, day and minute in China."""
    local = time.astimezone(_CHINA)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"
