"""The card of a customer: what people of the shop are shown of them, on a page of its own or beside a conversation.

``read_card`` makes it; ``customers/_card.html`` shows it (docs/customer-pages.md tells how to include it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.customers.naming import ShownName, best_first, shown_name
from console.customers.talking import ConsentLine, TalkLine
from console.customers.telling import HappenedLine, came_by, duration, whole_yuan
from console.customers.words import SEGMENT_COLOURS, SEGMENT_MEANINGS, SPENDING
from console.customers.worth import Worth, worth_of
from console.web.rendering import CHINA
from customers.identity.known_as import KnownAs
from customers.profile.by_hand import TagChange, held
from customers.profile.names import ROLES, SEGMENTS
from customers.profile.profile import Profile, Segment
from customers.value.rfm import name_of
from customers.wecom_tags.store import PeoplesTag

_NO_REASON: Mapping[Segment, str] = {Segment.ORDINARY: "还没到哪个特别的人群"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLine:
    """``reason``: why they are in it, as a person can check it."""

    title: str
    colour: str
    meaning: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One of the three of a profile: pairs of what and how."""

    title: str
    icon: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Among all who bought, by average order value: ``place`` counts from 1."""

    place: int
    buyers: int

    @property
    def words(self) -> str:
        """高过 97% 的买家; nobody is told that they are among the lower half, or above 100 %."""
        percent = 100 * (self.buyers - self.place) // self.buyers
        return f"高过 {percent}% 的买家" if percent >= 50 else "低于一半的买家"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLine:
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """``by_rules`` without those of segments. ``by_hand``: given here by people; ``from_wecom``: given there.

    ``history``: the newest first.
    """

    by_rules: tuple[TagLine, ...]
    by_hand: tuple[TagChange, ...]
    from_wecom: tuple[PeoplesTag, ...]
    history: tuple[TagChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """``judged``: whether there is a profile; without one most of the card is empty. ``cell``: scores and name of the
    RFM cell. ``open_conflicts``: how many links wait for a person.
    """

    customer_id: int
    judged: bool
    names: tuple[ShownName, ...]
    segments: tuple[SegmentLine, ...]
    figures: tuple[Figure, ...]
    dimensions: tuple[Dimension, ...]
    cell: tuple[str, str] | None
    worth: Worth | None
    standing: Standing | None
    tags: Tags
    happened: tuple[HappenedLine, ...]
    consents: tuple[ConsentLine, ...]
    talks: tuple[TalkLine, ...]
    open_conflicts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What a card is made of."""

    known: KnownAs
    profile: Profile | None
    changes: tuple[TagChange, ...]
    from_wecom: tuple[PeoplesTag, ...]
    standing: Standing | None
    happened: tuple[HappenedLine, ...]
    consents: tuple[ConsentLine, ...]
    talks: tuple[TalkLine, ...]
    open_conflicts: int


def card_of(found: Gathered) -> Card:
    profile = found.profile
    return Card(
        customer_id=found.known.customer_id,
        judged=profile is not None,
        names=tuple(map(shown_name, best_first(found.known.names))),
        segments=() if profile is None else tuple(segment_lines(profile)),
        figures=() if profile is None else figures_of(profile),
        dimensions=() if profile is None else dimensions_of(profile),
        cell=None if profile is None or not profile.rfm else (profile.rfm, name_of(profile.rfm)),
        worth=None if profile is None or profile.expected is None else worth_of(profile.expected),
        standing=found.standing,
        tags=tags_of(profile, found),
        happened=found.happened,
        consents=found.consents,
        talks=found.talks,
        open_conflicts=found.open_conflicts,
    )


def tags_of(profile: Profile | None, found: Gathered) -> Tags:
    by_rules = () if profile is None else profile.tags
    of_segments = set(SEGMENTS.values())
    return Tags(
        by_rules=tuple(
            TagLine(name=tag.name, reason=tag.reason) for tag in by_rules if tag.name not in of_segments
        ),
        by_hand=held(found.changes),
        from_wecom=found.from_wecom,
        history=found.changes,
    )


def segment_lines(profile: Profile) -> list[SegmentLine]:
    """In routing order: the first decides."""
    reasons = {tag.name: tag.reason for tag in profile.tags}
    return [
        SegmentLine(
            title=SEGMENTS[segment],
            colour=SEGMENT_COLOURS[segment],
            meaning=SEGMENT_MEANINGS[segment],
            reason=reasons.get(SEGMENTS[segment]) or _NO_REASON.get(segment, ""),
        )
        for segment in profile.segments
    ]


def figures_of(profile: Profile) -> tuple[Figure, ...]:
    done = profile.behaviour
    average = "—" if done.average_order_fen is None else whole_yuan(done.average_order_fen)
    refunds = f"退款 {done.refunds} 单" if done.refunds else ""
    return (
        Figure(
            label="一年消费", value=whole_yuan(done.spent_fen), note=f"近 30 天 {whole_yuan(done.month_fen)}"
        ),
        Figure(label="订单", value=f"{done.orders} 单", note=refunds),
        Figure(label="客单价", value=average),
        Figure(label="主动分享", value=f"{done.shares} 次"),
    )


def dimensions_of(profile: Profile) -> tuple[Dimension, ...]:
    base, done = profile.base, profile.behaviour
    came = "" if profile.came_by is None else came_by(profile.came_by)
    return (
        _dimension(
            "基本",
            "user",
            ("地区", base.region),
            ("年龄段", base.age_band),
            ("消费力", SPENDING.get(base.spending, "")),
            ("从哪里来", came),
        ),
        _dimension(
            "行为",
            "chart-bar",
            ("爱看爱买", "、".join(done.preferences)),
            ("购物车", "有东西，还没付款" if done.in_cart else ""),
            (
                "优惠券",
                f"领 {done.coupons_taken} 张，用 {done.coupons_used} 张" if done.coupons_taken else "",
            ),
            ("浏览", duration(done.viewed_seconds) if done.viewed_seconds else ""),
            ("第一次买", _day(done.first_paid) if done.first_paid else ""),
            ("最近一次买", _day(done.last_paid) if done.last_paid else ""),
        ),
        _dimension(
            "社交价值",
            "share",
            ("身份", ROLES[profile.role]),
            ("主动分享", f"{done.shares} 次" if done.shares else "还没有"),
        ),
    )


def _dimension(title: str, icon: str, *lines: tuple[str, str]) -> Dimension:
    return Dimension(title=title, icon=icon, lines=tuple((what, how) for what, how in lines if how))


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d}"
