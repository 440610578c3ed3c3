"""The pages of after-sales, put together."""

from __future__ import annotations

from console.after_sales.desk import AfterSalesDesk
from console.after_sales.screens import ROOT, AfterSalesScreens
from console.audit.log import AuditLog
from console.permissions import Permission
from console.web.route import Entry, Group, Handler, Pages, Route

_CASE = r"/{number:\d{1,15}}"
_ACTS = "{act:take|ask|goods|came|refund|send|done|declined|called_off}"


def after_sales_pages(desk: AfterSalesDesk, audit: AuditLog) -> Pages:
    screens = AfterSalesScreens(desk, audit)
    handle = Permission.AFTER_SALES_HANDLE

    def route(method: str, path: str, handler: Handler) -> Route:
        return Route(method=method, path=ROOT + path, handler=handler, access=handle)

    return Pages(
        routes=(
            route("GET", "", screens.list),
            route("GET", _CASE, screens.show),
            route("POST", f"{_CASE}/note", screens.note),
            route("POST", f"{_CASE}/{_ACTS}", screens.act),
        ),
        entries=(
            Entry(
                path=ROOT,
                title="售后",
                icon="package",
                summary="退换、退款、少发破损和投诉，快到时间的排在前面",
                group=Group.WORK,
                permission=handle,
                shortcut="r",
            ),
        ),
        acts={
            "after_sales.take": "接手售后",
            "after_sales.ask": "售后问顾客",
            "after_sales.goods": "售后同意寄回",
            "after_sales.came": "售后收到寄回的商品",
            "after_sales.refund": "售后退款",
            "after_sales.send": "售后补发",
            "after_sales.done": "售后办结",
            "after_sales.declined": "售后没法办",
            "after_sales.called_off": "售后顾客不办了",
            "after_sales.note": "售后写备注",
        },
    )
