"""The form of an entry, there and back, and what is wrong with each field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from console.knowledge.form import (
    AnswerRow,
    EntryForm,
    errors_of,
    fields_of_form,
    form_of_fields,
    form_of_post,
    row_errors,
)
from knowledge_base.attachment import Attachment, AttachmentKind
from knowledge_base.editing.drafts import fields_of
from knowledge_base.entry import Entry, EntryId, in_order
from knowledge_base.importing.checking import Draft, check_row
from knowledge_base.importing.planning import plan_import
from knowledge_base.importing.row import Row

ENTRY = Entry(
    id=EntryId("return"),
    question="怎么退货",
    answer="七天内可以退",
    similar=("退货流程", "a|b 能退吗"),
    category="售后",
    variants=in_order({"kefu": "客服说的", "*/vip": "老朋友", "official/新客": "新朋友"}),
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    attachments=(
        Attachment(kind=AttachmentKind.LINK, ref="https://shop.example/a", title="退货 说明"),
        Attachment(kind=AttachmentKind.IMAGE, ref="MEDIA_1"),
    ),
    disabled=True,
    note="问过仓库\n两行",
)
OTHER = Entry(id=EntryId("price"), question="多少钱", answer="看页面")
GOOD = EntryForm(question="能开发票吗", answer="可以的")


def test_an_entry_that_is_only_looked_at_stays_as_it_is() -> None:
    form = form_of_fields(fields_of(ENTRY))
    row = check_row(Row(file="", line=0, fields={**fields_of_form(form), "id": ENTRY.id}))
    assert isinstance(row, Draft)
    assert plan_import([ENTRY, OTHER], [row]).entries == (ENTRY, OTHER)
    assert errors_of(form, ENTRY.id, [ENTRY, OTHER]) == {}


def test_what_was_cleared_is_gone() -> None:
    form = replace(
        form_of_fields(fields_of(ENTRY)), similar="", rows=(), note="", attachments="", valid_from=""
    )
    row = check_row(Row(file="", line=0, fields={**fields_of_form(form), "id": ENTRY.id}))
    assert isinstance(row, Draft)
    (after,) = plan_import([ENTRY], [row]).entries
    assert (after.similar, after.variants, after.note, after.attachments) == ((), (), "", ())
    assert after.valid_from is None


def test_what_browsers_send() -> None:
    sent = {"question": " 问 ", "similar": "一\r\n\r\n 二 ", "answer": "上\r\n下", "disabled": "yes"}
    form = form_of_post(sent, [AnswerRow(channel="kefu", answer=" "), AnswerRow(segment="vip", answer="好")])
    fields = fields_of_form(form)
    assert fields["similar"] == ["一", "二"]
    assert fields["answer"] == "上\n下"
    assert fields["answers"] == {"*/vip": "好"}
    assert fields["disabled"] is True


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"question": ""}, "question", "请写上问题"),
        ({"question": "？？"}, "question", "里没有文字"),
        ({"answer": ""}, "answer", "请写上答案"),
        ({"answer": "{who}"}, "answer", "不认识变量"),
        ({"similar": "x" * 201}, "similar", "最多 200"),
        ({"category": "类" * 51}, "category", "最多 50"),
        ({"valid_from": "明天"}, "valid_from", "不是日期"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "valid_until", "之后"),
        ({"attachments": "link ftp://x 标题"}, "attachments", "http(s) 网址"),
        ({"note": "n" * 1001}, "note", "最多 1000"),
        ({"question": "多少钱"}, "question", "已经有这个问题了（编号 price）"),
    ],
)
def test_each_mistake_is_at_its_own_field(changes: dict[str, str], field: str, said: str) -> None:
    errors = errors_of(replace(GOOD, **changes), None, [ENTRY, OTHER])  # type: ignore[arg-type]
    assert list(errors) == [field]
    assert said in errors[field][0]


def test_an_entry_may_not_take_the_question_of_another() -> None:
    form = replace(form_of_fields(fields_of(ENTRY)), question="多少钱")
    assert "price" in errors_of(form, ENTRY.id, [ENTRY, OTHER])["question"][0]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([AnswerRow(answer="说给谁")], "说给谁听的"),
        ([AnswerRow(segment="a b", answer="好")], "客群应是"),
        ([AnswerRow(channel="kefu", answer="一"), AnswerRow(channel="kefu", answer="二")], "留一个就好"),
    ],
)
def test_answers_need_somebody_to_hear_them(rows: list[AnswerRow], said: str) -> None:
    (reason,) = row_errors(replace(GOOD, rows=tuple(rows)))
    assert said in reason
