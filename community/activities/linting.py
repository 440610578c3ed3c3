"""What is wrong with an activity before anybody has seen it: the rule that it breaks, where, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from community.activities.definition import Activity, GroupBuy, Lottery
from community.activities.words import EXTERNAL_LINKS, SALES_PROMOTION, forbidden_in

MOST_PRIZE_FEN = 5_000_000
"""50,000 yuan: 反不正当竞争法 on 抽奖式有奖销售."""
UNFAIR_COMPETITION = "《反不正当竞争法》：抽奖式的有奖销售，最高奖不得超过五万元"
PUBLISHED_BEFORE = f"{SALES_PROMOTION}：有奖销售前要公布奖品、数量或者中奖概率、时间、兑奖办法、联系方式"
BASE_PRICE = f"{SALES_PROMOTION}：折价的基准不得高于促销前七日内的最低成交价"
SHORTEST_RULES = 15
SHARING = frozenset({"share", "invite", "分享", "转发", "邀请"})
"""What tickets may not be given for."""


class Weight(StrEnum):
    MUST = "must"
    """It may not go out like this."""
    SHOULD = "should"
    """A person has to look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``field``: where; ``said``: what is wrong and the cure, as its owner reads it; ``source``: who says so."""

    weight: Weight
    field: str
    said: str
    source: str


def lint(activity: GroupBuy | Lottery) -> list[Finding]:
    """What must not be comes first."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _of_all(activity),
        lambda: _of_group_buy(activity) if isinstance(activity, GroupBuy) else iter(()),
        lambda: _of_lottery(activity) if isinstance(activity, Lottery) else iter(()),
        lambda: _of_words(activity),
    )
    found = [finding for check in checks for finding in check()]
    return sorted(found, key=lambda finding: finding.weight is not Weight.MUST)


def _of_all(activity: Activity) -> Iterator[Finding]:
    if activity.ends_at is None:
        yield _must("ends_at", "没有结束时间，写上哪天几点结束", PUBLISHED_BEFORE)
    elif activity.ends_at <= activity.starts_at:
        yield _must("ends_at", "结束时间在开始之前", PUBLISHED_BEFORE)
    if len(activity.rules) < SHORTEST_RULES:
        yield _must(
            "rules", "规则没写清楚：谁能参加、怎么参加、怎么算成功", f"{SALES_PROMOTION}；{EXTERNAL_LINKS}"
        )
    if not activity.contact:
        yield _must("contact", "没有联系方式，顾客有问题找谁", PUBLISHED_BEFORE)


def _of_group_buy(activity: GroupBuy) -> Iterator[Finding]:
    if activity.lowest_price_7_days is None:
        yield _should("lowest_price_7_days", "填上前七天的最低成交价，才知道折扣算得对不对", BASE_PRICE)
    elif activity.price > activity.lowest_price_7_days:
        lowest = activity.lowest_price_7_days / 100
        yield _must("price", f"原价比前七天的最低价 {lowest:.2f} 元还高，折扣要从最低价算起", BASE_PRICE)
    if "退" not in activity.rules:
        yield _must("rules", "没说人数不够时怎么办：写上“没成团全额退款”", EXTERNAL_LINKS)
    if activity.stock < activity.tiers[0].size:
        yield _must("stock", "库存连最低一档的人数都不够", f"{SALES_PROMOTION}：不得虚构交易")
    if activity.ends_at is not None and activity.ends_at - activity.starts_at < timedelta(
        hours=activity.hours
    ):
        yield _should("hours", "活动比一个团的时间还短，后开的团可能凑不齐", "活动时间")


def _of_lottery(activity: Lottery) -> Iterator[Finding]:
    yield from _of_prizes(activity)
    yield from _of_times(activity)
    for place, what in enumerate(activity.tickets_for):
        if what in SHARING:
            yield _must(f"tickets_for.{place}", "不能因为分享或邀请多给号码", EXTERNAL_LINKS)


def _of_prizes(activity: Lottery) -> Iterator[Finding]:
    for place, prize in enumerate(activity.prizes):
        where = f"prizes.{place}"
        if prize.value > MOST_PRIZE_FEN:
            yield _must(f"{where}.value", f"“{prize.name}”超过五万元", UNFAIR_COMPETITION)
        if prize.number is None and prize.odds is None:
            yield _must(f"{where}.number", f"“{prize.name}”没有数量，也没有中奖概率", PUBLISHED_BEFORE)
        if prize.value == 0:
            yield _should(f"{where}.value", f"“{prize.name}”写上值多少钱", PUBLISHED_BEFORE)


def _of_times(activity: Lottery) -> Iterator[Finding]:
    if activity.draws_at is None:
        yield _must("draws_at", "没有开奖时间", PUBLISHED_BEFORE)
    elif activity.ends_at is not None and activity.draws_at < activity.ends_at:
        yield _must("draws_at", "开奖在活动结束之前", PUBLISHED_BEFORE)
    if activity.claim_until is None:
        yield _must("claim_until", "没有兑奖截止时间", PUBLISHED_BEFORE)
    elif activity.draws_at is not None and activity.claim_until <= activity.draws_at:
        yield _must("claim_until", "兑奖截止在开奖之前", PUBLISHED_BEFORE)


def _of_words(activity: Activity) -> Iterator[Finding]:
    texts = [("title", activity.title), ("rules", activity.rules)]
    texts += [(f"texts.{place}", text) for place, text in enumerate(activity.texts)]
    for field, text in texts:
        for found, forbidden in forbidden_in(text):
            yield _must(field, f"“{found}”：{forbidden.said}", forbidden.source)


def _must(field: str, said: str, source: str) -> Finding:
    return Finding(weight=Weight.MUST, field=field, said=said, source=source)


def _should(field: str, said: str, source: str) -> Finding:
    return Finding(weight=Weight.SHOULD, field=field, said=said, source=source)
