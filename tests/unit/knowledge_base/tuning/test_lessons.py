"""What a reranker is tuned on."""

from __future__ import annotations

from knowledge_base.entry import Entry
from knowledge_base.tuning.holding_out import is_held_out
from knowledge_base.tuning.lessons import Lesson, lessons
from knowledge_base.tuning.material import seen_entries
from tests.unit.knowledge_base.shop import entry
from tests.unit.knowledge_base.tuning.test_material import shop
from tests.unit.knowledge_base.word_embedder import WordEmbedder

TWINS = (
    entry("return", "怎么申请退货", "退货流程是什么", answer="点申请售后。"),
    entry("twin", "怎么申请换货", "换货流程是什么", answer="点申请换货。"),
    entry("same", "怎么申请退货啊", "退货要什么流程", answer="点申请售后。"),
    entry("alone", "门店几点关门", answer="九点。"),
)


def told(entries: tuple[Entry, ...], *, answers: bool = False) -> dict[str, Lesson]:
    found = lessons(entries, WordEmbedder(), answers=answers, progress=lambda done, total: None)
    return {lesson.question: lesson for lesson in found}


def test_what_the_index_ranks_next_does_not_fit() -> None:
    lesson = told(TWINS)["退货流程是什么"]
    assert lesson.fitting == ("怎么申请退货",)
    assert "换货流程是什么" in lesson.others


def test_entries_that_say_the_same_are_no_rivals() -> None:
    held = {text for entry in TWINS if entry.id in ("return", "same") for text in entry.phrasings}
    for question in held:
        if question in (found := told(TWINS)):
            assert held.isdisjoint(found[question].others)


def test_answers_are_read_where_the_second_look_reads_them() -> None:
    lesson = told(TWINS, answers=True)["退货流程是什么"]
    assert lesson.fitting[-1] == "点申请售后。"
    assert "点申请换货。" in lesson.others
    assert "点申请售后。" not in lesson.others


def test_a_single_phrasing_teaches_nothing_of_its_own() -> None:
    assert "门店几点关门" not in told(TWINS)


def test_held_out_phrasings_are_in_no_lesson() -> None:
    entries = shop(40)
    questions = {entry.question for entry in entries}
    found = told(seen_entries(entries, []))
    texts = {text for each in found.values() for text in (each.question, *each.fitting, *each.others)}
    assert len(texts) > 100
    assert not [text for text in texts - questions if is_held_out(text)]
