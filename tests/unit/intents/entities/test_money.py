"""Amounts, in fen."""

import pytest

from intents.entities.money import amounts, bare_amount


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("三百块", [30000]),
        ("59块9", [5990]),
        ("¥59.90", [5990]),
        ("¥1,299", [129900]),
        ("两百五", [25000]),
        ("一千二", [120000]),
        ("59.9", [5990]),
        ("12块8毛5", [1285]),
        ("12元8角", [1280]),
        ("一块五", [150]),
        ("三块二一斤", [320]),
        ("5毛", [50]),
        ("五毛钱", [50]),
        ("两块半", [250]),
        ("付了36块5", [3650]),
        ("一百二十块钱", [12000]),
        ("一块钱", [100]),
        ("才卖49", [4900]),
        ("满199减20", [19900, 2000]),
        ("满199", [19900]),
        ("一万二", [1200000]),
        ("1.5万元", [1500000]),
        ("三百块买的，现在一百五十元", [30000, 15000]),
        ("这张五十的券", [5000]),
        ("88的年卡", [8800]),
        ("买199现在169", [19900, 16900]),
        ("差的那三十块退款呢", [3000]),
    ],
)
def test_amounts(text: str, fen: list[int]) -> None:
    assert [money.fen for money in amounts(text)] == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一块买更便宜",
        "我们一块儿拼",
        "两块毛巾",
        "三块肥皂",
        "几十块",
        "三千积分",
        "积分到一万了吗",
        "买了2个",
        "第100名",
        "11月3号",
        "服务一百分",
        "脚42.5",
        "退一下差价",
        "只退了一半",
        "还差两人",
        "差两三天",
        "99999999999块",
    ],
)
def test_no_amounts(text: str) -> None:
    assert amounts(text) == ()


def test_where_it_stands() -> None:
    (money,) = amounts("我付了36块5呢")
    assert "我付了36块5呢"[money.start : money.end] == "36块5"


@pytest.mark.parametrize(
    ("text", "fen"), [("59", 5900), ("三百", 30000), ("59块9", 5990), ("不知道", None), ("0", None)]
)
def test_known_to_be_an_amount(text: str, fen: int | None) -> None:
    assert bare_amount(text) == fen
