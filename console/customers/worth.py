"""The expected value of a customer, said so that nobody takes it for a promise. Pure.

``low`` and ``high`` bound the middle 80 % of what may come (docs/value.md): one in ten brings less than ``low``, one in
ten more than ``high``. ``low`` is often 0, and the average may be above ``high``. Somebody who bought on one day alone
is alive with certainty in the model, which says nothing about them.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.customers.telling import whole_yuan
from customers.profile.profile import Expected

_CERTAIN = 0.9995


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """``average``: of customers like this one. ``range``: how it comes out for single ones. ``staying``: whether they
    are still with us.
    """

    average: str
    range: str
    staying: str


def worth_of(expected: Expected) -> Worth:
    return Worth(
        average=f"约 {whole_yuan(expected.ltv_fen)}",
        range=_range(expected),
        staying=_staying(expected.alive),
    )


def _range(expected: Expected) -> str:
    low, high = whole_yuan(expected.low_fen), whole_yuan(expected.high_fen)
    if _whole(expected.high_fen) == 0:
        return "十位这样的顾客，至少九位不会再买；平均数来自少数再买的人。"
    if expected.ltv_fen > expected.high_fen:
        return f"十位这样的顾客，九位花不到 {high}；平均数是被少数买得多的人拉高的。"
    if _whole(expected.low_fen) == 0:
        return f"这是平均数：十位这样的顾客，至少一位一分不花，九位不超过 {high}。"
    return f"这是平均数：十位这样的顾客，八位会花 {low} 到 {high}。"


def _staying(alive: float) -> str:
    if alive >= _CERTAIN:
        return "只在一天里买过，还看不出会不会再来。"
    return f"还没流失的可能：{_chance(alive)}。"


def _chance(alive: float) -> str:
    """Never 0 % or 100 %: a model says so, and no more."""
    if alive > 0.99:
        return "99% 以上"
    return "不到 1%" if alive < 0.01 else f"约 {alive:.0%}"


def _whole(fen: int) -> int:
    return round(fen / 100)
