"""A customer takes something back: 不对，是另一单; 地址写错了; 原因改成…. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.guided.forms import Form

_NAMES = {
    "order_no": "订单号?|单号|单子|哪一?单",
    "product": "商品|东西|货品",
    "reason": "原因|理由",
    "new_spec": "规格|尺码|颜色|款式",
    "address": "(?:收货)?地址",
    "phone": "手机号?码?|电话号?码?|联系方式",
    "title_kind": "抬头类型",
    "title": "(?:发票)?抬头(?!类型)",
    "tax_no": "税号|信用代码",
    "email": "邮箱|邮件地址",
    "details": "情况|经过",
    "problem": "问题",
    "wish": "希望|诉求|处理方式",
    "reward": "礼品|奖品|兑换的?东西",
}
_OTHER_ORDER = re.compile(
    "(另外?一?|别的|其他|换一?|不是这)个?(单|订单)|(订单|单子?)(不对|错了|选错|搞错)|不是这一?个?单"
)
_CHANGES = (
    "(?:我?要?)?"
    "(?:改成|换成|改为|改到|换到|应该是|应该写|[写填选弄打记输点]错了|错了|不对|改一?下|换一?下|换一?个|要改|要换|是)"
)
_PLAIN_CHANGES = (
    "(?:我?要?)?(?:改成|换成|改为|改到|换到|应该是|应该写|[写填选弄打记输点]错了|改一?下|要改|要换)"
)
_OTHER_ORDER_PLAIN = re.compile(
    "(?:不对|等等|等一下|哦|啊|不是|[,， ])*(?:是|换成?|我说的是)?(另外?一?|别的|换一)个?(单|订单)"
)
_REST = re.compile(r"^[,，。:： ]*(?:应该)?(?:是|改成|换成|改为|改到|换到)?[,，:： ]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """``slot`` is taken back; ``value`` the words that come instead, empty when they are still to be asked for."""

    slot: str
    value: str = ""


def correction(form: Form, text: str, *, at_start: bool = False) -> Correction | None:
    """What a text takes back of what the form knows; None when it takes nothing back.

    ``at_start``: only where it begins with that, in plain words; the rest may be an answer (商品不对 is a reason too).
    """
    other = _OTHER_ORDER_PLAIN.match(text) if at_start else _OTHER_ORDER.search(text)
    if "order_no" in form.slots and other:
        return Correction(slot="order_no")
    looked_for, changes = (re.match, _PLAIN_CHANGES) if at_start else (re.search, _CHANGES)
    for slot in form.slots:
        found = looked_for(f"(?:{_NAMES[slot]})的?(?:{changes})", text) if slot in _NAMES else None
        if found is not None:
            return Correction(slot=slot, value=_REST.sub("", text[found.end() :]).strip())
    return None


def named_slot(form: Form, text: str) -> str | None:
    """The slot that a text names and nothing else ("地址", "改一下手机号")."""
    for slot in form.slots:
        if slot in _NAMES and re.fullmatch(
            f"(?:改|换|修改|更改|我?要?改|一下|下|那?个)*(?:{_NAMES[slot]})(?:吧|改?一?下|要改)?",
            text.strip(" ,.，。～~"),
        ):
            return slot
    return None
