"""What has the form of a question."""

import pytest

from intents.questions import asks_something


@pytest.mark.parametrize(
    "text",
    [
        "运费谁出",
        "能不能便宜点",
        "多久到账",
        "可以只退款吗",
        "几点发货",
        "这个呢",
        "啥时候到",
        "包邮？",
        "怎么退",
        "是否含税",
    ],
)
def test_questions(text: str) -> None:
    assert asks_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "苹果坏了两个",
        "不喜欢",
        "浙江省杭州市西湖区文三路 1 号",
        "确认提交",
        "算了",
        "几乎全坏了",
        "好的呢，谢谢",
    ],
)
def test_statements(text: str) -> None:
    assert not asks_something(text)
