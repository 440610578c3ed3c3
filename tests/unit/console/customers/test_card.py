"""The card, its tags, figures beside aims, and what is kept for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from console.customers.card import Card, Gathered, Standing, card_of
from console.customers.conflicts import against
from console.customers.figures import Counted, rows_of
from console.customers.kept import TIMES_LONGER, Kept
from console.customers.naming import called
from console.customers.segments_screen import thresholds_of
from console.customers.tagging import problem_of, tag_of
from console.customers.talking import possible_ids
from customers.identity.identifier import IdentifierKind
from customers.identity.known_as import KnownAs, Name
from customers.profile.by_hand import TagChange, held
from customers.profile.profile import Behaviour, Profile, Segment
from customers.settings import SegmentSettings
from tests.unit.customers.profiles import profile_of

SINCE = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)


def name(number: int, kind: IdentifierKind, value: str) -> Name:
    return Name(identity_id=number, kind=kind, value=value, since=SINCE)


OPENID = name(7, IdentifierKind.OPENID, "gh_shop:oABCDEFGHIJ")
PHONE = name(9, IdentifierKind.PHONE, "13800138000")
CORP = name(11, IdentifierKind.EXTERNAL_USERID, "wmABCDEFGH")


def change(tag: str, *, given: bool, by: str, at_ms: int) -> TagChange:
    return TagChange(tag=tag, given=given, by=by, reason="", at_ms=at_ms)


def card(profile: Profile | None, *changes: TagChange, standing: Standing | None = None) -> Card:
    return card_of(
        Gathered(
            known=KnownAs(customer_id=7, names=(OPENID, PHONE), links=()),
            profile=profile,
            changes=changes,
            from_wecom=(),
            standing=standing,
            happened=(),
            consents=(),
            talks=(),
            open_conflicts=0,
        )
    )


def test_segments_come_with_their_reasons_and_are_no_tags_again() -> None:
    shown = card(profile_of(Segment.HIGH_VALUE, Segment.SPREADER, tags=("高净值", "爱分享")))
    assert [(line.title, line.reason) for line in shown.segments] == [
        ("高净值", "高净值的理由"),
        ("社交传播节点", ""),
    ]
    assert [tag.name for tag in shown.tags.by_rules] == ["爱分享"]
    assert card(profile_of()).segments[0].reason == "还没到哪个特别的人群"


def test_the_best_name_comes_first_and_every_one_is_masked() -> None:
    assert [each.masked for each in card(None).names] == ["138••••8000", "oA••••IJ"]
    assert not card(None).judged
    assert called([OPENID]) == "公众号 / 小程序 oA••••IJ"
    assert called([name(9, IdentifierKind.PHONE, "")]) == "手机号 ••••"
    assert called([]) == ""


def test_what_is_not_known_is_left_out_of_the_dimensions() -> None:
    done = Behaviour(
        orders=2, spent_fen=30_000, average_order_fen=15_000, preferences=("茶叶",), first_paid=SINCE
    )
    shown = card(replace(profile_of(), behaviour=done))
    assert [dimension.lines for dimension in shown.dimensions] == [
        (),
        (("爱看爱买", "茶叶"), ("第一次买", "2026-11-03")),
        (("身份", "普通顾客"), ("主动分享", "还没有")),
    ]
    assert [figure.value for figure in shown.figures] == ["¥300", "2 单", "¥150", "0 次"]
    assert (shown.cell, shown.worth) == (None, None)
    assert card(replace(profile_of(), rfm="543")).cell == ("543", "一般价值客户")


def test_the_standing_of_an_average_order() -> None:
    places = {(1, 1): 0, (1, 200): 99, (100, 200): 50}
    words = {place: Standing(place=place[0], buyers=place[1]).words for place in places}
    assert words == {
        (1, 1): "低于一半的买家",
        (1, 200): "高过 99% 的买家",
        (100, 200): "高过 50% 的买家",
    }


def test_the_last_word_of_people_on_a_tag_counts() -> None:
    changes = (
        change("茶友", given=False, by="lan", at_ms=5),
        change("老友", given=False, by="", at_ms=4),
        change("老友", given=True, by="mei", at_ms=3),
        change("茶友", given=True, by="lan", at_ms=2),
    )
    assert [(each.tag, each.by) for each in held(changes)] == [("老友", "mei")]


def test_what_may_be_a_tag_by_hand() -> None:
    assert tag_of("  老 \t 朋友 ") == "老 朋友"
    problems = {
        tag: problem_of(tag, of_rules=("沉睡",))
        for tag in ("老朋友", "", "长" * 31, "a\u200bb", "沉睡", "高净值")
    }
    assert problems.pop("老朋友") == ""
    assert all(problems.values())


def test_conversations_are_looked_for_under_every_name() -> None:
    assert possible_ids((OPENID, PHONE, CORP), ("wk1", "wk2")) == [
        "official:gh_shop:oABCDEFGHIJ",
        "kefu:wk1:wmABCDEFGH",
        "kefu:wk2:wmABCDEFGH",
    ]


def test_what_speaks_against_a_link() -> None:
    mine = (name(1, IdentifierKind.MALL_ID, "M1"), OPENID, PHONE)
    other = (name(2, IdentifierKind.MALL_ID, "M2"), name(3, IdentifierKind.PHONE, "13900139000"))
    assert against(mine, other) == ("商城会员",)
    assert against(mine, (name(4, IdentifierKind.OPENID, "gh_other:o1"),)) == ()
    assert against(mine, (name(4, IdentifierKind.OPENID, "gh_shop:o1"),)) == ("公众号 / 小程序",)


def test_segments_are_added_up_as_the_shops_table_has_them() -> None:
    counted = {
        Segment.HIGH_VALUE: Counted(customers=1, month_fen=500_000, shares=2),
        Segment.SPREADER: Counted(customers=1, month_fen=10_000, shares=4),
        Segment.ORDINARY: Counted(customers=2, month_fen=20_000),
    }
    rows = [(row.share, row.month_fen, row.shared) for row in rows_of(counted)]
    assert rows == [(0.25, 500_000, 2.0), (0.0, None, None), (0.75, 10_000, 4 / 3)]
    assert [row.share for row in rows_of({})] == [0.0, 0.0, 0.0]


def test_thresholds_are_those_of_the_settings() -> None:
    settings = SegmentSettings(window_days=180, repeat_orders=5, top_share=0.1, viewed_seconds=60)
    high = "".join(thresholds_of(Segment.HIGH_VALUE, settings, 26_266))
    assert all(word in high for word in ("180 天", "5 次", "前 10%", "¥263"))
    assert "60 秒" in "".join(thresholds_of(Segment.POTENTIAL, settings, None))
    assert "现在是" not in "".join(thresholds_of(Segment.HIGH_VALUE, settings, None))


async def test_figures_are_kept_longer_than_it_took_to_find_them() -> None:
    now, found = [100.0], [0]

    async def find() -> int:
        now[0] += 2
        found[0] += 1
        return found[0]

    kept = Kept(find, clock=lambda: now[0])
    assert [await kept.get(), await kept.get()] == [1, 1]
    now[0] += 2 * TIMES_LONGER
    assert await kept.get() == 2
    kept.forget()
    assert await kept.get() == 3
