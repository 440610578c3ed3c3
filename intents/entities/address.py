"""Where a postal address begins and ends in a sentence: region, street, number. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intents.patterns import any_of

LONGEST = 120
"""Characters of an address."""


def _all_but(left_out: str) -> str:
    """A character class of all Chinese characters but some."""
    ranges, start = [], 0x4E00
    for code in sorted(map(ord, left_out)):
        ranges.append(f"{chr(start)}-{chr(code - 1)}")
        start = code + 1
    return "[" + "".join([*ranges, f"{chr(start)}-\u9fff"]) + "]"


# Words before an address; they would be taken for the first characters of its region (改成 + 成都市).
_BEFORE = re.compile(
    any_of(
        "(?:改|换|变|写|填|搬|寄|送|发|快递|配送|邮|退|挪|转|派|移)送?(?:成|到|去|往|为|回|给|至|在)(?!都|安|德)",
        "(?:改|换|变|写)成",
        "(?:收货|新|旧|原来?的?|正确的?|我家|我|公司|单位)?的?地址(?:应该)?(?:是|为|在|写的?是|变成|变为)?",
        "住在?|我在|人在|搬到|应该是|而是|不是|就是|我是|帮我|麻烦|请|收件人?|收货人?|位于|在|去|从|是|到|给|或者|还是|跟|离|定位|遍|这边",
    )
)
_ANY = "[\u4e00-\u9fff]"
_INSIDE = _all_but("省市区县旗镇乡盟路街")
_PROVINCE = any_of(
    "黑龙江|内蒙古|北京|上海|天津|重庆|河北|山西|辽宁|吉林|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南",
    "四川|贵州|云南|陕西|甘肃|青海|台湾|广西|西藏|宁夏|新疆|香港|澳门",
)
_CITY = any_of(
    "杭州|南京|苏州|广州|深圳|成都|武汉|宁波|合肥|长沙|西安|沈阳|厦门|青岛|无锡|福州|济南|郑州|大连|昆明|哈尔滨|长春",
    "南昌|贵阳|南宁|石家庄|太原|兰州|海口|乌鲁木齐|呼和浩特|银川|西宁|拉萨|东莞|佛山|温州|嘉兴|绍兴|金华|台州|常州",
    "南通|扬州|徐州|泉州|珠海|中山|惠州|烟台|潍坊|洛阳|湖州|镇江|泰州|盐城|芜湖|三亚|桂林|绵阳|唐山|保定",
)
_REGION_END = any_of(
    "省|自治[区州县]|市(?!场|面|价|集)|区(?!别|域|间|块|号)|县|旗|镇(?!定|静)|乡(?!下)|街道|盟|州(?=[\u4e00-\u9fff]{2})"
)
_REGION = f"{_ANY}{_INSIDE}{{0,6}}?{_REGION_END}"
_STREET_END = any_of(
    "大道|大街|路(?!上|由|过|况|线|费|途|程|径)|街(?![道上村])|巷|胡同|里弄",
    "(?<![知味渠频报难])道(?=[0-9])|(?:弄|里)(?=[0-9])",
)
_STREET = f"{_ANY}{{1,8}}?(?:(?<=[五六经纬七八]一)|(?<![半一网线套电思走在上下铁问顺绕来])){_STREET_END}"
_PLACE_END = any_of(
    "村|庄|社区(?!团|店|群)|小区|花园|家园|花苑|名苑|佳苑|雅苑|公寓|新城|大厦|广场|[园校]区|软件园|科技园|产业园",
    "创业园|公馆|别墅|新村|华庭|名邸|写字楼|宿舍|大学|学院|医院|中学|小学|商城|国际|中心",
)
_PLACE = f"[\u4e00-\u9fffa-z0-9]{{1,10}}?{_PLACE_END}"
_COUNT = "(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,4}|[a-z](?![a-z]))"
_NUMBER_END = any_of(
    "号[楼院]|号(?!下午|上午|晚|早|到|发|那天|之前|前)|弄|栋|幢|座|期|单元|楼|层|室|户|组|队|#|门"
)
_NUMBER = any_of(
    f"[ ,-]?{_COUNT}(?:[-/]{_COUNT}){{0,2}} ?{_NUMBER_END}",
    "(?<=[元楼栋幢号座弄层])[ -]?[0-9]{2,5}(?:-[0-9]{1,4}){0,2}室?(?![0-9个件元块号月点天年])",
)
_TAIL = (
    f"(?: ?{_ANY}{{0,4}}(?:菜鸟驿站|驿站|快递柜|丰巢柜?|门卫室?|前台|物业|传达室|超市)(?:处|旁边?|门口)?)?"
)

_HEAD = f"(?:{_PROVINCE}(?:省|市|自治区|特别行政区)?[ ,]?)?(?:{_CITY}市?[ ,]?)?(?:{_REGION}[ ,]?){{0,4}}"
_ADDRESS = re.compile(
    f"(?P<head>{_HEAD})(?P<street>{_STREET}[ ,]?(?:{_NUMBER}){{0,5}})?"
    f"(?P<places>(?:[ ,]?{_PLACE}(?:{_NUMBER}){{0,5}}){{0,2}})(?P<numbers>(?:{_NUMBER}){{0,4}}){_TAIL}"
)
_KNOWN = re.compile(any_of(_PROVINCE, _CITY))
_LONE_LETTER = re.compile("(?<![a-z])[a-z](?![a-z])")
_DIGIT = re.compile(r"[0-9a-z]|[一二三四五六七八九十]{1,3}(?:号|栋|幢|单元|楼|室)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """``whole``: down to a number, so that a parcel could arrive. ``start``, ``end``: where it stands."""

    value: str
    whole: bool
    start: int
    end: int


def address(text: str) -> Address | None:
    """The longest address in a normalised text; None where there is no more than a region's or a street's name."""
    shown = text[: 4 * LONGEST]
    parted = _BEFORE.sub(lambda match: "|" * len(match[0]), shown)
    best: Address | None = None
    place = 0
    while place < len(parted):
        match = _ADDRESS.match(parted, place)
        found = _address(match, shown) if match else None
        if found is None:
            place += 1
            continue
        place = found.end
        if best is None or found.end - found.start > best.end - best.start:
            best = found
    return best


def _address(match: re.Match[str], text: str) -> Address | None:
    numbered = bool(_DIGIT.search(match["street"] or "") or _DIGIT.search(match["numbers"] + match["places"]))
    regions = match["head"].strip(" ,")
    located = bool(match["street"] or match["places"])
    if not ((regions and located) or (match["street"] and _DIGIT.search(match["street"]))):
        return None
    told = text[match.start() : match.end()]
    known = _KNOWN.search(told, 0, len(regions))
    value = told[known.start() if known else 0 :].strip(" ,-")
    if not value or len(value) > LONGEST:
        return None
    start = text.index(value, match.start())
    return Address(
        value=_LONE_LETTER.sub(lambda letter: letter[0].upper(), value),
        whole=bool(regions) and numbered,
        start=start,
        end=start + len(value),
    )
