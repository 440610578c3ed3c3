"""What typing on a phone does to a text."""

from __future__ import annotations

import random

_BEFORE = ("亲", "请问", "你好", "老板", "那个", "麻烦问下")
_AFTER = ("呢", "啊", "呀", "谢谢", "?", "亲")
_SHORTEST = 4


def mistyped(text: str, chance: random.Random) -> str:
    """Now and then a character is lost or two change places, or a greeting or particle is added; short texts stay."""
    if len(text) < _SHORTEST:
        return text
    die = chance.random()
    if die < 0.08:
        at = chance.randrange(len(text))
        return text[:at] + text[at + 1 :]
    if die < 0.14:
        at = chance.randrange(len(text) - 1)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if die < 0.22:
        return chance.choice(_BEFORE) + text
    if die < 0.28:
        return text + chance.choice(_AFTER)
    return text
