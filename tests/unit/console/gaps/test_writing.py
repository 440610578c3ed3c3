"""From a cluster to a draft, as somebody chose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from console.gaps.writing import Wanted, draft_of, draft_of_new, held_prints, phrasings_of, target_of
from knowledge_base.editing.drafts import SavedDraft
from knowledge_base.entry import MAX_QUESTION, Entry, EntryId
from knowledge_base.mining.cluster import Cluster
from knowledge_base.mining.gathering import gather
from knowledge_base.mining.suggesting import Advice, Suggestion
from tests.unit.knowledge_base.mining.log import logged

NOW = datetime(2026, 11, 2, tzinfo=UTC)
WRAP = Entry(id=EntryId("wrap"), question="有礼品包装吗", answer="有", similar=("可以包成礼物吗",))
TEXTS = ("可以代写贺卡吗", "能写贺卡吗", "长" * (MAX_QUESTION + 1))


def cluster(advice: Advice = Advice.NEW_ENTRY) -> Cluster:
    return Cluster(
        members=gather([logged(text) for text in TEXTS]).alike,
        examples=TEXTS[:1],
        suggestion=Suggestion(advice=advice, nearest=EntryId("wrap"), support=0.5),
    )


def written(wanted: Wanted, begun: SavedDraft | None = None) -> SavedDraft:
    return draft_of(cluster(), "abc", wanted, begun=begun, who="lan", now=NOW, base=3)


def test_phrasings_that_fit_are_offered_and_held_ones_marked() -> None:
    offered = phrasings_of(cluster(), held_prints([TEXTS[1]], {}))
    assert {each.text: each.held for each in offered} == {TEXTS[0]: False, TEXTS[1]: True}


def test_the_target_is_the_suggested_entry_if_it_is_still_there() -> None:
    assert target_of(cluster(), [WRAP]) is None
    assert target_of(cluster(Advice.ADD_PHRASINGS), [WRAP]) is WRAP
    assert target_of(cluster(Advice.ADD_PHRASINGS), []) is None


def test_a_new_entry_has_one_draft_for_the_cluster() -> None:
    wanted = Wanted(target=None, question=TEXTS[0], answer="可以", phrasings=TEXTS[:2])
    draft = written(wanted)
    assert (draft.id, draft.entry_id, draft.base) == (draft_of_new("abc"), None, 3)
    assert draft.fields == {"question": TEXTS[0], "answer": "可以", "similar": [TEXTS[1]]}
    assert draft.origin == "顾客问过 3 次的问题"
    begun = written(Wanted(target=None, question="x", answer="", phrasings=()))
    kept_on = written(wanted, replace(begun, fields={**begun.fields, "category": "礼物"}))
    assert kept_on.fields["category"] == "礼物"
    assert kept_on.fields["answer"] == "可以"


def test_phrasings_join_an_entry_and_what_is_drafted_of_it_already() -> None:
    draft = written(Wanted(target=WRAP, question="", answer="", phrasings=TEXTS[:1]))
    assert draft.entry_id == "wrap"
    assert draft.fields["similar"] == ["可以包成礼物吗", TEXTS[0]]
    assert draft.fields["answer"] == "有"
    more = written(Wanted(target=WRAP, question="", answer="", phrasings=TEXTS[:2]), draft)
    assert (more.id, more.base) == (draft.id, draft.base)
    assert more.fields["similar"] == ["可以包成礼物吗", TEXTS[0], TEXTS[1]]


def test_prints_are_computed_once() -> None:
    known: dict[str, str] = {}
    first = held_prints(["怎么退货", "请问怎么退货？"], known)
    assert len(first) == 1
    known["怎么退货"] = "kept"
    assert "kept" in held_prints(["怎么退货"], known)
