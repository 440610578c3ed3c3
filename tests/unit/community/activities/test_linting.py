"""Each rule finds what breaks it, names it, and leaves alone what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from community.activities.definition import read_activity
from community.activities.linting import Weight, lint
from tests.unit.community.activities.activities import group_buy, lottery

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"


@pytest.mark.parametrize("name", ["group-buy.yml", "lottery.yml"])
def test_nothing_is_found_in_the_examples(name: str) -> None:
    assert lint(read_activity((EXAMPLES / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("changed", "field", "source"),
    [
        ({"prizes": [{"name": "车", "value": 50000.01, "number": 1}]}, "prizes.0.value", "反不正当竞争法"),
        ({"prizes": [{"name": "券", "value": 10}]}, "prizes.0.number", "规范促销"),
        ({"ends_at": None}, "ends_at", "规范促销"),
        ({"ends_at": "2026-11-20 10:00"}, "ends_at", "规范促销"),
        ({"contact": None}, "contact", "规范促销"),
        ({"rules": "人人有份"}, "rules", "规范促销"),
        ({"draws_at": None}, "draws_at", "规范促销"),
        ({"draws_at": "2026-11-24 19:00"}, "draws_at", "规范促销"),
        ({"claim_until": None}, "claim_until", "规范促销"),
        ({"claim_until": "2026-11-24 20:30"}, "claim_until", "规范促销"),
        ({"tickets_for": ["order", "share"]}, "tickets_for.1", "微信外部链接"),
    ],
)
def test_a_lottery_that_breaks_a_rule(changed: dict[str, Any], field: str, source: str) -> None:
    found = [each for each in lint(lottery(**changed)) if each.field == field]
    assert [each.weight for each in found] == [Weight.MUST]
    assert source in found[0].source


@pytest.mark.parametrize(
    ("changed", "field", "weight"),
    [
        ({"price": "109.90"}, "price", Weight.MUST),
        ({"lowest_price_7_days": None}, "lowest_price_7_days", Weight.SHOULD),
        ({"rules": "满 3 人成团，每人限购一份，成团后发货。"}, "rules", Weight.MUST),
        ({"stock": 2}, "stock", Weight.MUST),
        ({"hours": 100}, "hours", Weight.SHOULD),
    ],
)
def test_a_group_buy_that_breaks_a_rule(changed: dict[str, Any], field: str, weight: Weight) -> None:
    assert [(each.field, each.weight) for each in lint(group_buy(**changed))] == [(field, weight)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全网最低价的车厘子", "全网最"),
        ("分享给好友，多一次抽奖机会", "分享给好友，多一次抽奖机会"),
        ("邀请 3 位好友增加中奖概率", "邀请 3 位好友增加中奖概率"),
        ("转发到朋友圈即可领红包", "转发到朋友圈即可领红包"),
        ("快来砍一刀", "砍一刀"),
        ("集满 20 个赞送一份", "集满 20 个赞"),
        ("人数不够系统自动凑满", "系统自动凑满"),
        ("本店拥有最终解释权", "最终解释权"),
    ],
)
def test_words_that_may_not_be_there(text: str, found: str) -> None:
    findings = [each for each in lint(group_buy(texts=[text])) if each.field == "texts.0"]
    assert [each.said.split("”")[0].removeprefix("“") for each in findings] == [found]


@pytest.mark.parametrize(
    "text",
    [
        "最好提前一天下单，当天现摘",
        "丰收节助力农户，产地直发",
        "分享车厘子的三种吃法",
        "第一批到货，第二天就能收到",
        "3 人成团 9 折，人越多越划算",
        "中奖名单今晚公布，人人可验",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert lint(group_buy(texts=[text])) == []


def test_what_must_not_be_comes_first() -> None:
    weights = [each.weight for each in lint(group_buy(lowest_price_7_days=None, contact=None))]
    assert weights == [Weight.MUST, Weight.SHOULD]
