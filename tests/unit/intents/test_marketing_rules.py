"""A consent is given in so many words, or not at all."""

import pytest

from intents.marketing_rules import wants_marketing_back
from intents.wording import normalise


@pytest.mark.parametrize(
    "text",
    [
        "恢复活动消息",
        "“恢复活动消息”",
        "恢复活动消息吧，谢谢",
        "帮我恢复一下优惠通知",
        "重新订阅活动推送",
        "我想再收活动消息",
        "打开直播提醒",
        "还是再发活动消息给我吧",
    ],
)
def test_asked_for_again(text: str) -> None:
    assert wants_marketing_back(normalise(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "不要恢复活动消息",
        "别再发活动消息",
        "怎么又收到活动消息",
        "取消活动消息",
        "我没让你们打开活动推送",
        "恢复活动消息怎么弄",
        "恢复订单",
        "你们再发活动消息我就投诉",
        "活动消息",
        "收到活动消息了",
    ],
)
def test_not_asked_for(text: str) -> None:
    assert not wants_marketing_back(normalise(text))
