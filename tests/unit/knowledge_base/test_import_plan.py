"""Which entries an import adds and changes."""

from __future__ import annotations

from knowledge_base.entry import EntryId, id_of_question
from knowledge_base.importing.checking import Draft
from knowledge_base.importing.planning import find_conflicts, plan_import
from tests.unit.knowledge_base.shop import SHOP, entry


def draft(
    question: str,
    answer: str = "答",
    *,
    id_: str | None = None,
    similar: tuple[str, ...] | None = None,
    line: int = 2,
) -> Draft:
    return Draft(
        file="f.csv",
        line=line,
        id=EntryId(id_) if id_ else None,
        question=question,
        answer=answer,
        similar=similar,
        category=None,
    )


def test_new_entries_go_to_the_end_and_get_an_id_from_their_question() -> None:
    plan = plan_import(SHOP, [draft("坏果包赔吗")])
    assert plan.entries[:-1] == SHOP
    assert plan.entries[-1].id == id_of_question("坏果包赔吗？".rstrip("？"))
    assert (plan.added, plan.updated, plan.unchanged) == (1, 0, 0)


def test_upsert_by_id() -> None:
    plan = plan_import(SHOP, [draft("如何退货", "新答案", id_="return")])
    changed = plan.entries[0]
    assert (changed.id, changed.question, changed.answer) == ("return", "如何退货", "新答案")
    assert changed.similar == SHOP[0].similar
    assert (plan.added, plan.updated) == (0, 1)


def test_upsert_by_question_however_it_is_typed() -> None:
    plan = plan_import(SHOP, [draft("能 開發票嗎".replace(" ", ""), "可以", similar=())])
    assert plan.entries[1].id == "invoice"
    assert plan.entries[1].answer == "可以"
    assert plan.entries[1].similar == ()


def test_importing_the_same_again_changes_nothing() -> None:
    drafts = [draft("坏果包赔吗"), draft("能预约送货吗")]
    once = plan_import(SHOP, drafts)
    twice = plan_import(once.entries, drafts)
    assert twice.entries == once.entries
    assert (twice.added, twice.updated, twice.unchanged) == (0, 0, 2)


def test_duplicates_inside_a_file_are_named_with_both_lines() -> None:
    drafts = [
        draft("坏果包赔吗", line=2),
        draft("坏果包赔吗", line=3),
        draft("甲", id_="x", line=4),
        draft("乙", id_="x", line=5),
        draft("能开发票吗", id_="y", line=6),
    ]
    plan = plan_import(SHOP, drafts)
    assert [str(problem) for problem in plan.problems] == [
        "f.csv:3: 问题“坏果包赔吗”和 f.csv:2 重复",
        "f.csv:5: 编号 x和 f.csv:4 重复",
        "f.csv:6: 问题“能开发票吗”已属于编号 invoice",
    ]
    assert plan.added == 2


def test_a_question_that_an_entry_gave_up_is_free_again() -> None:
    plan = plan_import(
        SHOP, [draft("可以开票吗", id_="invoice", line=2), draft("能开发票吗", id_="new", line=3)]
    )
    assert plan.problems == ()
    assert plan.entries[-1].question == "能开发票吗"


def test_phrasings_that_several_entries_hold_are_named() -> None:
    entries = (*SHOP, entry("exchange", "怎么换货", "你好我要退货啊"))
    assert find_conflicts(entries) == ("我要退货（return、exchange）",)
    assert find_conflicts(SHOP) == ()
