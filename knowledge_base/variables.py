"""Variables in answers: ``{name}``, or ``{name|亲}`` with what stands there when the name is not known. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """``label``: what editors call it, also good in braces; ``fallback``: said when there is no value."""

    name: str
    label: str
    fallback: str


VARIABLES = (
    Variable(name="name", label="称呼", fallback="您"),
    Variable(name="order", label="订单号", fallback="您的订单"),
    Variable(name="shop", label="店名", fallback="本店"),
    Variable(name="hours", label="服务时间", fallback="人工客服在线时"),
)

_BY_NAME: Mapping[str, Variable] = {
    key: variable for variable in VARIABLES for key in (variable.name, variable.label)
}
_PLACEHOLDER = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
_MAX_VALUE = 100
"""Characters of a value; names come from strangers."""


def variable_problems(answer: str) -> list[str]:
    """What is wrong with the placeholders of an answer, each with its cure; nothing when it may be published."""
    return list(dict.fromkeys(_problems(answer)))


def variables_in(answer: str) -> frozenset[str]:
    """Names of the known variables that an answer uses."""
    keys = (match[1].strip() for match in _PLACEHOLDER.finditer(answer))
    return frozenset(_BY_NAME[key].name for key in keys if key in _BY_NAME)


def render(answer: str, values: Mapping[str, str]) -> str:
    """The answer as it is said: each placeholder gives way to its value, else to the fallback written in it, else to
    the variable's own. An unknown one, which no check let through, gives way to its written fallback or to nothing.

    Values are put in as they are: braces in them mean nothing.
    """

    def put(match: re.Match[str]) -> str:
        variable, written = _BY_NAME.get(match[1].strip()), match[2]
        value = _one_line(values.get(variable.name, "")) if variable else ""
        if value or written is not None:
            return value or written
        return variable.fallback if variable else ""

    return _PLACEHOLDER.sub(put, answer)


def _problems(answer: str) -> Iterator[str]:
    for match in _PLACEHOLDER.finditer(answer):
        if match[1].strip() not in _BY_NAME:
            known = "、".join(f"{{{variable.name}}}{variable.label}" for variable in VARIABLES)
            yield f"不认识变量 {match[0]}；可用：{known}；只想显示花括号请用全角｛｝"
    if re.search(r"[{}]", _PLACEHOLDER.sub("", answer)):
        yield "有不成对的花括号；变量写成 {name}，只想显示花括号请用全角｛｝"


def _one_line(value: str) -> str:
    return " ".join(value.split())[:_MAX_VALUE]
