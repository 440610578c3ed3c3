"""What customers and members hear of errands, beside the mall's own receipts. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.errands import Errand, ErrandKind
from handlers.guided.wording import LABELS

TITLES: Mapping[ErrandKind, str] = {
    ErrandKind.RETURN: "退货",
    ErrandKind.EXCHANGE: "换货",
    ErrandKind.CHANGE_ADDRESS: "改地址",
    ErrandKind.CANCEL: "取消订单",
    ErrandKind.INVOICE: "开发票",
    ErrandKind.REDEEM_POINTS: "积分兑换",
    ErrandKind.URGE: "催发货",
    ErrandKind.PRICE_PROTECTION: "价保申请",
    ErrandKind.REFUND: "退款",
    ErrandKind.SEND_AGAIN: "补发",
}

STILL_TRYING = "{title}还在办：商城系统这会儿有点慢，我一直盯着，有结果马上告诉您，不用再提交一次～"
NOT_DONE = "抱歉，{title}在系统里一直没办妥。您说的内容我都转给同事了，他们会接着办，结果在这里告诉您。"
WHAT_ELSE = "需要帮忙的话，回复“转人工”～"
_PERSON = "转人工"

SUMMARY = "{title}没办成：{why}。请先在系统里核对，没办的话人工办理。{details}"
AWAY = "商城系统一直没有回应"
REFUSED = "商城系统不接受"


def declined(text: str) -> str:
    """The mall's words for why not, with a way on when they name none."""
    return text if _PERSON in text else f"{text}\n{WHAT_ELSE}"


def still_trying(errand: Errand) -> str:
    return STILL_TRYING.format(title=TITLES[errand.kind])


def not_done(errand: Errand) -> str:
    return NOT_DONE.format(title=TITLES[errand.kind])


def summary(errand: Errand, why: str) -> str:
    """What a member needs to do it instead."""
    told = ([("order_no", errand.order_no)] if errand.order_no else []) + list(errand.details.items())
    details = "；".join(f"{LABELS.get(name, name)}：{value}" for name, value in told)
    return SUMMARY.format(title=TITLES[errand.kind], why=why, details=details)


def shown(errand: Errand) -> str:
    """An errand on the dead list: without anything that the customer told."""
    return " ".join(filter(None, (TITLES[errand.kind], errand.order_no)))
