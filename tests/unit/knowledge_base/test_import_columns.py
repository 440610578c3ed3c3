"""Columns of an import beyond question and answer, renamed columns, and the preview."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from knowledge_base.attachment import Attachment, AttachmentKind
from knowledge_base.entry import Entry, in_order
from knowledge_base.importing.checking import Draft, check_row
from knowledge_base.importing.columns import field_of, renaming_problems
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import Effect, plan_import
from knowledge_base.importing.preview import Column, preview_import
from knowledge_base.importing.row import Row
from tests.unit.knowledge_base.shop import SHOP

TABLE = (
    "编号,问题,答案,答案@微信客服,answer@*/vip,生效日期,失效日期,停用,附件,内部备注\n"
    "sale,双十一有活动吗,有的,有的亲,{name}专享,2026/11/1,2026年11月11日,否,"
    "link https://shop.example/s 活动 说明,记得下线\n"
)


def entry_of(path: Path, existing: tuple[Entry, ...] = ()) -> Entry:
    reading = read_files([path])
    assert [str(problem) for problem in reading.problems] == []
    assert reading.ignored == ()
    return plan_import(existing, reading.drafts).entries[-1]


SALE = Entry(
    id=SHOP[0].id,
    question="双十一有活动吗",
    answer="有的",
    variants=in_order({"kefu": "有的亲", "*/vip": "{name}专享"}),
    valid_from=dt.date(2026, 11, 1),
    valid_until=dt.date(2026, 11, 11),
    attachments=(Attachment(kind=AttachmentKind.LINK, ref="https://shop.example/s", title="活动 说明"),),
    note="记得下线",
)


def test_every_column_of_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(TABLE)
    assert replace(entry_of(path), id=SALE.id) == SALE


def test_every_column_of_an_xlsx(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(
        ["问题", "答案", "答案@微信客服", "答案@*/vip", "生效日期", "失效日期", "停用", "附件", "内部备注"]
    )
    days = [dt.datetime(2026, 11, 1), dt.date(2026, 11, 11)]  # noqa: DTZ001 - as spreadsheets have them
    row = [
        "双十一有活动吗",
        "有的",
        "有的亲",
        "{name}专享",
        *days,
        False,
        "link https://shop.example/s 活动 说明",
        "记得下线",
    ]
    book.active.append(row)
    book.save(tmp_path / "faq.xlsx")
    assert replace(entry_of(tmp_path / "faq.xlsx"), id=SALE.id) == SALE


def test_every_field_of_a_document(tmp_path: Path) -> None:
    jsonl = tmp_path / "faq.jsonl"
    jsonl.write_text(json.dumps(SALE.as_json(), ensure_ascii=False))
    assert entry_of(jsonl) == SALE
    text = """
- id: return
  question: 双十一有活动吗
  answer: 有的
  answers: {微信客服: 有的亲, "*/vip": "{name}专享"}
  valid_from: 2026-11-01
  valid_until: 2026-11-11
  disabled: no
  attachments: [{kind: link, ref: "https://shop.example/s", title: 活动 说明}]
  note: 记得下线
