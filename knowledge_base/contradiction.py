"""Sees the two differences that vectors blur most: a "not" on one side only, and other numbers."""

from __future__ import annotations

import re

_ASKING_BOTH_WAYS = re.compile(r"(.)[不没]\1|有没有|是否")
_NOT_A_NEGATION = re.compile(
    r"不好意思|对不起|不错|差不多|不过|不管|不但|不仅|不断|不久|不如|不同|来不及|无论|无线|无糖|无忧|无理由|未来|别人|别的|特别|分别|区别"
    r"|级别|没事|没关系"
)
_NEGATION = re.compile(r"[不没未无别]|非(?!常)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def negation_differs(one: str, other: str) -> bool:
    """Whether exactly one of two tidied texts says "not". Asking both ways (能不能, 有没有) is no negation."""
    return _negated(one) != _negated(other)


def numbers_differ(one: str, other: str) -> bool:
    """Whether both tidied texts name numbers, and not the same ones."""
    left, right = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    return bool(left) and bool(right) and left != right


def _negated(text: str) -> bool:
    bare = _NOT_A_NEGATION.sub("", _ASKING_BOTH_WAYS.sub("", text))
    return _NEGATION.search(bare) is not None
