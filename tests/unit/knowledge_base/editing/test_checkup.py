"""What a checkup finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge_base.editing.asking import index_of
from knowledge_base.editing.checkup import (
    NEAR,
    BrokenAnswer,
    Checkup,
    ContradictingAnswers,
    NotServed,
    Opposite,
    PhrasingConflict,
    SameAnswer,
    check_up,
    contradicting_answers,
)
from knowledge_base.editing.likeness import Likeness, Phrasing, likenesses
from knowledge_base.entry import Entry, EntryId, in_order
from knowledge_base.serving import Unserved
from tests.unit.knowledge_base.shop import SHOP, entry
from tests.unit.knowledge_base.word_embedder import WordEmbedder

TODAY = date(2026, 11, 22)
A, B = EntryId("a"), EntryId("b")


def checked(*more: Entry, near: float = NEAR) -> Checkup:
    with index_of((*SHOP, *more), WordEmbedder()) as index:
        return check_up(index, today=TODAY, near=near)


def test_a_sound_knowledge_base_has_nothing_to_look_at() -> None:
    assert checked() == Checkup(
        conflicts=(),
        near_duplicates=(),
        same_answers=(),
        contradictions=(),
        not_served=(),
        broken_answers=(),
    )


def test_phrasings_of_several_entries() -> None:
    found = checked(entry("exchange", "怎么换货", "你好，我要退货啊"))
    assert found.conflicts == (
        PhrasingConflict(text="我要退货", entry_ids=(SHOP[0].id, EntryId("exchange"))),
    )
    assert not [each for each in found.near_duplicates if each.other.text == "我要退货"]


def test_near_phrasings_are_found_once_for_two_entries_with_their_figures() -> None:
    late = entry("late", "门店周末营业到几点", "门店几点关门呢今天")
    (pair,) = checked(late).near_duplicates
    assert {pair.one.entry_id, pair.other.entry_id} == {"hours", "late"}
    assert pair.taken == 4
    # Two phrasings each, all of them taken, and three more that might not be.
    assert 0.19 <= pair.share <= 2 * pair.dense / 5
    assert 0 < pair.wording <= 1
    assert checked(late, near=pair.share + 0.01).near_duplicates == ()


def test_one_phrasing_in_common_makes_no_duplicate() -> None:
    several = entry(
        "several", "门店营业到晚上几点", "停车位多不多", "附近有地铁吗", "能不能带狗进去", "儿童车放得下吗"
    )
    assert checked(several).near_duplicates == ()


def test_one_answer_under_several_entries() -> None:
    answer = "在订单里点申请售后就可以。"
    found = checked(
        entry("x", "第一个", answer=answer),
        entry("y", "另外的", answer=answer + "呀"),
        entry("z", "短", answer="可以"),
    )
    assert found.same_answers == (SameAnswer(answer=answer, entry_ids=(EntryId("x"), EntryId("y"))),)


def contradictions(
    one: str, other: str, answer: str, other_answer: str, *, alike: float = 0.8
) -> Sequence[tuple[Opposite, ...]]:
    entries = {A: entry("a", one, answer=answer), B: entry("b", other, answer=other_answer)}
    pair = Likeness(
        one=Phrasing(entry_id=A, text=one),
        other=Phrasing(entry_id=B, text=other),
        dense=0.9,
        wording=0.5,
        taken=1,
        share=0.3,
        alike=alike,
    )
    found = contradicting_answers(entries, [pair])
    assert all(isinstance(each, ContradictingAnswers) for each in found)
    return [each.over for each in found]


def test_nearly_the_same_question_with_answers_that_contradict_each_other() -> None:
    ask = ("满多少包邮", "满多少可以包邮")
    assert contradictions(*ask, "满 59 元包邮", "满 99 元包邮") == [(Opposite.NUMBERS,)]
    assert contradictions(*ask, "新疆包邮", "新疆不包邮") == [(Opposite.NEGATION,)]
    assert contradictions(*ask, "满 59 元包邮", "59 元起包邮") == []
    assert contradictions(*ask, "3 天内发货", "满 59 元包邮") == []
    assert contradictions(*ask, "满 59 元包邮", "满 99 元包邮", alike=0.5) == []


def test_questions_that_differ_may_have_answers_that_differ() -> None:
    assert contradictions("满100的券", "满200的券", "减 10 元", "减 30 元") == []
    assert contradictions("拆封了能退吗", "没拆封能退吗", "7 天内可以退", "30 天内可以退") == []
    assert contradictions("华南几天到", "华北几天到", "2 天到", "4 天到") == []


def test_entries_are_asked_alike_when_their_phrasings_are_near_on_the_whole() -> None:
    one = entry("one", "充电宝可以带上飞机吗", "坐飞机能带充电宝吗", answer="100 瓦时以下可以。")
    same = entry("same", "充电宝能带上飞机吗", "坐飞机可以带充电宝吗", answer="160 瓦时以下可以。")
    part = entry(
        "part",
        "充电宝带得上飞机吗",
        "电影票哪里取",
        "蛋糕当天送吗",
        "洗衣液有香味吗",
        answer="200 瓦时以下可以。",
    )
    found = checked(one, same, part)
    with index_of((*SHOP, one, same, part), WordEmbedder()) as index:
        pairs = {frozenset({each.one.entry_id, each.other.entry_id}): each for each in likenesses(index)}
    alike = {key: pair.alike for key, pair in pairs.items()}
    assert alike[frozenset({EntryId("one"), EntryId("same")})] > 0.6
    assert alike[frozenset({EntryId("one"), EntryId("part")})] < 0.6
    (contradiction,) = found.contradictions
    near = contradiction.near
    assert {near.one.entry_id, near.other.entry_id} == {"one", "same"}
    assert contradiction.over == (Opposite.NUMBERS,)


def test_entries_that_are_not_served_and_answers_that_would_be_refused() -> None:
    found = checked(
        replace(entry("x", "双十一活动"), valid_until=date(2026, 11, 11)),
        replace(entry("y", "双十二活动"), valid_from=date(2026, 12, 12)),
        replace(entry("z", "老活动"), disabled=True, variants=in_order({"kefu": "{oder}"})),
    )
    assert found.not_served == (
        NotServed(entry_id=EntryId("x"), why=Unserved.OVER),
        NotServed(entry_id=EntryId("y"), why=Unserved.NOT_YET),
        NotServed(entry_id=EntryId("z"), why=Unserved.DISABLED),
    )
    (broken,) = found.broken_answers
    assert isinstance(broken, BrokenAnswer)
    assert (broken.entry_id, "{oder}" in broken.problem) == ("z", True)
