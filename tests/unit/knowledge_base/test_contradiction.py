"""Negation."""

from __future__ import annotations

import pytest

from knowledge_base.contradiction import negation_differs


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("优惠券能用", "优惠券不能用", True),
        ("没收到货", "收到货了", True),
        ("能不能退货", "可以退货吗", False),
        ("有没有发票", "发票怎么开", False),
        ("不能退", "为什么不能退货", False),
        ("不好意思想退货", "想退货", False),
        ("7天无理由", "7天退货", False),
        ("非会员能买吗", "会员能买吗", True),
        ("非常满意", "满意", False),
        ("优惠券用不了", "优惠券怎么用", True),
        ("优惠券不能用于什么", "优惠券可以用于什么", True),
        ("没拆封能退吗", "拆封了能退吗", True),
        ("花呗能用不", "能用花呗吗", False),
        ("能用不 花呗", "能用花呗吗", False),
        ("到货没有啊", "什么时候到货", False),
        ("发不发货", "什么时候发货", False),
        ("不想要了能退吗", "能退吗", False),
        ("送老婆别放价格单", "里面会有价格单吗", False),
        ("不给我退款 给我拒了", "为什么不给我退款", False),
        ("不了", "好了", False),
    ],
)
def test_negation(one: str, other: str, *, differs: bool) -> None:
    assert negation_differs(one, other) is differs
    assert negation_differs(other, one) is differs
