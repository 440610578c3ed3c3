"""Words that say what an activity may not say, with what forbids them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ADVERTISING_LAW = "《广告法》第九条：不得使用“国家级”“最高级”“最佳”等用语"
EXTERNAL_LINKS = "《微信外部链接内容管理规范》（2019-10-28）：不得用利益引导分享，不得助力、砍价、集赞"
SALES_PROMOTION = "《规范促销行为暂行规定》（市场监管总局令第 32 号）"
LAST_WORD = "《侵害消费者权益行为处罚办法》：不得规定自己单方享有解释权或者最终解释权"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """``pattern``: what it looks like; ``unless``: what only looks like it."""

    pattern: re.Pattern[str]
    said: str
    source: str
    unless: re.Pattern[str] | None = None


FORBIDDEN = (
    Forbidden(
        re.compile(
            r"国家级|世界级|最高级|最佳|最好|最优|最低价|最便宜|顶级|极品|第一品牌|销量第一|全网第一|全网最|史上最|绝无仅有|独一无二|100%有效|万能"
        ),
        "绝对化的说法，换成事实",
        ADVERTISING_LAW,
        re.compile(r"最好(?:是|在|提前|先|还是|不要|别|能)"),
    ),
    Forbidden(
        re.compile(
            r"(?:分享|转发|邀请|拉)[^。；\n]{0,14}(?:多|增加|加|提高|翻倍)[^。；\n]{0,6}(?:抽奖|中奖|机会|次数|概率|号码)"
        ),
        "分享不能换来更多机会",
        EXTERNAL_LINKS,
    ),
    Forbidden(
        re.compile(
            r"(?:分享|转发)[^。；\n]{0,10}(?:即可|就能|才能|可|得|领|送|返)[^。；\n]{0,8}(?:红包|优惠券|券|奖|积分|现金|礼)"
        ),
        "不能用好处换分享",
        EXTERNAL_LINKS,
    ),
    Forbidden(
        re.compile(
            r"助力|砍价|砍一刀|帮我砍|帮砍|集赞|点赞满|集满?\s*\d+\s*个?赞|帮我加速|好友加速|集卡|集福|集碎片"
        ),
        "助力、砍价、集赞一类的玩法微信不允许",
        EXTERNAL_LINKS,
        re.compile(r"助力(?:农|乡村|春耕|丰收|企业)"),
    ),
    Forbidden(
        re.compile(r"虚拟成团|自动成团|机器人(?:凑|成)团|(?:系统|后台)(?:自动)?(?:补|凑)(?:满|齐|足)"),
        "不能用假的成员凑团",
        f"{SALES_PROMOTION}：不得虚构交易",
    ),
    Forbidden(
        re.compile(r"最终解释权|解释权归"),
        "这句话没有效力，还会被罚，删掉即可",
        LAST_WORD,
    ),
)


def forbidden_in(text: str) -> Iterator[tuple[str, Forbidden]]:
    """What was found, and why it may not be there."""
    for each in FORBIDDEN:
        for found in each.pattern.finditer(text):
            if each.unless is None or each.unless.match(text, found.start()) is None:
                yield found[0], each
