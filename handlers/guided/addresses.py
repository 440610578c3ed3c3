"""Whether a parcel finds an address: region, street or compound, and a number. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGIT = "[0-9零一二三四五六七八九十百甲乙丙]"
_REGION = re.compile(
    "[省市县旗盟州]|自治[区州县]|新区|开发区|园区|(?<![小园社片校厂])区"
    "|北京|上海|天津|重庆|香港|澳门|台湾|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆"
)
_STREET = re.compile(
    "[路街巷弄村镇乡屯庄组苑园里坊湾]|(?<!知)道|[a-z]{3,}|胡同|大道|小区|社区|花园|公寓|大厦|大楼|广场|中心|家园|公馆|学校|大学|中学|小学|医院",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    f"{_DIGIT}+ ?(?:号|栋|幢|座|单元|室|楼|层|弄|组|队|户|门|#)|[a-z] ?[座栋幢楼]|[0-9]{{2,}}|[0-9]+-[0-9]+",
    re.IGNORECASE,
)


_NO_PART = re.compile(r"\S+@\S+|[0-9a-z]{15,}", re.IGNORECASE)
"""Mail addresses and tax numbers: letters and digits that lead no parcel anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What an address lacks."""

    region: bool
    street: bool
    number: bool

    def __bool__(self) -> bool:
        return self.region or self.street or self.number


def holds_some(text: str) -> bool:
    """Whether a text in one width holds a part of an address."""
    lacks = lacking(text)
    return not (lacks.region and lacks.street and lacks.number)


def lacking(address: str) -> Lacking:
    """What an address in one width lacks; false when nothing."""
    address = _NO_PART.sub(" ", address)
    number = _NUMBER.search(address) is not None
    return Lacking(
        region=_REGION.search(address) is None,
        street=_STREET.search(address) is None,
        number=not number,
    )
