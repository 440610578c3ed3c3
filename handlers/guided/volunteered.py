"""What a message tells without being asked: a phone, an address, a tax number, a reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers.guided import values
from handlers.guided.forms import COMPANY, CONFIRMED, PERSONAL, Form
from handlers.guided.tax_numbers import CODE_LENGTH, tax_number
from handlers.guided.values import Good, one_line
from intents.numbers import order_number, short_code
from intents.wording import normalise, words_only

REFUND_ONLY = "仅退款"
"""What ``wish`` holds in a return form when the customer wants to keep the goods."""

REASON = "reason"
"""Entity: why, in the customer's words."""

ENOUGH = 4
"""Characters that say something of their own beside a number."""

DIGITS = frozenset({"phone", "tax_no", "email", "reward"})
"""Slots whose answers look like order numbers when they are mistyped."""

_LETTERED = re.compile("[A-Z]{2}[0-9]{8,14}")
_REFUND_ONLY = re.compile(
    "(?:能不能|可不可以|可以|能|我想|我要|就)?(?:不退货|货不退|不用退货|不寄回)?[,，]?(?:只|仅|光|直接)(?:要|想|给我)?(?:退款|退钱)(?:不退货)?"
    "|(?:能不能|可不可以)?不退货.{0,4}退(?:款|钱)|退(?:款|钱)不退货"
)
_RETURN_TOO = re.compile("(?:还是)?退货退款|货也(?:一起)?退|东西?(?:也)?(?:退|寄)回|还是退货")
_ADDRESS_FROM = re.compile(
    "改(?:一下)?(?:收货)?地址|改到|改成|改为|换到|换成|寄到|寄去|送到|发到"
    "|地址(?:写错了|错了)?[,， ]*(?:应该)?(?:是|为|:|：)|到"
)
_PROVINCE = re.compile(
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南"
    "|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆"
)
_COMPANY_NAME = re.compile(
    r"([一-龥()（）]{2,40}(?:有限责任公司|有限公司|股份公司|集团|事务所|合作社|工作室|商行|经营部)(?:[一-龥]{2,8}分公司)?)"
)
_BEFORE_A_NAME = re.compile("^.*(?:抬头|发票|名称|名字|公司的|改成|换成|改为|写|开|给|叫|是)(?=.{4})")
_KIND = re.compile(
    "(?:改成?|换成?|还是|要|用|开|的)(?:开)?(公司|企业|单位|个人)(?!名)"
    "|抬头[是:： ]*(?:个人)|对公|专票|个人(?:抬头|的?发票)|公司抬头"
)
_NEW_SPEC = re.compile(
    "换(?:成|为)(.{1,30}?)(?:[,，。!！?？~～ ]|吗|行吗|可以吗|$)"
    "|换(?:个|一个|件|一双)?((?:大|小)[一半两]?[号码个]+)"
    "|换(?:个|一个|件)?([一-龥0-9a-z]{1,10}(?:装|色|码|款|口味)的?)(?:[,，。!！?？~～ ]|$)"
)
_REASON = re.compile(
    "不喜欢|不想要了|不合适|买多了|[拍买]错了|[尺大]小?码?不[合对]适?|太[大小重轻]了?|质量(?:太|很|有点)?(?:差|有问题|不好)|有(?:异味|虫|破损|瑕疵|色差)"
    "|坏了|破了|漏了|碎了|烂了|发霉了?|变质了?|过期了?|不好[用吃看]|[跟和]图片?不一样"
)
_TROUBLE = re.compile("破|碎|坏|烂|裂|漏|洒|少|缺|错|霉|臭|变质|过期|虫|异味|压扁|变形|不能用|没反应")
_WISHES = (("补发|补寄|重发|重新发", "补发"), ("退款|退钱", "退款"), ("换货|换新|换一|给我换", "换货"))
_ONLY_A_WISH = re.compile(
    "我|俺|要|想|投诉|举报|一下|你们|他们|店|客服|呢|的|了|请问|你好|您好|在吗|反映|问题|个|情况"
)
_UNASKED = frozenset({None, CONFIRMED, "change"})


def number_told(form: Form, asked: str | None, text: str, entities: Mapping[str, str]) -> str | None:
    """The order number in a message; None where its digits are rather a phone or a tax number that was asked for."""
    if "order_no" not in form.slots:
        return None
    plain = normalise(text)
    number = order_number(plain) or (short_code(plain) if "order_no" in entities else None)
    if number is None or _LETTERED.fullmatch(number):
        return number
    taxed = "tax_no" in form.slots and ("税号" in text or number == tax_number(one_line(text)))
    return None if asked in DIGITS or taxed else number


