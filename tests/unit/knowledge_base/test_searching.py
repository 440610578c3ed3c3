"""Entries that are not served give way; a question may lean on the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from conversations.address import Channel
from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.decision import Answer, Ask, Refuse, Rule, Verdict
from knowledge_base.entry import Entry, EntryId, in_order
from knowledge_base.index.version import IndexVersion
from knowledge_base.searching import Asked, judge, judge_asked, recognise_asked
from knowledge_base.serving import Asker
from tests.unit.knowledge_base.shop import SHOP, build, entry, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder

TODAY = date(2026, 11, 11)
NOBODY_ELSE = Asker(today=TODAY)
POLICY = Policy(calibration=shipped_calibration(), max_wrong_rate=0.05)
LAST_YEAR = replace(
    entry("old", "双十一退货要几天", "双十一退货几天能退", "双十一退货期限"),
    valid_until=TODAY - timedelta(days=1),
)
THIS_YEAR = entry("new", "双十一退货期限多久", "双十一多少天内能退货", "双十一退货时间多长")


def opened(path: Path, entries: Sequence[Entry]) -> IndexVersion:
    build(path, entries, WordEmbedder())
    return open_current(path)


def verdict_on(index: IndexVersion, asked: Asked) -> Verdict:
    (verdict,) = judge_asked([asked], index, WordEmbedder(), POLICY)
    return verdict


def ranked(verdict: Verdict) -> list[str]:
    return [candidate.entry_id for candidate in verdict.ranked]


def test_an_entry_that_is_over_gives_way_to_the_second(tmp_path: Path) -> None:
    index = opened(tmp_path, [*SHOP, LAST_YEAR, THIS_YEAR])
    asked = Asked(text="双十一退货要几天啊啊", asker=NOBODY_ELSE)
    assert ranked(verdict_on(index, replace(asked, asker=None)))[0] == "old"
    served = verdict_on(index, asked)
    assert ranked(served)[0] == "new"
    assert "old" not in ranked(served)
    without = verdict_on(opened(tmp_path / "2", [*SHOP, THIS_YEAR]), replace(asked, asker=None))
    assert type(served.decision) is type(without.decision)


def test_an_exact_phrasing_of_an_entry_that_is_over_gives_way(tmp_path: Path) -> None:
    index = opened(tmp_path, [*SHOP, LAST_YEAR, THIS_YEAR])
    asked = Asked(text=LAST_YEAR.question, asker=NOBODY_ELSE)
    assert recognise_asked(asked, index, POLICY) is None
    verdict = verdict_on(index, asked)
    assert verdict.rule is not Rule.EXACT
    assert ranked(verdict)[0] == "new"
    the_day_before = replace(asked, asker=Asker(today=TODAY - timedelta(days=1)))
    assert recognise_asked(the_day_before, index, POLICY) is not None
    assert verdict_on(index, the_day_before).rule is Rule.EXACT


def test_of_a_text_that_two_hold_the_served_one_answers(tmp_path: Path) -> None:
    both = [replace(LAST_YEAR, similar=("双十一怎么退",)), replace(THIS_YEAR, similar=("双十一怎么退",))]
    index = opened(tmp_path, both)
    verdict = verdict_on(index, Asked(text="双十一怎么退", asker=NOBODY_ELSE))
    assert isinstance(verdict.decision, Answer)
    assert verdict.decision.candidate.entry_id == "new"
    assert verdict_on(index, Asked(text="双十一怎么退")).rule is Rule.CONFLICT


def test_when_nothing_is_served_nothing_is_said(tmp_path: Path) -> None:
    index = opened(tmp_path, [replace(each, disabled=True) for each in SHOP])
    verdict = verdict_on(index, Asked(text=SHOP[0].question, asker=NOBODY_ELSE))
    assert isinstance(verdict.decision, Refuse)
    assert verdict.ranked == ()


def test_many_unserved_entries_before_a_served_one(tmp_path: Path) -> None:
    over = [replace(LAST_YEAR, id=EntryId(f"old{n}"), question=f"双十一退货要{n}天") for n in range(40)]
    index = opened(tmp_path, [*over, THIS_YEAR])
    assert ranked(verdict_on(index, Asked(text="双十一退货要7天", asker=NOBODY_ELSE))) == ["new"]


@pytest.mark.parametrize(("channel", "first"), [(Channel.KEFU, "return"), (Channel.OFFICIAL, "hours")])
def test_an_entry_without_an_answer_on_the_channel_gives_way(
    tmp_path: Path, channel: Channel, first: str
) -> None:
    only_kefu = replace(SHOP[0], answer=" ", variants=in_order({"kefu": "在这里申请。"}))
    index = opened(tmp_path, [only_kefu, SHOP[2]])
    asker = Asker(today=TODAY, channel=channel)
    assert ranked(verdict_on(index, Asked(text="怎么申请退货啊门店", asker=asker)))[0] == first


def test_figures_are_those_of_an_index_without_the_hidden_entry(tmp_path: Path) -> None:
    index = opened(tmp_path, [*SHOP, LAST_YEAR])
    (vector,) = WordEmbedder().encode(["双十一退货"])
    found = index.search(vector, "双十一退货", hidden=["old", "never-was"])
    assert found.matches[0].entry.id == "return"
    assert found.coverage < index.search(vector, "双十一退货").coverage
    assert 0 <= found.agreement <= 1


def test_a_phrasing_that_is_left_out_is_as_if_it_were_not_stored(tmp_path: Path) -> None:
    index = opened(tmp_path, SHOP)
    row = index.rows_of("return").start + 2
    assert index.phrasing(row)[1] == "我要退货"
    stored, left_out = judge_asked(
        [Asked(text="我要退货", asker=NOBODY_ELSE), Asked(text="我要退货", asker=NOBODY_ELSE, without=row)],
        index,
        WordEmbedder(),
        POLICY,
    )
    assert stored.rule is Rule.EXACT
    assert left_out.rule is not Rule.EXACT
    assert left_out.ranked[0].phrasing != "我要退货"


def test_an_entry_that_is_not_served_gives_way_to_one_whose_phrasing_is_left_out(tmp_path: Path) -> None:
    index = opened(tmp_path, [*SHOP, LAST_YEAR, THIS_YEAR])
    row = index.rows_of("new").start + 1
    text = index.phrasing(row)[1]
    verdict = verdict_on(index, Asked(text=text, asker=NOBODY_ELSE, without=row))
    assert ranked(verdict)[0] == "new"
    assert "old" not in ranked(verdict)
    assert verdict.ranked[0].phrasing != text


FOLLOWED = (
    entry("how", "怎么退货", "退货流程"),
    entry("fee", "退货运费谁出", "退货运费", "退货的运费要自己付吗"),
    entry("shipping", "运费怎么算", "多少钱包邮", "发货运费"),
    entry("hours", "门店几点关门", "营业时间"),
)


def test_a_follow_up_is_read_with_the_question_before_it(tmp_path: Path) -> None:
    index = opened(tmp_path, FOLLOWED)
    alone = verdict_on(index, Asked(text="那运费呢"))
    led = verdict_on(index, Asked(text="那运费呢", previous=EntryId("how")))
    assert led.rule is Rule.FOLLOW_UP
    assert isinstance(led.decision, Answer)
    assert led.decision.candidate.entry_id == "fee"
    assert alone != led


def test_what_is_not_sure_enough_is_never_answered_from_a_reading(tmp_path: Path) -> None:
    index = opened(tmp_path, FOLLOWED)
    for text in ("那运费呢", "要是拆了呢", "多久到", "上海呢", "那门店呢"):
        led = verdict_on(index, Asked(text=text, previous=EntryId("how")))
        if isinstance(led.decision, Answer) and led.rule is Rule.FOLLOW_UP:
            assert led.cut_off is None or led.probability >= led.cut_off
        if isinstance(led.decision, Ask):
            assert len(led.decision.candidates) <= POLICY.max_candidates


@pytest.mark.parametrize("text", ["门店营业时间是从几点到几点", "谢谢", "那算了"])
def test_what_does_not_lean_is_judged_by_itself(tmp_path: Path, text: str) -> None:
    index = opened(tmp_path, FOLLOWED)
    (alone,) = judge([text], index, WordEmbedder(), POLICY)
    assert verdict_on(index, Asked(text=text, previous=EntryId("how"))) == alone


def test_an_entry_that_went_is_not_leant_on(tmp_path: Path) -> None:
    index = opened(tmp_path, FOLLOWED)
    assert verdict_on(index, Asked(text="那运费呢", previous=EntryId("gone"))) == verdict_on(
        index, Asked(text="那运费呢")
    )


def test_all_readings_go_through_the_model_together(tmp_path: Path) -> None:
    index = opened(tmp_path, FOLLOWED)
    embedder = WordEmbedder()
    calls: list[int] = []

    class Counting(WordEmbedder):
        def encode(self, texts: Sequence[str]) -> object:  # type: ignore[override]
            calls.append(len(texts))
            return embedder.encode(texts)

    asked = [Asked(text="那运费呢", previous=EntryId("how")), Asked(text="几点关门")]
    verdicts = judge_asked(asked, index, Counting(), POLICY)  # type: ignore[arg-type]
    assert calls == [3]
    assert verdicts == [verdict_on(index, each) for each in asked]


def test_what_cannot_change_the_verdict_is_no_part_of_the_question() -> None:
    whole = Asked(text=" 门店营业时间是从几点到几點 ", previous=EntryId("how"))
    assert whole.as_decided() == Asked(text="门店营业时间是从几点到几点")
    leaning = Asked(text="那运费呢", previous=EntryId("how"), asker=NOBODY_ELSE)
    assert leaning.as_decided() == leaning
