"""Field-level differences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge_base.editing.diffing import DiffKind, ListChange, TextChange, diff
from knowledge_base.entry import in_order
from tests.unit.knowledge_base.shop import SHOP, entry


def test_what_changed_is_told_field_by_field() -> None:
    changed = replace(
        SHOP[0],
        answer="新答案",
        similar=("我要退货", "怎么退"),
        variants=in_order({"kefu": "客服的"}),
        valid_until=date(2026, 12, 1),
        disabled=True,
    )
    (found,) = diff(SHOP, (changed, *SHOP[1:]))
    assert (found.entry_id, found.question, found.kind) == ("return", "怎么申请退货", DiffKind.CHANGED)
    assert found.fields == (
        ListChange(
            field="similar", label="相似问", added=("怎么退",), removed=("退货流程是什么",), moved=False
        ),
        TextChange(field="answer", label="答案", before="怎么申请退货的答案", after="新答案"),
        TextChange(field="answer@kefu", label="答案@kefu", before="", after="客服的"),
        TextChange(field="valid_until", label="失效日期", before="", after="2026-12-01"),
        TextChange(field="disabled", label="停用", before="", after="是"),
    )


def test_added_and_removed_entries_name_what_they_hold() -> None:
    removed, added = diff(SHOP, (*SHOP[1:], entry("new", "新问题")))
    assert (removed.kind, added.kind) == (DiffKind.REMOVED, DiffKind.ADDED)
    assert [field.field for field in removed.fields] == ["question", "similar", "answer"]
    assert removed.fields[1] == ListChange(
        field="similar", label="相似问", added=(), removed=("退货流程是什么", "我要退货"), moved=False
    )
    assert added.fields[0] == TextChange(field="question", label="问题", before="", after="新问题")


def test_phrasings_in_another_order_are_moved() -> None:
    (found,) = diff(SHOP, (replace(SHOP[0], similar=SHOP[0].similar[::-1]), *SHOP[1:]))
    assert found.fields == (ListChange(field="similar", label="相似问", added=(), removed=(), moved=True),)


def test_no_difference() -> None:
    assert diff(SHOP, SHOP) == ()
    assert diff(SHOP, SHOP[::-1]) == ()
