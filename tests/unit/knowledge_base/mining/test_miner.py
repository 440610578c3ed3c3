"""From a log to clusters, drafts and what they would change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from conversations.privacy import HIDDEN
from conversations.questions import Reaction
from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.editing.workbench import put
from knowledge_base.entry import EntryId
from knowledge_base.index.version import IndexVersion
from knowledge_base.mining.cluster import ClusterId, halves
from knowledge_base.mining.clustering import find_clusters, most_diverse
from knowledge_base.mining.gathering import gather
from knowledge_base.mining.labels import Judgement, Label, LabelSource
from knowledge_base.mining.miner import Miner
from knowledge_base.mining.questions import LoggedQuestion, MarkKind, Missed
from knowledge_base.mining.suggesting import Advice
from tests.unit.knowledge_base.mining.log import NOW, logged
from tests.unit.knowledge_base.shop import SHOP, build, entry, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder

TODAY = date(2026, 11, 2)
GIFT = (
    "可以代写贺卡吗",
    "可以帮忙代写贺卡吗",
    "送礼可以代写贺卡吗",
    "可以代写一张贺卡吗",
    "生日可以代写贺卡吗",
    "可以代写祝福贺卡吗",
)


@pytest.fixture
def live(tmp_path: Path) -> IndexVersion:
    build(tmp_path, SHOP, WordEmbedder())
    return open_current(tmp_path)


@pytest.fixture
def miner() -> Miner:
    return Miner(WordEmbedder(), Policy(calibration=shipped_calibration(), max_wrong_rate=0.3))


def gift_log() -> tuple[LoggedQuestion, ...]:
    return (
        *(logged(text) for text in GIFT),
        logged(GIFT[0], marks=((MarkKind.HANDED_OVER, "t"),)),
        logged(
            "火星上有没有分店",
        ),
        logged("怎么申请退货", Reaction.ANSWERED, "return"),
    )


def test_equal_questions_are_counted_and_the_rare_left_out() -> None:
    gathered = gather(
        [logged("可以代写贺卡吗"), logged("请问可以代写贺卡吗？"), logged("可以代写贺卡吗"), logged("换货")],
        most=1,
    )
    (alike,) = gathered.alike
    assert (alike.text, alike.count) == ("可以代写贺卡吗", 3)
    assert gathered.left_out == 1


def test_hidden_data_says_nothing() -> None:
    (alike,) = gather([logged(f"查{HIDDEN}到哪了"), logged("查 到哪了")]).alike
    assert alike.text == "查 到哪了"
    assert alike.count == 2


def test_clusters_are_dense_and_often_asked_ones_may_stand_alone() -> None:
    vectors = np.eye(8, dtype=np.float32)
    vectors[1], vectors[2] = vectors[0] + 0.05 * vectors[3], vectors[0] - 0.05 * vectors[3]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    background = -vectors[:3]
    found = find_clusters(vectors, [1, 1, 1, 1, 1, 9, 1, 1], background)
    assert found[0] == [5]
    assert [sorted(rows) for rows in found[1:]] == [[0, 1, 2]]
    assert found[1][0] == 0
    assert find_clusters(vectors[:2], [1, 1], background) == []
    assert find_clusters(vectors[:3], [1, 1, 1], background) == [[0, 1, 2]]
    assert find_clusters(vectors[:0], [], background) == []


def test_examples_are_unlike_each_other() -> None:
    vectors = np.array([[1, 0], [0.99, 0.14], [0, 1]], dtype=np.float32)
    assert most_diverse(vectors, [0, 1, 2], 2) == [0, 2]
    assert most_diverse(vectors, [0, 1, 2], 9) == [0, 2, 1]
    assert most_diverse(vectors, [], 3) == []


def test_what_nothing_answers_becomes_a_cluster_that_wants_an_entry(miner: Miner, live: IndexVersion) -> None:
    mined = miner.mine(gift_log(), (), live, today=TODAY)
    (cluster,) = mined.clusters
    assert {member.text for member in cluster.members} == set(GIFT)
    assert cluster.count == 7
    assert cluster.reasons == {Missed.REFUSED: 7, Missed.HANDED_OVER: 1}
    assert cluster.suggestion.advice is Advice.NEW_ENTRY
    assert cluster.question in GIFT
    assert cluster.examples[0] == cluster.question
    assert len(set(cluster.examples)) == 5
    assert (mined.logged, mined.missed, mined.distinct, mined.single) == (9, 8, 7, 1)


def test_mining_again_finds_the_same(live: IndexVersion) -> None:
    def mined() -> tuple[ClusterId, ...]:
        miner = Miner(WordEmbedder(), Policy(calibration=shipped_calibration(), max_wrong_rate=0.3))
        return tuple(cluster.id for cluster in miner.mine(log, (), live, today=TODAY).clusters)

    log = gift_log()
    first = mined()
    log = log[::-1]
    assert mined() == first


def test_what_is_answered_by_now_is_no_news_unless_that_answer_was_wrong(
    miner: Miner, live: IndexVersion
) -> None:
    solved = [logged("怎么申请退货") for _ in range(3)]
    assert miner.mine(solved, (), live, today=TODAY).clusters == ()
    assert miner.mine(solved, (), live, today=TODAY).solved == 1
    complained = [
        logged("怎么申请退货", Reaction.ANSWERED, "return", marks=((MarkKind.HANDED_OVER, "t"),))
        for _ in range(3)
    ]
    (cluster,) = miner.mine(complained, (), live, today=TODAY).clusters
    assert cluster.suggestion.advice is Advice.NEW_ENTRY


def test_customers_choices_and_labels_say_where_phrasings_belong(miner: Miner, live: IndexVersion) -> None:
    chosen = [
        logged(text, Reaction.ASKED, "hours", "coupon", marks=((MarkKind.CHOSEN, "hours"),)) for text in GIFT
    ]
    (cluster,) = miner.mine(chosen, (), live, today=TODAY).clusters
    assert (cluster.suggestion.advice, cluster.suggestion.nearest) == (Advice.ADD_PHRASINGS, "hours")
    assert cluster.suggestion.support == 1.0
    labels = [
        Label(
            text=text,
            judgement=Judgement.SHOULD_BE,
            entry_id=EntryId("coupon"),
            source=LabelSource.AGENT,
            author="li",
            at=NOW,
        )
        for text in GIFT
    ]
    (cluster,) = miner.mine(chosen, labels, live, today=TODAY).clusters
    assert cluster.suggestion.nearest == "coupon"


def test_what_no_entry_should_answer_is_settled(miner: Miner, live: IndexVersion) -> None:
    label = Label(
        text="火星上有没有分店",
        judgement=Judgement.NO_ENTRY,
        entry_id=None,
        source=LabelSource.EDITOR,
        author="li",
        at=NOW,
    )
    log = [logged("火星上有没有分店") for _ in range(4)]
    assert len(miner.mine(log, (), live, today=TODAY).clusters) == 1
    assert miner.mine(log, [label], live, today=TODAY).clusters == ()


def test_what_an_entry_answers_that_takes_the_place_of_another_is_settled(
    miner: Miner, tmp_path: Path
) -> None:
    log = [logged("我要退货") for _ in range(4)]
    over = replace(SHOP[0], valid_until=date(2026, 11, 1))
    build(tmp_path / "over", (over, *SHOP[1:]), WordEmbedder())
    assert miner.mine(log, (), open_current(tmp_path / "over"), today=TODAY).solved == 0
    instead = entry("return-new", "怎么退货", "我要退货")
    build(tmp_path / "instead", (over, *SHOP[1:], instead), WordEmbedder())
    assert miner.mine(log, (), open_current(tmp_path / "instead"), today=TODAY).solved == 1


def test_the_gain_is_measured_on_questions_that_gave_no_phrasing(miner: Miner, live: IndexVersion) -> None:
    mined = miner.mine(gift_log(), (), live, today=TODAY)
    (cluster,) = mined.clusters
    phrasings, held_out = halves(cluster.members)
    assert not {member.key for member in phrasings} & {member.key for member in held_out}
    assert len(phrasings) == len(held_out) == 3
    assert phrasings[0] == cluster.members[0]
    gain = miner.gain(cluster, mined.open, live, (), today=TODAY)
    assert gain.word_for_word + gain.held_out == gain.questions == 7
    assert gain.now == 0
    assert gain.answered == gain.held_out
    assert gain.share == 1.0
    assert gain.elsewhere == 0
    assert [entry.id for entry in live.entries] == [entry.id for entry in SHOP]


def test_the_gain_names_labelled_questions_that_would_be_lost(miner: Miner, live: IndexVersion) -> None:
    """The entry that answers the label is asked in other words; the draft would hold those words."""
    log = [
        logged(text, marks=((MarkKind.REASKED, "t"),))
        for text in ("周末你们门店几点关门", "周末门店都几点关门", "周末门店到几点关门")
    ]
    mined = miner.mine(log, (), None, today=TODAY)
    (cluster,) = mined.clusters
    right = Label(
        text="周末门店就几点关门",
        judgement=Judgement.RIGHT,
        entry_id=EntryId("hours"),
        source=LabelSource.AGENT,
        author="li",
        at=NOW,
    )
    gain = miner.gain(cluster, mined.open, live, [right], today=TODAY)
    assert gain.labelled == 1
    assert gain.lost == (right.text,)


def test_a_draft_holds_all_phrasings_and_what_people_said(miner: Miner, live: IndexVersion) -> None:
    (cluster,) = miner.mine(gift_log(), (), live, today=TODAY).clusters
    answer = miner.answer(
        {
            "a": ("稍等", "可以的，下单时备注贺卡内容，我们手写好随单寄出。"),
            "b": ("可以代写，下单时备注贺卡内容，我们手写好放进包裹。", "您看这样行吗"),
            "c": ("今天仓库盘点，所有订单晚一天发出，非常抱歉。",),
        }
    )
    assert answer.startswith("可以")
    draft = miner.draft(cluster, live, answer=answer, who="li", now=NOW, base=3)
    entries = put(draft)(SHOP)
    added = entries[-1]
    assert len(entries) == len(SHOP) + 1
    assert set(added.phrasings) == set(GIFT)
    assert added.answer == answer
    assert miner.answer({"a": ("在的吗",)}) == ""


def test_a_draft_for_an_entry_that_is_there_keeps_what_it_has(miner: Miner, live: IndexVersion) -> None:
    chosen = [logged(text, Reaction.ASKED, "hours", marks=((MarkKind.CHOSEN, "hours"),)) for text in GIFT]
    (cluster,) = miner.mine(chosen, (), live, today=TODAY).clusters
    draft = miner.draft(cluster, live, who="li", now=NOW, base=3)
    entries = {entry.id: entry for entry in put(draft)(SHOP)}
    assert len(entries) == len(SHOP)
    hours = entries[EntryId("hours")]
    assert hours.answer == SHOP[2].answer
    assert hours.phrasings[:2] == SHOP[2].phrasings
    assert set(hours.phrasings[2:]) == set(GIFT)