def without_number(text: str, number: str | None) -> str:
    """The text without an order number and the words that only introduce it."""
    if number is None:
        return text
    typed = re.escape(number[:2]) + "[ -]?" + re.escape(number[2:])
    return re.sub(
        f"(?:(?:订单号?|单号)[是为:： ]*)?#?{typed}", " ", one_line(text), flags=re.IGNORECASE
    ).strip()


def refund_only(form: Form, text: str, collected: Mapping[str, str]) -> tuple[dict[str, str | None], str]:
    """Whether the goods are to be kept, or after all not; and the text without that."""
    if form.name != "return_form":
        return {}, text
    if collected.get("wish") == REFUND_ONLY and _RETURN_TOO.search(text):
        return {"wish": None}, _RETURN_TOO.sub(" ", text)
    if _REFUND_ONLY.search(text):
        return {"wish": REFUND_ONLY}, re.sub(r"吗|行不行|可以", " ", _REFUND_ONLY.sub(" ", text)).strip(
            " ?？"
        )
    return {}, text


def volunteered(
    form: Form, asked: str | None, text: str, collected: Mapping[str, str]
) -> dict[str, str | None]:
    """Slots of the form, other than the one asked for, that a message plainly fills; None for what goes with them."""
    told: dict[str, str | None] = {}
    for slot, judge in (("phone", values.phone), ("email", values.email)):
        judged = judge(text) if slot in form.slots and slot != asked else None
        if isinstance(judged, Good):
            told[slot] = judged.value
    if "address" in form.slots and asked != "address" and asked in (*_UNASKED, "phone", "order_no"):
        told |= _address(text, whole=asked == CONFIRMED)
    if "title_kind" in form.slots:
        told |= _invoice(asked, text, collected)
    if asked == CONFIRMED and "new_spec" in form.slots and (found := _NEW_SPEC.search(text)):
        told["new_spec"] = _spec(found)
    return {slot: value for slot, value in told.items() if value is None or value != collected.get(slot)}


def _address(text: str, *, whole: bool) -> dict[str, str | None]:
    """An address after 改到 or the like, or from the name of a province on; or the ``whole`` text."""
    starts = [found.end() for found in _ADDRESS_FROM.finditer(text)]
    starts += [found.start() for found in _PROVINCE.finditer(text)]
    for start in [*sorted(starts), *([0] if whole else [])]:
        judged = values.address(text[start:])
        if isinstance(judged, Good):
            return {"address": judged.value}
    return {}


def _invoice(asked: str | None, text: str, collected: Mapping[str, str]) -> dict[str, str | None]:
    told: dict[str, str | None] = {}
    line = one_line(text)
    number = tax_number(line)
    if asked != "tax_no" and isinstance(number, str) and (len(number) == CODE_LENGTH or "税号" in text):
        told["tax_no"] = number
        if "title_kind" not in collected:
            told["title_kind"] = COMPANY
    name = _COMPANY_NAME.search(line)
    if name is not None and asked != "title":
        told |= {"title": _BEFORE_A_NAME.sub("", name[1]), "title_kind": COMPANY}
    elif asked != "title_kind" and _KIND.search(line):
        kind = values.title_kind(line)
        if isinstance(kind, Good) and kind.value != collected.get("title_kind"):
            told = {"title": None, "tax_no": None, **told, "title_kind": kind.value}
    if told.get("title_kind", collected.get("title_kind")) == PERSONAL:
        told.pop("tax_no", None)
        told |= {"tax_no": None} if "tax_no" in collected else {}
    return told


def _spec(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group)


def told_at_first(form: Form, text: str, entities: Mapping[str, str]) -> dict[str, str]:
    """What the message that begins a form says already for the slots that take any words."""
    told: dict[str, str] = {}
    match form.name:
        case "return_form":
            why = _REASON.search(text)
            told = {"reason": entities.get(REASON) or (why[0] if why else "")}
        case "exchange_form":
            found = _NEW_SPEC.search(text)
            told = {"new_spec": _spec(found) if found else ""}
        case "complaint_form":
            told = {"details": text if len(_ONLY_A_WISH.sub("", words_only(text))) >= ENOUGH else ""}
        case "trouble_form":
            told = {"problem": text if _TROUBLE.search(text) and len(words_only(text)) >= ENOUGH + 2 else ""}
            told["wish"] = next((wish for words, wish in _WISHES if re.search(words, text)), "")
        case _:
            return {}
    judged = {slot: values.free_words(value) for slot, value in told.items() if value}
    return {slot: each.value for slot, each in judged.items() if isinstance(each, Good)}
