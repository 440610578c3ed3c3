"""Sees a difference that vectors blur: what one side denies and the other does not. For numbers see ``quantity``."""

from __future__ import annotations

import re

_ASKING_BOTH_WAYS = re.compile(
    r"(.)[不没]\1|(..)[不没]\2|有没有|是否"
    # 能用不, 到了没: a "not" that ends the question makes it one.
    r"|[不没](?=(?:有|啊|呀|呢|哦|哈|亲)*(?:\W|$))"
)
_NOT_A_NEGATION = re.compile(
    r"不好意思|对不起|不错|差不多|不过|不管|不但|不仅|不断|不久|不如|不同|来不及|无论|无线|无糖|无忧|无理由|未来|别人|别的|特别|分别|区别"
    r"|级别|没事|没关系"
)
_DENIED = re.compile(
    # 用不了, 收不到: what cannot be done stands before.
    r"(?P<before>\w)不(?:了|到|上|开|出)"
    # 不能 denies every 能 and 可以, whatever is written between it and the verb.
    r"|(?:没有|[不没未无别]|非(?!常))(?P<after>能|\w{1,2})"
)
_PARTICLES = "了过的着吗呢啊呀吧"


def negation_differs(one: str, other: str) -> bool:
    """Whether one of two tidied texts denies what the other says: 没收到 and 收到了, 用不了 and 怎么用.

    Asking both ways (能不能, 有没有, 能用不) denies nothing, and neither does a "not" about something that the other
    text does not speak of (不想要了，能退吗 and 能退吗).
    """
    return _denies(one, other) or _denies(other, one)


def _denies(one: str, other: str) -> bool:
    one, other = _bare(one), _bare(other)
    said_here, said_there = _DENIED.sub(" ", one), _DENIED.sub(" ", other)
    denied = _denied(one) - _denied(other)
    return any(word in said_there and word not in said_here for word in denied)


def _denied(bare: str) -> set[str]:
    found = {(match["before"] or match["after"]).rstrip(_PARTICLES) for match in _DENIED.finditer(bare)}
    return found - {""}


def _bare(text: str) -> str:
    return _NOT_A_NEGATION.sub(" ", _ASKING_BOTH_WAYS.sub(" ", text)).replace("可以", "能")