"""
    (tmp_path / "faq.yaml").write_text(text)
    assert entry_of(tmp_path / "faq.yaml") == SALE


def test_a_column_that_is_missing_keeps_and_an_empty_one_clears(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("id,question,answer\nreturn,双十一有活动吗,没有了\n")
    assert entry_of(path, (SALE,)) == replace(SALE, answer="没有了")
    path.write_text("id,question,answer,answer@kefu,生效日期,附件,停用\nreturn,双十一有活动吗,有的,,,,是\n")
    cleared = replace(
        SALE, variants=in_order({"*/vip": "{name}专享"}), valid_from=None, attachments=(), disabled=True
    )
    assert entry_of(path, (SALE,)) == cleared
    (tmp_path / "faq.yml").write_text(
        "- {id: return, question: 双十一有活动吗, answer: 有的, answers: {wecom: 新}}"
    )
    assert entry_of(tmp_path / "faq.yml", (SALE,)) == replace(SALE, variants=in_order({"wecom": "新"}))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"answer": "{oder}到了"}, "不认识变量 {oder}"),
        ({"answer@kefu": "{oder}到了"}, "kefu 的答案：不认识变量 {oder}"),
        ({"answer@sms": "短"}, "没有认识的渠道"),
        ({"answers": ["kefu"]}, "answers 应是"),
        ({"answers": {"kefu": "a", "微信客服": "b"}}, "kefu 的答案出现了两次"),
        ({"valid_from": "2026-02-30"}, "“2026-02-30”不是日期"),
        ({"valid_until": "月底"}, "valid_until：“月底”不是日期"),
        ({"disabled": "也许"}, "disabled：“也许”应是"),
        ({"attachments": "song x"}, "附件“song x”读不懂"),
        ({"attachments": "link javascript:alert(1) 点我"}, "http(s) 网址"),
        ({"attachments": [3]}, "附件“3”读不懂"),
        ({"note": "长" * 1001}, "note（内部备注）有 1001 个字"),
        ({"note": ["a"]}, "note 应是文字"),
    ],
)
def test_what_is_wrong_is_named_with_the_cure(fields: dict[str, object], reason: str) -> None:
    checked = check_row(
        Row(file="f", line=3, fields={"question": "怎么退货", "answer": "打开订单", **fields})
    )
    assert isinstance(checked, list)
    assert len(checked) == 1
    assert reason in str(checked[0])


def test_a_period_that_ends_before_it_begins_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("id,question,answer,生效日期\nreturn,双十一有活动吗,有的,2026-11-12\n")
    plan = plan_import((SALE,), read_files([path]).drafts)
    assert [str(problem) for problem in plan.problems] == [
        "faq.csv:2: 生效日期 2026-11-12 在失效日期 2026-11-11 之后"
    ]
    assert plan.entries == (SALE,)


def test_what_each_row_does_is_told() -> None:
    drafts = [
        check_row(Row(file="f", line=line, fields=fields))
        for line, fields in (
            (2, {"id": "return", "question": SHOP[0].question, "answer": "新"}),
            (3, {"question": SHOP[1].question, "answer": SHOP[1].answer}),
            (4, {"question": "坏果包赔吗", "answer": "赔"}),
        )
    ]
    plan = plan_import(SHOP, [draft for draft in drafts if isinstance(draft, Draft)])
    assert [(each.line, each.effect) for each in plan.effects] == [
        (2, Effect.UPDATED),
        (3, Effect.UNCHANGED),
        (4, Effect.ADDED),
    ]
    assert plan.effects[0].before == SHOP[0]
    assert plan.effects[0].after == replace(SHOP[0], answer="新")
    assert plan.effects[2].before is None


THEIRS = "客户问,标准话术,渠道话术,备注\n怎么申请退货,打开订单,亲打开订单,x\n坏果包赔吗,赔,,y\n"


def test_a_preview_shows_columns_that_mean_nothing_here(tmp_path: Path) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text(THEIRS)
    preview = preview_import(path, SHOP)
    assert [column.header for column in preview.columns] == ["客户问", "标准话术", "渠道话术", "备注"]
    assert {column.field for column in preview.columns} == {None}
    assert preview.missing == ("question", "answer")
    assert preview.rows[0] == ("怎么申请退货", "打开订单", "亲打开订单", "x")
    assert len(preview.problems) == 1
    assert preview.plan.entries == SHOP


def test_an_editor_says_what_the_columns_are(tmp_path: Path) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text(THEIRS)
    renaming = {"客户问": "问题", "标准话术": "answer", "渠道话术": "答案@微信客服"}
    preview = preview_import(path, SHOP, renaming, shown=1)
    assert preview.columns[2] == Column(header="渠道话术", field="answer@kefu")
    assert preview.columns[3].field is None
    assert (preview.missing, preview.problems) == ((), ())
    assert len(preview.rows) == 1
    assert (preview.plan.updated, preview.plan.added) == (1, 1)
    assert preview.plan.entries[0].variants == in_order({"kefu": "亲打开订单"})
    assert preview.ignored == ("theirs.csv: 备注",)
    assert plan_import(SHOP, read_files([path], renaming).drafts) == preview.plan


def test_a_column_can_be_left_out_and_two_cannot_be_one(tmp_path: Path) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text("问题,答案,分类\n坏果包赔吗,赔,生鲜\n")
    assert preview_import(path, (), {"分类": ""}).plan.entries[0].category == ""
    both = preview_import(path, (), {"分类": "答案"})
    assert [problem.reason for problem in both.problems] == ["列“answer”出现了两次"]


def test_documents_are_previewed_by_their_fields(tmp_path: Path) -> None:
    path = tmp_path / "faq.jsonl"
    path.write_text('{"q": "坏果包赔吗", "a": "赔", "similar": ["烂果", "坏的"]}\n{"q": "二", "a": "答"}\n')
    preview = preview_import(path, (), {"q": "question", "a": "answer"})
    assert [column.field for column in preview.columns] == ["question", "answer", "similar"]
    assert preview.rows == (("坏果包赔吗", "赔", "烂果|坏的"), ("二", "答", ""))
    assert preview.plan.added == 2


def test_a_renaming_to_no_column_is_named(tmp_path: Path) -> None:
    assert renaming_problems({"甲": "answer", "乙": "", "丙": "答案@kefu/vip"}) == []
    assert renaming_problems({"甲": "颜色", "乙": "answer@sms"}) == [
        "“甲”对应的“颜色”不是这里的列",
        "“乙”对应的“answer@sms”不是这里的列",
    ]
    path = tmp_path / "theirs.csv"
    path.write_text("问题,答案,色\n坏果包赔吗,赔,红\n")
    assert "颜色" in str(preview_import(path, (), {"色": "颜色"}).problems[0])


def test_names_of_columns() -> None:
    assert field_of(" Answer@KEFU/VIP ") == "answer@kefu/VIP"
    assert field_of("备注") is None
    assert field_of("问题@kefu") is None
