"""Where one wish ends and another begins."""

import pytest

from intents.wishes import two_wishes


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我要退货，另外帮我开个发票", ("我要退货", "帮我开个发票")),
        ("帮我查下快递 还有我的退款到了没", ("帮我查下快递", "我的退款到了没")),
        ("取消订单。顺便看看我多少积分", ("取消订单", "看看我多少积分")),
        ("地址改一下，再帮我催下发货", ("地址改一下", "催下发货")),
        ("我要换货；对了，发票也要开", ("我要换货", "发票也要开")),
        ("还有货吗", None),
        ("另外帮我开个发票", None),
        ("我要退货，另外", None),
        ("我要退货", None),
        ("那然后呢", None),
        ("优惠券还有几张", None),
    ],
)
def test_two_wishes(text: str, parts: tuple[str, str] | None) -> None:
    assert two_wishes(text) == parts
