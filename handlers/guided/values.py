"""Whether what a customer told can be what was asked for: phones, addresses, tax numbers and the like. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from handlers.guided.addresses import lacking
from handlers.guided.forms import COMPANY, PERSONAL
from handlers.guided.tax_numbers import TaxNumber, tax_number
from intents.wording import words_only

LONGEST_ADDRESS = 120
LONGEST_TITLE = 60
LONGEST_WORDS = 200
PHONE_DIGITS = 11

PHONE = "手机号要 11 位、1 开头的，麻烦再发一次～"
PHONE_LENGTH = "手机号要 11 位，您发的是 {digits} 位，麻烦核对一下再发一次～"
ADDRESS = "地址还缺{parts}，麻烦写全，比如“浙江省杭州市西湖区文三路 1 号 2 幢 301 室”～"
REGION, STREET, NUMBER = "省市或区县", "街道或小区", "门牌号"
EMAIL = "这个邮箱好像不完整，要像 name@example.com 这样，再发一次好吗？"
TAX_NO = "税号是 15 到 20 位的字母和数字，这个对不上，麻烦核对后再发一次～"
TAX_CHECK = "这个统一社会信用代码的校验位对不上，可能有一位抄错了，麻烦核对后再发一次～"
TITLE = "抬头写公司全称或您的姓名就行，最多 60 个字～"
TITLE_KIND = "发票抬头是“个人”还是“公司”呢？"
NO_WORDS = "没看到内容，麻烦用文字告诉我一下～"
TOO_LITTLE = "麻烦说得再具体一点点，一句话就行～"

_NARROW = {
    0xFF00 + code - 0x20: chr(code)
    for code in range(0x21, 0x7F)
    if chr(code).isalnum() or chr(code) in "@.-_+#"
}
_PHONE = re.compile(r"(?<![0-9])(?:\+?86)?(1[3-9][0-9]{9})(?![0-9])")
_PHONE_TYPED = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])")
_PHONE_NAME = re.compile(r"(?:联系|收货|收件)?(?:电话|手机)号?码?[是:： ]*")
_EMAIL = re.compile(r"(?<![a-z0-9._%+-])[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)
_DOT = re.compile(r"(?<=[a-z0-9])\s*(?:。|点|,|，)\s*(?=(?:com|cn|net|org|edu|gov)(?![a-z]))", re.IGNORECASE)
_LEADING = re.compile(
    r"^(?:(?:新的?)?(?:收货)?地址|(?:新的?)?(?:手机|电话|联系)(?:号码?|方式)?|邮箱|税号|(?:公司|发票)?抬头|公司名称?|(?:我司|我们公司|我公司|名字|名称|全称)(?=叫|是|为)|原因|理由)?"
    r"(?:改成|换成|改为|改到|应该是|写错了|是|为|叫|:|：|,|，| )*"
)
_SAYS_NOTHING = re.compile(
    "(?:嗯|了|哦|噢|啊|好|的|是|对|行|可以|没有?|无|不是|不知道|不清楚|随便|都行|ok|你好|在吗|谢谢|收到|等等|等一下|稍等|什么)*",
)
_UNKNOWN = re.compile("不知道|不清楚|不记得|忘了|没有|随便|什么|怎么")
_BESIDE_A_TITLE = re.compile(
    r"(?:税号|电话|手机号?|邮箱)?[是:： ]*(?<![0-9a-z])"
    r"(?:[0-9a-z]{15,20}|1[3-9][0-9]{9}|[a-z0-9._%+-]+@[a-z0-9.-]+)(?![0-9a-z])",
    re.IGNORECASE,
)
_NOT = "(?:不要|不是|不开|别开|不用)(?:开|写)?"


@dataclass(frozen=True, slots=True)
class Good:
    """The value as it is kept."""

    value: str


@dataclass(frozen=True, slots=True)
class Bad:
    """It cannot be: what is said about it."""

    text: str


Judged = Good | Bad


def one_line(text: str) -> str:
    """What was typed, letters and digits in one width, on one line; Chinese punctuation stays."""
    return " ".join(text.translate(_NARROW).split())


def plain(text: str) -> str:
    """One line without the words that only introduce it (新地址是…)."""
    return _LEADING.sub("", one_line(text)).strip(" ,.;:。，；：")


def phone(text: str) -> Judged:
    """Eleven digits of mainland China, with or without +86, spaces and dashes."""
    typed = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text))
    found = _PHONE.search(typed)
    if found:
        return Good(found[1])
    digits = len(re.sub("[^0-9]", "", typed))
    nearly = PHONE_DIGITS - 4 <= digits <= PHONE_DIGITS + 4 and digits != PHONE_DIGITS
    return Bad(PHONE_LENGTH.format(digits=digits) if nearly else PHONE)


def address(text: str) -> Judged:
    """Region, street and a number; a mobile number in it is taken out."""
    value = _PHONE_NAME.sub(" ", _PHONE_TYPED.sub(" ", plain(text)))
    value = re.sub(r"\s+", " ", value).strip(" ,，。:：;；")
    lacks = lacking(value)
    if lacks:
        parts = ((lacks.region, REGION), (lacks.street, STREET), (lacks.number, NUMBER))
        return Bad(ADDRESS.format(parts="、".join(name for lack, name in parts if lack)))
    return Good(value[:LONGEST_ADDRESS])


def email(text: str) -> Judged:
    """The first address in it; 。 or 点 before com is taken for a dot."""
    found = _EMAIL.search(_DOT.sub(".", unicodedata.normalize("NFKC", text)))
    return Good(found[0].lower()) if found else Bad(EMAIL)


def tax_no(text: str) -> Judged:
    """15 to 20 letters and digits; of 18, the last checks the others."""
    number = tax_number(one_line(text))
    if isinstance(number, str):
        return Good(number)
    return Bad(TAX_CHECK if number is TaxNumber.MISCOPIED else TAX_NO)


def title_kind(text: str) -> Judged:
    """个人 or 公司; 不要公司的 does not mean a company."""
    wanted = re.sub(f"{_NOT}(?:公司|企业|单位|个人|私人)的?", "", text)
    if re.search("公司|企业|单位|专票|对公|税号|抬头是.*(?:厂|店|中心)", wanted):
        return Good(COMPANY)
    if re.search("个人|私人|自己|普票", wanted) or re.search(f"{_NOT}(?:公司|企业|单位)", text):
        return Good(PERSONAL)
    return Good(COMPANY) if re.search(f"{_NOT}(?:个人|私人)", text) else Bad(TITLE_KIND)


def title(text: str) -> Judged:
    """A name, without a tax or phone number or mail address beside it; no way of saying that there is none."""
    value = plain(_BESIDE_A_TITLE.sub(" ", plain(text)))
    words = words_only(value)
    if (
        not 1 < len(value) <= LONGEST_TITLE
        or len(words) < 2
        or _UNKNOWN.search(words)
        or _SAYS_NOTHING.fullmatch(words)
    ):
        return Bad(TITLE)
    return Bad(TITLE) if re.fullmatch(r"[0-9A-Z]{0,2}[0-9]+[0-9A-Z]*", words) else Good(value)


def free_words(text: str) -> Judged:
    """A reason, a problem, a wish: whatever says something, cut where nobody would read on."""
    value = plain(text)
    words = words_only(value.lower())
    if not words:
        return Bad(NO_WORDS)
    return Bad(TOO_LITTLE) if _SAYS_NOTHING.fullmatch(words) else Good(value[:LONGEST_WORDS].rstrip())
