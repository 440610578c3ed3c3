"""What a customer's comment is about, by the words in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

TOPICS: Mapping[str, tuple[str, ...]] = {
    "回复速度": (
        "回复慢",
        "回得慢",
        "太慢了",
        "等半天",
        "等了半天",
        "等很久",
        "等太久",
        "没人回",
        "没人理",
        "不回",
        "不理",
    ),
    "服务态度": (
        "态度",
        "耐心",
        "敷衍",
        "礼貌",
        "热情",
        "不耐烦",
        "凶",
        "甩锅",
        "推脱",
        "推来推去",
        "踢皮球",
    ),
    "问题没解决": (
        "没解决",
        "没有解决",
        "解决不了",
        "没用",
        "没结果",
        "没下文",
        "白问",
        "答非所问",
        "不知道",
    ),
    "物流": ("物流", "快递", "发货", "配送", "送货", "没收到", "没到", "到货", "驿站"),
    "质量": ("坏", "烂", "不新鲜", "变质", "发霉", "过期", "质量", "瑕疵", "假", "臭"),
    "包装": ("包装", "压坏", "压烂", "漏", "破损", "箱子", "碎了"),
    "口味": ("好吃", "难吃", "味道", "口感", "不甜", "很甜", "酸"),
    "价格": ("价格", "太贵", "好贵", "便宜", "降价", "涨价", "优惠", "划算", "差价"),
    "售后退款": ("退款", "退货", "换货", "赔", "补发", "售后"),
}
OTHER = "其他"


def topics_of(comment: str) -> tuple[str, ...]:
    """All that it speaks of, in the order of TOPICS; OTHER when nothing is recognised."""
    found = tuple(topic for topic, words in TOPICS.items() if any(word in comment for word in words))
    return found or (OTHER,)
