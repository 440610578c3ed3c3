"""Tags by rules: which a customer has, and why, in words that a person can check. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations.errors import ConfigError
from customers.events.event import Role
from customers.profile.facts import Facts
from customers.profile.names import ROLES, SEGMENTS, yuan
from customers.profile.profile import Segment, Tag
from customers.settings import Condition, SegmentSettings, TagRule

_GREATEST = "max_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``said``: how a person reads the value, with what it is of."""

    read: Callable[[Facts], Any]
    said: Callable[[Any], str]


FACTS: Mapping[str, Fact] = {
    "orders": Fact(read=lambda facts: facts.orders, said="下单 {} 次".format),
    "repeats": Fact(read=lambda facts: facts.repeats, said="复购 {} 次".format),
    "spent_yuan": Fact(read=lambda facts: facts.spent_fen / 100, said=lambda value: f"消费 ¥{value:.0f}"),
    "average_order_yuan": Fact(
        read=lambda facts: None if facts.average_order_fen is None else facts.average_order_fen / 100,
        said=lambda value: f"客单价 ¥{value:.0f}",
    ),
    "refunds": Fact(read=lambda facts: facts.refunds, said="退款 {} 单".format),
    "shares": Fact(read=lambda facts: facts.shares, said="主动分享 {} 次".format),
    "coupons_taken": Fact(read=lambda facts: facts.coupons_taken, said="领券 {} 张".format),
    "coupons_used": Fact(read=lambda facts: facts.coupons_used, said="用券 {} 张".format),
    "group_buys": Fact(read=lambda facts: facts.group_buys, said="参团 {} 次".format),
    "live_visits": Fact(read=lambda facts: facts.live_visits, said="看直播 {} 次".format),
    "store_visits": Fact(read=lambda facts: facts.store_visits, said="到店 {} 次".format),
    "viewed_seconds": Fact(read=lambda facts: facts.viewed_seconds, said="浏览 {} 秒".format),
    "quiet_days": Fact(read=lambda facts: facts.quiet_days, said="{} 天没有下单".format),
    "in_cart": Fact(
        read=lambda facts: facts.in_cart, said=lambda value: "加购后还没付款" if value else "购物车已清空"
    ),
    "preference": Fact(read=lambda facts: facts.preferences, said=lambda value: f"常看{'、'.join(value)}"),
    "region": Fact(read=lambda facts: facts.region, said="地区：{}".format),
    "age_band": Fact(read=lambda facts: facts.age_band, said="年龄段：{}".format),
    "role": Fact(read=lambda facts: facts.role.value, said=lambda value: f"身份是{ROLES[Role(value)]}"),
}
"""What rules can ask for, by the name that config.yml uses."""

BUILT_IN: Sequence[TagRule] = (
    TagRule(tag="爱分享", when={"shares": 3}),
    TagRule(tag="爱用券", when={"coupons_used": 3}),
    TagRule(tag="团购常客", when={"group_buys": 3}),
    TagRule(tag="直播常客", when={"live_visits": 3}),
    TagRule(tag="到店顾客", when={"store_visits": 1}),
    TagRule(tag="沉睡", when={"orders": 1, "quiet_days": 90}),
)
"""Given by themselves. A rule of the shop's own with the same name takes the place of one."""


def checked(rules: Sequence[TagRule]) -> tuple[TagRule, ...]:
    """The shop's rules and the built-in ones that it does not replace. Raises ConfigError for one that cannot be."""
    for place, rule in enumerate(rules):
        for name, bound in rule.when.items():
            _check(f"customers.tags.{place}.when.{name}", name, bound)
    own = {rule.tag for rule in rules}
    return (*(rule for rule in BUILT_IN if rule.tag not in own), *rules)


def tags_of(
    facts: Facts, segments: Sequence[Segment], rules: Sequence[TagRule], settings: SegmentSettings
) -> tuple[Tag, ...]:
    """Segments come first; an ordinary customer has no tag for being one."""
    by_segment = [
        Tag(name=SEGMENTS[segment], reason=_why(segment, facts, settings))
        for segment in segments
        if segment is not Segment.ORDINARY
    ]
    return (*by_segment, *(tag for rule in rules if (tag := _by_rule(rule, facts)) is not None))


def _by_rule(rule: TagRule, facts: Facts) -> Tag | None:
    reasons = []
    for name, bound in rule.when.items():
        fact = FACTS[name.removeprefix(_GREATEST)]
        value = fact.read(facts)
        if value is None or not _holds(value, bound, greatest=name.startswith(_GREATEST)):
            return None
        reasons.append(fact.said(value))
    return Tag(name=rule.tag, reason="，".join(reasons))


def _holds(value: Any, bound: Condition, *, greatest: bool) -> bool:
    if isinstance(bound, bool):
        return bool(value) is bound
    if isinstance(bound, int | float):
        return bool(value <= bound if greatest else value >= bound)
    wanted = {bound} if isinstance(bound, str) else set(bound)
    return not wanted.isdisjoint(value if isinstance(value, tuple) else {value})


def _why(segment: Segment, facts: Facts, settings: SegmentSettings) -> str:
    match segment:
        case Segment.HIGH_VALUE:
            average = f"客单价 {yuan(facts.average_order_fen or 0)}（前 {settings.top_share:.0%}）"
            return f"复购 {facts.repeats} 次，{average}，主动分享 {facts.shares} 次"
        case Segment.POTENTIAL:
            return f"加购后还没付款，浏览 {facts.viewed_since_paid_seconds} 秒，领券 {facts.coupons_taken} 张"
        case Segment.SPREADER:
            return f"身份是{ROLES[facts.role]}"
        case Segment.ORDINARY:
            return ""


_NUMBERS = frozenset(FACTS) - {"in_cart", "preference", "region", "age_band", "role"}


def _check(setting: str, name: str, bound: Condition) -> None:
    plain = name.removeprefix(_GREATEST)
    if plain not in FACTS or (plain != name and plain not in _NUMBERS):
        raise ConfigError(setting, "is no fact that rules can ask for", f"Use one of {', '.join(FACTS)}")
    if plain == "in_cart":
        fits, wanted = isinstance(bound, bool), "true or false"
    elif plain in _NUMBERS:
        fits, wanted = isinstance(bound, int | float) and not isinstance(bound, bool), "a number"
    else:
        fits, wanted = isinstance(bound, str | tuple), "a text, or a list of them"
    if not fits:
        raise ConfigError(setting, f"is {bound!r}", f"Write {wanted}")
    names = {bound} if isinstance(bound, str) else set(bound) if isinstance(bound, tuple) else set()
    if plain == "role" and not names <= _ROLE_NAMES:
        raise ConfigError(setting, f"is {bound!r}", f"Use one of {', '.join(sorted(_ROLE_NAMES))}")


_ROLE_NAMES = frozenset(role.value for role in Role)
