"""Which of the offered questions a short answer means: "2", "第二个", "选3", "最后一个". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intents.wording import normalise, words_only

_NUMERALS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_CHOICE = re.compile(
    r"(?:那|嗯|好|我|就|是|想|要|选择?|回复?|看|问|查|点|按|的|应该)*第?([0-9]{1,2}|[一二两三四五六七八九十])(?:个|條|条|项|号|种|问题|的|那|这|吧|呀|啊|哦|呢|谢谢)*"
)
_LAST = re.compile(r"(?:我|就|选|要|是)*最后(?:面|那|的)?一?(?:个|条|项)(?:吧|呀|啊)?")


def names_choice(text: str) -> bool:
    """Whether a text is nothing but a choice, whatever is on offer."""
    words = words_only(normalise(text))
    return bool(_LAST.fullmatch(words) or _CHOICE.fullmatch(words))


def chosen_index(text: str, menu_id: str | None, offered: Sequence[str]) -> int | None:
    """The position in ``offered``, from 0, that the customer names; None when this is no choice.

    A number that was not on offer is still a choice: the result is then out of range (0 gives -1).
    """
    if not offered:
        return None
    if menu_id is not None and menu_id in offered:
        return offered.index(menu_id)
    words = words_only(normalise(text))
    if _LAST.fullmatch(words):
        return len(offered) - 1
    found = _CHOICE.fullmatch(words)
    if found is None:
        return None
    return (_NUMERALS.get(found[1]) or int(found[1])) - 1
