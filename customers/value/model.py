"""The fitted models by which expected values are reckoned, and when there are none."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import orjson

from customers.value import bgnbd, gamma_gamma
from customers.value.bgnbd import BgNbd
from customers.value.gamma_gamma import GammaGamma
from customers.value.histories import Histories

LEAST_BUYERS = 200
LEAST_REPEATING = 50
LEAST_DAYS = 180
"""Since the first purchase of all: nothing is said of a year after less than half of one."""

_OFF_BY = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class LtvModel:
    """Times in days, money in fen. ``fitted_ms``: when, in ms since 1970. ``buyers``: on how many; ``repeating``: how
    many of them had bought again."""

    purchases: BgNbd
    money: GammaGamma
    fitted_ms: int
    buyers: int
    repeating: int

    def to_json(self) -> str:
        """The same text for the same model; numbers to their last digit."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def from_json(cls, text: str) -> LtvModel:
        """Of what ``to_json`` gave. Raises KeyError, TypeError or ValueError for anything else."""
        kept: dict[str, Any] = orjson.loads(text)
        return cls(
            purchases=BgNbd(**kept["purchases"]),
            money=GammaGamma(**kept["money"]),
            fitted_ms=int(kept["fitted_ms"]),
            buyers=int(kept["buyers"]),
            repeating=int(kept["repeating"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfitted:
    """``reason``: Chinese, one sentence for the people of the shop."""

    reason: str


def fit(histories: Histories, fitted_ms: int) -> LtvModel | Unfitted:
    """Of all buyers of the shop, in any order. Unfitted: too few, too short, or the models do not suit the shop."""
    repeating = int(np.count_nonzero(histories.repeats))
    too_little = _too_little(histories, repeating)
    if too_little:
        return Unfitted(reason=too_little)
    groups = bgnbd.Grouped.of(histories.repeats, histories.last_days, histories.observed_days)
    purchases = bgnbd.fit(groups)
    if purchases is None:
        return Unfitted(reason="复购模型没有收敛，暂不估算顾客价值。")
    counts = histories.repeats + 1
    paid = histories.spent_fen > 0
    money = gamma_gamma.fit(counts[paid], histories.spent_fen[paid] / counts[paid])
    if money is None:
        return Unfitted(reason="客单价模型没有收敛，暂不估算顾客价值。")
    if money.q <= 1:
        return Unfitted(reason="客单价差异过大，没有可靠的平均值，暂不估算顾客价值。")
    off = _off_by(purchases, groups)
    if not off <= _OFF_BY:
        return Unfitted(reason=f"复购模型与实际复购次数相差 {off:.0%}，不可靠，暂不估算顾客价值。")
    return LtvModel(
        purchases=purchases, money=money, fitted_ms=fitted_ms, buyers=len(histories), repeating=repeating
    )


def _too_little(histories: Histories, repeating: int) -> str:
    """What is missing; empty: nothing."""
    if len(histories) < LEAST_BUYERS:
        return f"付款顾客只有 {len(histories)} 位，满 {LEAST_BUYERS} 位后开始估算顾客价值。"
    if repeating < LEAST_REPEATING:
        return f"复购顾客只有 {repeating} 位，满 {LEAST_REPEATING} 位后开始估算顾客价值。"
    days = int(histories.observed_days.max())
    if days < LEAST_DAYS:
        return f"第一笔订单至今只有 {days} 天，满 {LEAST_DAYS} 天后开始估算顾客价值。"
    return ""


def _off_by(purchases: BgNbd, groups: bgnbd.Grouped) -> float:
    """How far the model is from the number of repeat purchases that it was fitted on, as a share of it."""
    observed, place = np.unique(groups.observed, return_inverse=True)
    buyers = np.bincount(place, weights=groups.weights)
    said = float(purchases.purchases_of_new(observed) @ buyers)
    were = float(groups.weights @ groups.repeats)
    return abs(said / were - 1)
