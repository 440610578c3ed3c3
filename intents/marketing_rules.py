"""Whether a message asks for news of offers and activities again: in so many words, since it is a consent. Pure."""

from __future__ import annotations

import re

from intents.patterns import any_of
from intents.wording import words_only

_BACK = re.compile(
    any_of("请", "麻烦", "帮我", "给我", "我想", "我要", "想", "可以", "还是", "我")
    + "*"
    + any_of("恢复", "重新(开启|打开|订阅|接收|收|发)", "再(收|发)", "收", "打开|开启|订阅")
    + any_of("接收", "发送", "推送", "给我", "你们的?", "店里的?", "一下", "所有的?", "那些")
    + "*"
    + any_of("活动", "优惠", "上新", "直播", "营销", "推送", "促销")
    + "+"
    + any_of("消息", "通知", "提醒", "推送", "信息")
    + "?"
    + any_of("给我", "吧", "了", "啊", "呀", "哦", "哈", "谢谢", "好吗")
    + "*"
)


def wants_marketing_back(text: str) -> bool:
    """Whether a normalised text says that, and nothing else: 恢复活动消息, 帮我重新订阅优惠通知."""
    return _BACK.fullmatch(words_only(text)) is not None
