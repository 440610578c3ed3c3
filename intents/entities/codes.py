"""Codes of goods and campaigns, and e-mail addresses. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intents.patterns import any_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """``value``: upper case for codes, lower case for e-mail. ``start`` and ``end``: where it stands in the text."""

    value: str
    start: int
    end: int


_CODE = "[a-z]{0,4}-?[0-9]{1,8}[a-z]{0,2}"
# Longer ones are order numbers (A1001 拼团 is about an order).
_SHORT_CODE = "[a-z]{1,4}[0-9]{1,3}"
_CAMPAIGN_WORD = any_of("拼团|参团|开团|团购|团|活动|福袋|抽奖|直播间?|口令|场次|秒杀|暗号|接龙|砍价|兑奖")
_SKU = re.compile(
    r"(?<![a-z0-9])(?P<whole>sku[-_ ]?[0-9a-z][0-9a-z-]{1,19})"
    r"|(?:货号|款号|商品编码|商品编号|编码|型号)[是为: ]*(?P<code>[a-z0-9][a-z0-9-]{2,19})(?![a-z0-9-])"
)
_CAMPAIGN = (
    re.compile(rf"{_CAMPAIGN_WORD}(?:号码?|编号|码|id)(?:是|为|:|#| )*(?P<code>{_CODE})(?![a-z0-9])"),
    re.compile(rf"{_CAMPAIGN_WORD}(?:是|为|:|#| |就|那个|这个)*(?P<code>{_SHORT_CODE})(?![a-z0-9])"),
    re.compile(rf"(?<![a-z0-9])(?P<code>{_SHORT_CODE})(?= ?(?:号|这个|那个|的|这|那)?{_CAMPAIGN_WORD})"),
    re.compile(r"(?<![a-z0-9])(?P<code>(?:g|l|zb)[0-9]{4})(?![a-z0-9])"),
)
_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.[a-z]{2,10}")


def sku(text: str) -> Code | None:
    """The first code of an article in a normalised text: SKU1024, 货号 B-200."""
    match = _SKU.search(text)
    if match is None:
        return None
    value = match["whole"] or match["code"]
    return Code(
        value=re.sub("[-_ ]", "", value).upper() if match["whole"] else value.upper(),
        start=match.start(),
        end=match.end(),
    )


def campaign_code(text: str) -> Code | None:
    """The first code of a group purchase, a draw or a live stream in a normalised text: 拼团 A12, 团号 3088."""
    for pattern in _CAMPAIGN:
        match = pattern.search(text)
        if match:
            return Code(value=match["code"].upper(), start=match.start("code"), end=match.end("code"))
    return None


def email(text: str) -> Code | None:
    """The first e-mail address in a normalised text."""
    match = _EMAIL.search(text)
    return None if match is None else Code(value=match[0], start=match.start(), end=match.end())
