"""Whether what a customer told can be what was asked for: phones, addresses, tax numbers and the like. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from handlers.guided.forms import COMPANY, PERSONAL
from intents.wording import words_only

LONGEST_ADDRESS = 120
LONGEST_TITLE = 60
LONGEST_WORDS = 200

PHONE = "手机号要 11 位、1 开头的，麻烦再发一次～"
NO_REGION = "地址还缺省市或区县，麻烦从省市开始写全，比如“浙江省杭州市西湖区文三路 1 号 2 幢 301 室”。"
NO_STREET = "地址还缺街道和门牌号，麻烦写全，快递才找得到～"
EMAIL = "这个邮箱好像不完整，要像 name@example.com 这样，再发一次好吗？"
TAX_NO = "税号是 15 到 20 位的字母和数字，这个对不上，麻烦核对后再发一次～"
TAX_CHECK = "这个统一社会信用代码的校验位对不上，可能有一位抄错了，麻烦核对后再发一次～"
TITLE = "抬头写公司全称或您的姓名就行，最多 60 个字～"
TITLE_KIND = "发票抬头是“个人”还是“公司”呢？"
NO_WORDS = "没看到内容，麻烦用文字告诉我一下～"

_PHONE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)
_REGION = re.compile(r"[省市区县州盟旗]|北京|上海|天津|重庆|香港|澳门|台湾")
_STREET = re.compile(
    r"[路街道巷弄胡同村镇乡]|小区|花园|公寓|大厦|广场|[0-9一二三四五六七八九十]+ ?[号栋幢座楼室单组]"
)
_NUMBER = re.compile(r"[0-9一二三四五六七八九十]")
_LEADING = re.compile(
    r"^(?:(?:新的?)?(?:收货)?地址|(?:新的?)?(?:手机|电话|联系)(?:号码?|方式)?|邮箱|税号|抬头|发票抬头|原因|理由)?"
    r"(?:改成|换成|改为|改到|应该是|写错了|是|为|叫|:|：|,|，| )*"
)
_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CODE_LENGTH = 18


@dataclass(frozen=True, slots=True)
class Good:
    """The value as it is kept."""

    value: str


@dataclass(frozen=True, slots=True)
class Bad:
    """It cannot be: what is said about it."""

    text: str


Judged = Good | Bad


def plain(text: str) -> str:
    """What was typed, in one width, on one line, without the words that only introduce it (新地址是…)."""
    line = " ".join(unicodedata.normalize("NFKC", text).split())
    return _LEADING.sub("", line).strip(" ,.;:。，；：")


def phone(text: str) -> Judged:
    """Eleven digits of mainland China, with or without +86, spaces and dashes."""
    found = _PHONE.search(re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text)))
    return Good(found[1]) if found else Bad(PHONE)


def address(text: str) -> Judged:
    """Region, street and a number; a mobile number in it is taken out."""
    value = re.sub(r"\+?(?:86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}", "", plain(text)).strip(
        " ,，电话手机:："
    )
    if not _REGION.search(value):
        return Bad(NO_REGION)
    if not (_STREET.search(value) and _NUMBER.search(value)):
        return Bad(NO_STREET)
    return Good(value[:LONGEST_ADDRESS])


def email(text: str) -> Judged:
    """The first address in it."""
    found = _EMAIL.search(unicodedata.normalize("NFKC", text))
    return Good(found[0]) if found else Bad(EMAIL)


def tax_no(text: str) -> Judged:
    """15 to 20 letters and digits; of 18, the last checks the others (GB 32100-2015, 附录 A)."""
    value = re.sub(r"[\s-]", "", plain(text)).upper()
    if not re.fullmatch(r"[0-9A-Z]{15,20}", value):
        return Bad(TAX_NO)
    if len(value) == _CODE_LENGTH and not _checks(value):
        return Bad(TAX_CHECK)
    return Good(value)


def _checks(code: str) -> bool:
    if any(letter not in _CODE_LETTERS for letter in code):
        return False
    total = sum(
        _CODE_LETTERS.index(letter) * weight for letter, weight in zip(code, _CODE_WEIGHTS, strict=False)
    )
    return _CODE_LETTERS.index(code[-1]) == (31 - total % 31) % 31


def title_kind(text: str) -> Judged:
    """个人 or 公司."""
    if re.search("公司|企业|单位|专票|对公|税号", text):
        return Good(COMPANY)
    if re.search("个人|私人|自己|我自己|普票", text):
        return Good(PERSONAL)
    return Bad(TITLE_KIND)


def title(text: str) -> Judged:
    """A name."""
    value = plain(text)
    return Good(value) if 1 < len(value) <= LONGEST_TITLE and words_only(value) else Bad(TITLE)


def free_words(text: str) -> Judged:
    """A reason, a problem, a wish: whatever has words, cut where nobody would read on."""
    value = plain(text)
    return Good(value[:LONGEST_WORDS]) if words_only(value) else Bad(NO_WORDS)
