"""Trials of changes on real indexes with an embedder that needs no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from conversations.address import Channel
from knowledge_base.answering import Policy
from knowledge_base.decision import Answer, Refuse, Rule
from knowledge_base.editing.asking import KnownVectors, ask, index_of
from knowledge_base.editing.trial import Outcome, Source
from knowledge_base.editing.trying import Trials, panel, try_out
from knowledge_base.entry import Entry, EntryId, in_order
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.searching import Asked, judge_asked
from tests.unit.knowledge_base.editing.in_full import (
    CUSTOMER,
    LARGE,
    LOG,
    POLICY,
    STATES,
    TODAY,
    InFull,
    assert_as_in_full,
)
from tests.unit.knowledge_base.shop import SHOP, build, entry, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder

CHANGES: dict[str, Sequence[Entry]] = {
    "nothing": SHOP,
    "an answer": (replace(SHOP[0], answer="新的答案"), *SHOP[1:]),
    "disabled": (replace(SHOP[0], disabled=True), *SHOP[1:]),
    "over": (SHOP[0], replace(SHOP[1], valid_until=date(2026, 11, 21)), *SHOP[2:]),
    "a phrasing more": (replace(SHOP[0], similar=(*SHOP[0].similar, "退货要怎么弄")), *SHOP[1:]),
    "a phrasing less": (replace(SHOP[0], similar=SHOP[0].similar[:1]), *SHOP[1:]),
    "a phrasing taken": (*SHOP[:3], replace(SHOP[3], similar=("我要退货",))),
    "an entry more": (*SHOP, entry("late", "门店营业到几点关门呀", "营业到几点")),
    "an entry less": SHOP[1:],
    "another order": SHOP[::-1],
    "everything": (entry("x", "只有这个"),),
}


@pytest.fixture
def live(tmp_path: Path) -> IndexVersion:
    build(tmp_path, SHOP, WordEmbedder())
    return open_current(tmp_path)


@pytest.fixture(scope="module")
def in_full() -> InFull:
    return InFull()


@pytest.mark.parametrize("name", CHANGES)
def test_a_trial_that_reuses_what_is_known_says_the_same_as_one_in_full(
    live: IndexVersion, in_full: InFull, name: str
) -> None:
    trials = Trials(WordEmbedder(), POLICY)
    trials.run(live, (*SHOP[1:], entry("other", "换货怎么换")), LOG, today=TODAY)
    trial = trials.run(live, CHANGES[name], LOG, today=TODAY)
    assert_as_in_full(trial, in_full.tried(SHOP, CHANGES[name]))


@pytest.mark.parametrize("after", STATES)
def test_only_questions_that_a_change_concerns_need_to_be_asked_again(
    tmp_path: Path, in_full: InFull, after: str
) -> None:
    build(tmp_path, LARGE, WordEmbedder())
    trials = Trials(WordEmbedder(), POLICY)
    trial = trials.run(open_current(tmp_path), STATES[after], LOG, today=TODAY)
    assert_as_in_full(trial, in_full.tried(LARGE, STATES[after]))


def test_a_change_of_one_entry_needs_few_questions(tmp_path: Path) -> None:
    build(tmp_path, LARGE, WordEmbedder())
    trials = Trials(WordEmbedder(), POLICY)
    questions = sum(len(each.phrasings) for each in LARGE) + len(LOG)
    first = trials.run(open_current(tmp_path), STATES["another answer"], LOG, today=TODAY)
    assert questions < first.judged < 2 * questions
    again = trials.run(open_current(tmp_path), STATES["another answer"], LOG, today=TODAY)
    assert again.judged == first.judged - questions


def test_the_second_takes_the_place_of_one_that_is_not_served_any_more(tmp_path: Path) -> None:
    again = entry("return-new", "怎么申请退货呀今年", "今年退货流程是什么", "今年我要退货")
    build(tmp_path, (*SHOP, again), WordEmbedder())
    asked = (LabelledQuestion(text="我要退货", expected=frozenset({again.id})),)
    after = (replace(SHOP[0], disabled=True), *SHOP[1:], again)
    trial = Trials(WordEmbedder(), POLICY).run(open_current(tmp_path), after, asked, today=TODAY)
    (gained,) = (each for each in trial.gained if each.source is Source.LOG)
    assert (gained.was, gained.said[0]) == (Outcome.WRONG, "return-new")


def test_the_day_is_part_of_what_is_known(live: IndexVersion) -> None:
    trials = Trials(WordEmbedder(), POLICY)
    after = CHANGES["over"]
    assert trials.run(live, after, LOG, today=date(2026, 11, 21)).lost == ()
    assert trials.run(live, after, LOG, today=TODAY).lost


@pytest.mark.parametrize(
    "policy",
    [
        replace(POLICY, wording_counts=False),
        replace(POLICY, checks=False),
        replace(POLICY, answers_searched=False),
    ],
)
def test_a_trial_judges_as_the_settings_have_it(tmp_path: Path, policy: Policy) -> None:
    entries = (
        *SHOP,
        entry("off", "退款满100元可以吗", answer="我要退货流程"),
        entry("money", "退钱的时候要退货吗", "钱退在哪里"),
    )
    build(tmp_path, entries, WordEmbedder())
    index = IndexVersion.open(
        Shelf(tmp_path).folder(open_current(tmp_path).version), wording_counts=policy.wording_counts
    )
    texts = ["退款满200元可以吗", "我要退货流程", "钱退在哪", "门店几点关门呀"]
    served = judge_asked([Asked(text=text, asker=CUSTOMER) for text in texts], index, WordEmbedder(), policy)
    keys = [(text, None) for text in texts]
    with index_of(entries, WordEmbedder(), wording_counts=policy.wording_counts) as built:
        assert ask(built, keys, KnownVectors(WordEmbedder()), policy, CUSTOMER) == served
    assert (
        judge_asked(
            [Asked(text=text, asker=CUSTOMER) for text in texts],
            open_current(tmp_path),
            WordEmbedder(),
            POLICY,
        )
        != served
    )


def test_vectors_are_computed_once(live: IndexVersion) -> None:
    embedder = WordEmbedder()
    trials = Trials(embedder, POLICY)
    trials.run(live, CHANGES["a phrasing more"], LOG, today=TODAY)
    phrasings = {phrasing for each in SHOP for phrasing in each.phrasings}
    assert not phrasings & set(embedder.embedded)
    assert embedder.embedded.count("退货要怎么弄") == 1
    embedded = len(embedder.embedded)
    trials.run(live, CHANGES["a phrasing less"], LOG, today=TODAY)
    assert len(embedder.embedded) == embedded


def test_only_what_may_have_changed_is_asked_again(live: IndexVersion) -> None:
    trials = Trials(WordEmbedder(), POLICY)
    questions = sum(len(each.phrasings) for each in SHOP) + len(LOG)
    heard: list[tuple[int, int]] = []
    first = trials.run(
        live, CHANGES["a phrasing more"], LOG, today=TODAY, progress=lambda *told: heard.append(told)
    )
    assert first.judged == 2 * (questions + 1)
    assert heard == [(done, first.judged) for done in range(1, first.judged + 1)]
    assert trials.run(live, SHOP, LOG, today=TODAY).judged == 0
    assert trials.run(live, CHANGES["a phrasing less"], LOG, today=TODAY).judged == questions


def test_taking_a_phrasing_from_another_entry_is_a_loss_by_name(live: IndexVersion) -> None:
    trial = Trials(WordEmbedder(), POLICY).run(live, CHANGES["a phrasing taken"], LOG, today=TODAY)
    lost = {(each.text, each.entry_id): each for each in trial.lost}
    stolen = lost["我要退货", EntryId("return")]
    assert (stolen.source, stolen.now, stolen.said) == (Source.PHRASING, Outcome.WRONG, ("coupon",))


def test_removing_or_disabling_an_entry_loses_its_questions(live: IndexVersion) -> None:
    for name in ("an entry less", "disabled"):
        trial = Trials(WordEmbedder(), POLICY).run(live, CHANGES[name], LOG, today=TODAY)
        assert "退货流程是啥" in {each.text for each in trial.lost}, name
    assert not Trials(WordEmbedder(), POLICY).run(live, CHANGES["an answer"], LOG, today=TODAY).lost


def test_a_phrasing_is_asked_as_if_it_were_not_stored(live: IndexVersion) -> None:
    trial = Trials(WordEmbedder(), POLICY).run(live, SHOP, today=TODAY)
    assert trial.before.counts[Outcome.RIGHT] < trial.before.questions
    (verdict,) = ask(live, [("我要退货", EntryId("return"))], KnownVectors(WordEmbedder()), POLICY, CUSTOMER)
    assert verdict.rule is not Rule.EXACT
    (verdict,) = ask(live, [("我要退货", EntryId("coupon"))], KnownVectors(WordEmbedder()), POLICY, CUSTOMER)
    assert verdict.rule is Rule.EXACT


def test_the_same_question_in_other_words_stays_stored() -> None:
    entries = (replace(SHOP[0], similar=("你好我要退货", "我要退货")), *SHOP[1:])
    with index_of(entries, WordEmbedder()) as index:
        (verdict,) = ask(
            index, [("我要退货", EntryId("return"))], KnownVectors(WordEmbedder()), POLICY, CUSTOMER
        )
    assert verdict.rule is Rule.EXACT


def test_without_an_index_everything_is_a_gain() -> None:
    trial = Trials(WordEmbedder(), POLICY).run(None, SHOP, LOG[:1], today=TODAY)
    assert trial.lost == ()
    assert trial.before.counts[Outcome.REFUSED] == trial.before.questions
    assert "退货流程是啥" in {each.text for each in trial.gained}


def test_a_trial_leaves_nothing_behind(live: IndexVersion, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.rglob("*"))
    Trials(WordEmbedder(), POLICY).run(live, SHOP[1:], LOG, today=TODAY)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_vectors_of_another_embedder_are_not_taken_over(live: IndexVersion) -> None:
    embedder = WordEmbedder(identity="words-2")
    known = KnownVectors(embedder)
    known.take_over(live)
    known.encode(["怎么申请退货", "怎么申请退货"])
    assert embedder.embedded == ["怎么申请退货"]
    assert known.encode([]).shape == (0, embedder.width)


def test_trying_out_shows_what_is_live_next_to_the_draft(live: IndexVersion) -> None:
    draft = (replace(SHOP[0], answer="{name}，打开订单", variants=in_order({"kefu": "客服来办"})), *SHOP[1:])
    out = try_out("我要退货", live, draft, WordEmbedder(), POLICY, today=TODAY)
    assert out.live is not None
    assert (out.live.text, out.draft.text) == ("怎么申请退货的答案", "您，打开订单")
    assert out.draft.verdict.rule is Rule.EXACT
    assert out.differs
    with panel(live, draft, WordEmbedder(), POLICY) as opened:
        assert opened.try_out("我要退货", today=TODAY, channel=Channel.KEFU).draft.text == "客服来办"
        assert not opened.try_out("能开发票吗", today=TODAY).differs


def test_trying_out_an_entry_that_is_not_served(live: IndexVersion) -> None:
    out = try_out("我要退货", live, CHANGES["disabled"], WordEmbedder(), POLICY, today=TODAY)
    assert isinstance(out.draft.verdict.decision, Answer)
    assert isinstance(out.draft.decision, Refuse)
    assert out.draft.text is None


def test_trying_out_before_anything_is_live() -> None:
    out = try_out("我要退货", None, SHOP, WordEmbedder(), POLICY, today=TODAY)
    assert out.live is None
    assert out.differs
