"""What customers and colleagues read of cases of after-sales. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from conversations.after_sales import AfterSalesKind
from escalation.after_sales.case import AfterSalesCase
from escalation.after_sales.clocks import Step
from escalation.sla import Promise

KINDS: Mapping[AfterSalesKind, str] = {
    AfterSalesKind.RETURN: "退货",
    AfterSalesKind.EXCHANGE: "换货",
    AfterSalesKind.REFUND: "退款",
    AfterSalesKind.TROUBLE: "少发或破损",
    AfterSalesKind.COMPLAINT: "投诉",
}

NO_ANSWER = "商城系统没有回应，请先在商城里核对办了没有"

TAKEN = "您的{about}我接手了，会盯到办好为止，有进展在这里告诉您～"
ASKS = "关于您的{about}，想跟您确认一下：{text}\n直接在这里回复就行～"
GOODS = "您的{about}同意啦～请 7 天内把商品寄回，地址在小程序“我的订单—售后”里。仓库收到后，我们马上接着办。"
CAME = "您寄回的商品收到啦，{about}接着办，很快有结果～"
DONE = "您的{about}办好啦。{text}还有哪里不满意，随时回复我～"
DECLINED = "您的{about}我们仔细看过了，这次没法办：{text}\n有疑问的话回复“转人工”，我们再商量～"
CALLED_OFF = "好的，您的{about}就先不办了。以后需要，随时找我～"

WARNINGS: Mapping[Promise, str] = {
    Promise.FIRST_ACTION: "还没人处理",
    Promise.CLOSURE: "快到 24 小时了，还没办结",
}
WARN = "售后{number}（{kind}）{what}，{left}。去处理：{url}"


def about(case: AfterSalesCase) -> str:
    """What a customer calls it: 退货（订单 HY1）."""
    order = f"（订单 {case.wish.order_no}）" if case.wish.order_no else ""
    title = "售后" if case.wish.kind is AfterSalesKind.TROUBLE else KINDS[case.wish.kind]
    return f"{title}{order}"


def told(template: str, case: AfterSalesCase, text: str = "") -> str:
    return template.format(about=about(case), text=text)


def left_in_words(left: timedelta) -> str:
    """How much time there is: 还剩 4 分钟; 已经超时."""
    minutes = int(left.total_seconds() // 60)
    if minutes < 1:
        return "马上超时" if left > timedelta() else "已经超时"
    if minutes < 120:
        return f"还剩 {minutes} 分钟"
    return f"还剩 {minutes // 60} 小时"


def warning(
    case: AfterSalesCase, promise: Promise, step: Step, *, number: int, left: timedelta, url: str
) -> str:
    what = WARNINGS[promise]
    if step is Step.SUPERVISOR:
        what = f"{what}，{'在跟的同事：' + case.agent if case.agent else '还没人接'}"
    return WARN.format(
        number=f" {number} ", kind=KINDS[case.wish.kind], what=what, left=left_in_words(left), url=url
    )
