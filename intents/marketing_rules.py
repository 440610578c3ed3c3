"""Whether a message asks for no more news of offers and activities, or for them again. Pure.

The latter only in so many words, since it is a consent.
"""

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

_NEWS = any_of(
    "广告",
    "营销",
    "推销",
    "推广",
    "促销",
    "骚扰",
    "优惠(?:信息|消息|通知|提醒)",
    "活动(?:消息|通知|推送|提醒|短信|信息)",
    "推送",
    "直播提醒",
    "开播(?:通知|提醒)",
    "群发",
    "上新(?:通知|提醒)",
)
_STOP = any_of(
    "(?<!能)(?<!分)别(?!的|人|家|处|样)",
    "不要",
    "不想",
    "不接收",
    "停止",
    "停掉",
    "取消",
    "关掉",
    "关闭",
    "关了",
    "屏蔽",
    "退订",
    "拒收",
    "请勿",
    "莫",
    "覅",
    "唔好",
    "不需要",
    "不看",
)
_AWAY = re.compile(
    any_of(
        f"{_STOP}[^,.;!?]{{0,10}}{_NEWS}",
        f"{_NEWS}[^,.;!?]{{0,8}}(?:别(?:再|给|发|推|老)|关掉|关了|停掉|退订|取消(?!了)|不要(?:再|给|发|推))",
        "^(?:我要|请|帮我|麻烦)?退订(?:短信|了)?$|^td$",
    )
)
_ASKS_HOW = re.compile("怎么|如何|咋|怎样|哪里|在哪|吗$|[?]|为什么|为啥|抽奖结果")


def wants_no_marketing(text: str) -> bool:
    """Whether a normalised text asks for no more of it: 别给我发广告了, 退订."""
    return bool(_AWAY.search(text)) and not _ASKS_HOW.search(text) and not wants_marketing_back(text)


def wants_marketing_back(text: str) -> bool:
    """Whether a normalised text says that, and nothing else: 恢复活动消息, 帮我重新订阅优惠通知."""
    return _BACK.fullmatch(words_only(text)) is not None
