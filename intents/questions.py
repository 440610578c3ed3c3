"""Whether a text asks something, by its form alone. Pure."""

from __future__ import annotations

import re

from intents.patterns import any_of
from intents.wording import normalise

_ASKS = re.compile(
    any_of(
        r"\?",
        "[吗嘛么](?:[啊呀呢]|$|[,。! ])",
        "呢$",
        "怎么|怎样|咋|如何|为什么|为啥|什么|啥(?!的)|哪|谁|几(?!乎|块|个月前)|多少|多久|多长|多大",
        "(?P<verb>[能会行可是有要包退换免])不(?P=verb)|能否|是否|可不可以|可以不|有没有|有无",
    )
)


def asks_something(text: str) -> bool:
    """Whether a text has the form of a question: 谁出运费, 能不能便宜点, 多久到账?"""
    return bool(_ASKS.search(normalise(text)))
