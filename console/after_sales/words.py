"""What people read on the pages of after-sales. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from console.after_sales.listing import Which
from escalation.after_sales.case import AfterSalesState, NotPossible, Why
from escalation.after_sales.store import BOT, CLOCK, CUSTOMER, MALL, AfterSalesEvent

WHICH: Mapping[Which, str] = {
    Which.ALL: "全部在办",
    Which.MINE: "我的",
    Which.OVERDUE: "超时的",
    Which.ENDED: "办结的",
}
STATES: Mapping[AfterSalesState, str] = {
    AfterSalesState.OPENED: "待处理",
    AfterSalesState.IN_HAND: "处理中",
    AfterSalesState.WAITING_CUSTOMER: "等顾客回复",
    AfterSalesState.WAITING_GOODS: "等顾客寄回",
    AfterSalesState.WAITING_REFUND: "退款中",
    AfterSalesState.DONE: "已办好",
    AfterSalesState.DECLINED: "没法办",
    AfterSalesState.CALLED_OFF: "顾客不办了",
}
COLOURS: Mapping[AfterSalesState, str] = {
    AfterSalesState.OPENED: "orange",
    AfterSalesState.IN_HAND: "blue",
    AfterSalesState.WAITING_CUSTOMER: "yellow",
    AfterSalesState.WAITING_GOODS: "yellow",
    AfterSalesState.WAITING_REFUND: "azure",
    AfterSalesState.DONE: "green",
    AfterSalesState.DECLINED: "secondary",
    AfterSalesState.CALLED_OFF: "secondary",
}
EVENTS: Mapping[AfterSalesEvent, str] = {
    AfterSalesEvent.OPENED: "开始售后",
    AfterSalesEvent.ASKED_AGAIN: "顾客又提了一次",
    AfterSalesEvent.TAKEN: "接手",
    AfterSalesEvent.ASKED_CUSTOMER: "问顾客",
    AfterSalesEvent.ANSWERED: "顾客回复了",
    AfterSalesEvent.AWAITS_GOODS: "同意寄回",
    AfterSalesEvent.GOODS_CAME: "收到寄回的商品",
    AfterSalesEvent.REFUND: "申请退款",
    AfterSalesEvent.SEND_AGAIN: "安排补发",
    AfterSalesEvent.CARRIED_OUT: "商城办好了",
    AfterSalesEvent.REFUSED: "商城没同意",
    AfterSalesEvent.FAILED: "商城没办成",
    AfterSalesEvent.DONE: "办结",
    AfterSalesEvent.DECLINED: "没法办",
    AfterSalesEvent.CALLED_OFF: "顾客不办了",
    AfterSalesEvent.NOTE: "备注",
    AfterSalesEvent.WARNED: "到时提醒",
}
WARNED: Mapping[str, str] = {
    "first_action:agent": "快到首次处理时限，提醒了在跟的同事",
    "first_action:supervisor": "快到首次处理时限，提醒了主管",
    "first_action:broken": "首次处理超时了",
    "closure:agent": "快到办结时限，提醒了在跟的同事",
    "closure:supervisor": "快到办结时限，提醒了主管",
    "closure:broken": "办结超时了",
}
NOBODYS: Mapping[str, str] = {BOT: "店小二", CUSTOMER: "顾客", MALL: "商城", CLOCK: "系统"}

CONFLICTS: Mapping[Why, str] = {
    Why.ENDED: "这件售后已经办结了，不用再处理",
    Why.STATE: "现在这一步办不了，看看最新进展再决定",
    Why.SOMEBODYS: "{agent} 正在跟这件售后，需要的话请主管来接手",
    Why.UNDER_WAY: "商城正在办上一步，等有结果再继续",
    Why.CHANGED: "这件售后刚刚有了新进展，看一眼再操作",
    Why.NO_ORDER: "这件售后没有订单号，没法在商城里办；先问顾客要订单号，或者在商城里手工办",
    Why.AMOUNT: "金额没写对，写成 12.50 这样",
    Why.SUPERVISOR: "这一单退款加起来超过了 {limit} 元，要主管来退",
    Why.GONE: "没有这件售后，可能已经删除了",
}


def conflict(problem: NotPossible, limit_fen: int) -> str:
    return CONFLICTS[problem.why].format(agent=problem.agent or "别的同事", limit=f"{limit_fen / 100:g}")


def fen_of(typed: str) -> int:
    """Yuan as people type them: 12, 12.5, ￥12.50 → fen; 0 for what is no amount."""
    digits = typed.strip().lstrip("¥￥").strip().removesuffix("元").strip()
    whole, _, part = digits.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 7 and len(part) <= 2):
        return 0
    if part and not (part.isascii() and part.isdigit()):
        return 0
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)
