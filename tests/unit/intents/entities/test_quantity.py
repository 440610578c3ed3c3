"""How many of what."""

import pytest

from intents.entities.quantity import quantities


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("两箱", ["2箱"]),
        ("3件", ["3件"]),
        ("一打", ["12个"]),
        ("两打鸡蛋", ["24个"]),
        ("半斤", ["0.5斤"]),
        ("一斤半", ["1.5斤"]),
        ("10斤装", ["10斤"]),
        ("二十个", ["20个"]),
        ("一百二十箱", ["120箱"]),
        ("买了2个送1个", ["2个", "1个"]),
        ("大米x2", ["2件"]),
        ("×3", ["3件"]),
        ("坏了俩", ["2个"]),
        ("那两包细的", ["2包"]),
        ("三盒月饼", ["3盒"]),
        ("两箱一模一样的", ["2箱"]),
        ("500ml", ["500ml"]),
        ("2.5kg", ["2.5kg"]),
        ("两块毛巾", ["2块"]),
        ("一单没发", ["1单"]),
        ("三份都不要", ["3份"]),
    ],
)
def test_quantities(text: str, told: list[str]) -> None:
    assert [str(one) for one in quantities(text)] == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一个月",
        "两个小时",
        "三个工作日",
        "一个人",
        "一下",
        "第二个",
        "这个",
        "几箱",
        "一个问题",
        "12号楼1单元",
        "一对一",
        "同一个客服",
        "三五个",
        "一个都没收到",
        "我们俩人",
        "A4纸",
        "max2",
    ],
)
def test_no_quantities(text: str) -> None:
    assert quantities(text) == ()
