"""What the ``customers`` commands print: for people, and as one JSON object for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console.masking import mask_phone
from customers.events.csv_cells import BEIJING
from customers.events.event import AcquisitionChannel
from customers.events.importing import SHOWN, Imported
from customers.identity.identifier import IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.known_as import KnownAs, LinkState, Name
from customers.profile.names import ROLES, SEGMENTS, yuan
from customers.profile.profile import Profile
from customers.rights.requests import Request
from customers.value.rfm import name_of

_KINDS: Mapping[IdentifierKind, str] = {
    IdentifierKind.OPENID: "openid",
    IdentifierKind.UNIONID: "unionid",
    IdentifierKind.EXTERNAL_USERID: "企业微信外部联系人",
    IdentifierKind.MALL_ID: "商城会员",
    IdentifierKind.PHONE: "手机号",
}
_REASONS: Mapping[LinkReason, str] = {
    LinkReason.PERSON: "同事确认",
    LinkReason.UNIONID: "同一个 unionid",
    LinkReason.SCENE_PARAM: "从小程序或商城带参数进来",
    LinkReason.SIGNED_EVENT: "商城的事件里写明",
    LinkReason.PHONE: "顾客确认的手机号",
}
_STATES: Mapping[LinkState, str] = {
    LinkState.JOINS: "",
    LinkState.CONFLICT: "（有冲突，没有合并，等人决定）",
    LinkState.UNDONE: "（已撤销）",
}
_CHANNELS: Mapping[AcquisitionChannel, str] = {
    AcquisitionChannel.SEARCH: "搜索",
    AcquisitionChannel.CONTENT: "内容",
    AcquisitionChannel.SOCIAL: "社交",
    AcquisitionChannel.LBS: "附近",
}
_SPENDING = {"low": "消费力低", "middle": "消费力中", "high": "消费力高"}


def show_import(console: Console, done: Imported) -> None:
    def say(line: str) -> None:
        console.print(escape(line), soft_wrap=True, highlight=False)

    say(f"新增 {done.new:,} 条，已有 {done.known:,} 条，没收 {done.refused:,} 条")
    if done.not_one:
        say(f"跳过 {done.not_one:,} 行：没有发生这类事（比如没付款、没退款的订单）")
    if done.ignored:
        say(f"没用到的列：{'、'.join(done.ignored)}")
    if done.repeated:
        say(f"注意：有 {done.repeated:,} 行和上一行是同一订单、同样金额。如果那是整单的金额，就会算重，")
        say("请每单只留一行，或改用每行自己的金额")
    if done.refused > SHOWN:
        say(f"上面只列了前 {SHOWN} 行")
    if done.refused_file is not None:
        say(f"没收的行在 {done.refused_file}，改好后再导入就行")


def import_json(done: Imported) -> dict[str, object]:
    return asdict(done) | {
        "ignored": list(done.ignored),
        "refused_file": None if done.refused_file is None else str(done.refused_file),
        "first_refused": [asdict(each) for each in done.first_refused],
    }


def show_customer(console: Console, known: KnownAs, profile: Profile | None) -> None:
    console.print(f"[bold]顾客 {known.customer_id}[/]", highlight=False)
    rows = Table(box=None, show_header=False, pad_edge=False)
    for name in known.names:
        rows.add_row(_KINDS[name.kind], escape(_shown(name)))
    if profile is None:
        rows.add_row("画像", "还没有；店小二运行起来，或导入事件之后就有")
    else:
        for title, text in _lines(profile):
            rows.add_row(title, escape(text))
    for link in known.links:
        ends = f"{_REASONS[link.reason]} {link.one}–{link.other}{_STATES[link.state]}"
        rows.add_row(f"关联 {link.link_id}", f"{ends}，{escape(link.source)}，{_day(link.at)}")
    console.print(rows, highlight=False, soft_wrap=True)


def customer_json(known: KnownAs, profile: Profile | None) -> dict[str, object]:
    return {
        "customer_id": known.customer_id,
        "names": [_plain(asdict(name) | {"value": _shown(name)}) for name in known.names],
        "links": [_plain(asdict(link)) for link in known.links],
        "profile": None if profile is None else _plain(asdict(profile)),
    }


def show_requests(console: Console, requests: Sequence[Request]) -> None:
    if not requests:
        console.print("没有顾客等着删除个人信息。")
        return
    for each in requests:
        taken = f"{each.taken_by} 在办" if each.taken_by else "还没人接"
        line = f"case:{each.case_key}  {_day(each.asked_at)} 提出，最晚 {each.last_day} 办完，{taken}"
        console.print(escape(line), soft_wrap=True, highlight=False)


def _lines(profile: Profile) -> list[tuple[str, str]]:
    """What there is to say, by title."""
    base, done = profile.base, profile.behaviour
    who = [base.region, base.age_band, ROLES[profile.role], _SPENDING.get(base.spending, "")]
    orders = [f"{done.orders} 单", f"消费 {yuan(done.spent_fen)}", f"近 30 天 {yuan(done.month_fen)}"]
    if done.average_order_fen is not None:
        orders.insert(1, f"客单价 {yuan(done.average_order_fen)}")
    if done.refunds:
        orders.append(f"退款 {done.refunds} 单")
    if done.last_paid is not None:
        orders.append(f"最近一次 {_day(done.last_paid)}")
    did = [
        f"主动分享 {done.shares} 次",
        f"领券 {done.coupons_taken} 张，用券 {done.coupons_used} 张",
        f"浏览 {done.viewed_seconds} 秒",
        "加购后还没付款" if done.in_cart else "",
    ]
    came_by = profile.came_by
    came = [] if came_by is None else [_CHANNELS[came_by.channel], came_by.campaign]
    expected = profile.expected
    value = (
        ""
        if expected is None
        else f"{yuan(expected.ltv_fen)}（{yuan(expected.low_fen)} 到 {yuan(expected.high_fen)}）"
    )
    lines = [
        ("人群", "、".join(SEGMENTS[segment] for segment in profile.segments)),
        ("基本", _together(who)),
        ("订单", _together(orders)),
        ("行为", _together(did)),
        ("常看", "、".join(done.preferences)),
        ("来自", _together(came)),
        ("RFM", f"{profile.rfm}（{name_of(profile.rfm)}）" if profile.rfm else ""),
        ("未来 12 个月", value),
        ("最近动静", "" if profile.seen is None else _day(profile.seen)),
        *((f"标签 {tag.name}", tag.reason) for tag in profile.tags),
    ]
    return [(title, text) for title, text in lines if text]


def _shown(name: Name) -> str:
    return mask_phone(name.value) if name.kind is IdentifierKind.PHONE else name.value


def _together(parts: list[str]) -> str:
    return "，".join(part for part in parts if part)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d}"


def _plain(value: Any) -> Any:
    """Times as ISO 8601, everything else as JSON has it."""
    match value:
        case datetime():
            return value.isoformat()
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value
