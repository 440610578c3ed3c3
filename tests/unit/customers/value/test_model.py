from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from customers.value import bgnbd, gamma_gamma
from customers.value.bgnbd import BgNbd
from customers.value.gamma_gamma import GammaGamma
from customers.value.histories import Histories
from customers.value.model import LtvModel, Unfitted, fit
from tests.unit.customers.value.cdnow import cdnow


def cdnow_histories() -> Histories:
    data = cdnow()
    return Histories(
        repeats=data.repeats,
        last_days=data.last_days,
        observed_days=data.observed_days,
        spent_fen=data.first_cents + data.repeat_cents,
    )


def some(histories: Histories, which: slice | NDArray[np.bool_]) -> Histories:
    return Histories(
        repeats=histories.repeats[which],
        last_days=histories.last_days[which],
        observed_days=histories.observed_days[which],
        spent_fen=histories.spent_fen[which],
    )


def test_both_models_are_fitted_in_days_and_fen() -> None:
    model = fit(cdnow_histories(), 1_700_000_000_000)
    assert isinstance(model, LtvModel)
    assert (model.buyers, model.repeating, model.fitted_ms) == (2357, 946, 1_700_000_000_000)
    assert model.purchases.alpha / 7 == pytest.approx(4.414, rel=0.01)
    assert [model.money.p, model.money.q, model.money.v] == pytest.approx([9.88, 3.40, 793], rel=0.01)


def test_the_order_of_buyers_changes_nothing() -> None:
    histories = cdnow_histories()
    model, turned = fit(histories, 1), fit(some(histories, slice(None, None, -1)), 1)
    assert isinstance(model, LtvModel)
    assert isinstance(turned, LtvModel)
    assert turned.to_json() == model.to_json()


def test_too_little_is_not_fitted() -> None:
    histories = cdnow_histories()
    once = histories.repeats == 0
    young = replace(
        histories,
        last_days=histories.last_days // 2,
        observed_days=np.minimum(histories.observed_days // 2, 179),
    )
    said = [
        fit(each, 1) for each in (Histories.of([]), some(histories, slice(199)), some(histories, once), young)
    ]
    assert said == [
        Unfitted(reason="付款顾客只有 0 位，满 200 位后开始估算顾客价值。"),
        Unfitted(reason="付款顾客只有 199 位，满 200 位后开始估算顾客价值。"),
        Unfitted(reason="复购顾客只有 0 位，满 50 位后开始估算顾客价值。"),
        Unfitted(reason="第一笔订单至今只有 136 天，满 180 天后开始估算顾客价值。"),
    ]


def test_what_cannot_be_trusted_is_not_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    histories = cdnow_histories()
    wild = GammaGamma(p=1.0, q=0.9, v=1.0)
    far = BgNbd(r=1.0, alpha=30.0, a=0.8, b=2.4)
    cases = {
        "复购模型没有收敛": (bgnbd, None),
        "复购模型与实际复购次数相差": (bgnbd, far),
        "客单价模型没有收敛": (gamma_gamma, None),
        "客单价差异过大": (gamma_gamma, wild),
    }
    for reason, (module, found) in cases.items():
        with monkeypatch.context() as patch:
            patch.setattr(module, "fit", lambda *_, found=found: found)
            said = fit(histories, 1)
        assert isinstance(said, Unfitted)
        assert said.reason.startswith(reason)


def test_customers_who_are_all_alike_give_no_nonsense() -> None:
    """Everybody buys the same every 30 days and nobody leaves: there is no spread to fit."""
    observed = np.arange(200, 500, dtype=np.int64)
    repeats = observed // 30
    alike = Histories(
        repeats=repeats, last_days=repeats * 30, observed_days=observed, spent_fen=(repeats + 1) * 5000
    )
    model = fit(alike, 1)
    assert isinstance(model, LtvModel)
    floats = observed.astype(np.float64)
    said = model.purchases.purchases(repeats, (repeats * 30).astype(np.float64), floats, 365)
    assert said == pytest.approx(np.full(300, 365 / 31), rel=0.1)
    assert model.money.average(repeats + 1, np.full(300, 5000.0)) == pytest.approx(
        np.full(300, 5000.0), rel=0.01
    )


def test_a_model_comes_back_from_json() -> None:
    model = LtvModel(
        purchases=BgNbd(r=0.1 + 0.2, alpha=30.9, a=0.793, b=2.426),
        money=GammaGamma(p=6.25, q=3.74, v=1544.0),
        fitted_ms=1_700_000_000_000,
        buyers=2357,
        repeating=946,
    )
    text = model.to_json()
    assert LtvModel.from_json(text) == model
    assert LtvModel.from_json(text).to_json() == text
    assert text.startswith('{"buyers":2357,"fitted_ms":1700000000000,"money":{"p":6.25,')
    with pytest.raises(KeyError):
        LtvModel.from_json("{}")
