"""Reading and checking files of entries."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from knowledge_base.entry import MAX_ANSWER, MAX_QUESTION
from knowledge_base.importing.checking import Draft, check_row
from knowledge_base.importing.cleaning import clean
from knowledge_base.importing.files import Reading, read_files
from knowledge_base.importing.row import Row


def reading(path: Path, content: str | bytes) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_files([path])


def told(found: Reading) -> list[str]:
    return [str(problem) for problem in found.problems]


def only(found: Reading) -> Draft:
    assert told(found) == []
    (draft,) = found.drafts
    return draft


CHINESE_TABLE = "编号,问题,答案,相似问,分类\nr1,怎么退货,打开订单,退货|我要退货|怎么退货,退货\n"


@pytest.mark.parametrize(
    "data", [CHINESE_TABLE.encode(), CHINESE_TABLE.encode("utf-8-sig"), CHINESE_TABLE.encode("gb18030")]
)
def test_csv_as_it_comes_from_any_spreadsheet(tmp_path: Path, data: bytes) -> None:
    draft = only(reading(tmp_path / "faq.csv", data))
    assert (draft.id, draft.question, draft.answer, draft.category) == ("r1", "怎么退货", "打开订单", "退货")
    assert draft.similar == ("退货", "我要退货")
    assert draft.line == 2


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_delimiters(tmp_path: Path, delimiter: str) -> None:
    assert only(reading(tmp_path / "faq.csv", f"question{delimiter}answer\n问{delimiter}答\n")).answer == "答"


def test_csv_rows_are_named_by_the_line_where_they_begin(tmp_path: Path) -> None:
    text = 'question,answer\n怎么退货,"第一步\n第二步"\n,没有问题\n\n没有答案,\n多了一列,答,案\n'
    found = reading(tmp_path / "faq.csv", text)
    assert [draft.line for draft in found.drafts] == [2]
    assert told(found) == [
        "faq.csv:4: 缺少 question（问题）",
        "faq.csv:6: 缺少 answer（答案）",
        "faq.csv:7: 有 3 列，表头只有 2 列",
    ]


def test_a_table_without_a_header_is_one_problem(tmp_path: Path) -> None:
    found = reading(tmp_path / "faq.csv", "怎么退货,打开订单\n怎么换货,打开订单\n")
    assert len(found.problems) == 1
    assert found.problems[0].line == 1


def test_xlsx(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["ID", "问题", "答案", "备注"],
        [1001, "怎么退货", "打开订单", "改过"],
        [],
        [1002.0, "缺", None, None],
    ):
        book.active.append(row)
    book.save(tmp_path / "faq.xlsx")
    found = read_files([tmp_path / "faq.xlsx"])
    assert [(draft.id, draft.line) for draft in found.drafts] == [("1001", 2)]
    assert told(found) == ["faq.xlsx:4: 缺少 answer（答案）"]
    assert found.ignored == ("faq.xlsx: 备注",)


def test_jsonl(tmp_path: Path) -> None:
    lines = [
        json.dumps({"question": "怎么退货", "answer": "打开订单", "similar": ["退货"]}),
        "",
        "{oops",
        "[1]",
        json.dumps({"question": ["一", "二"], "answer": "答"}),
        json.dumps({"question": "问", "answer": "答", "similar": [{"a": 1}]}),
    ]
    found = reading(tmp_path / "faq.jsonl", "\n".join(lines))
    assert [draft.similar for draft in found.drafts] == [("退货",)]
    assert [problem.line for problem in found.problems] == [3, 4, 5, 5, 6]


def test_yaml_items_are_named_by_their_line(tmp_path: Path) -> None:
    text = "- question: 怎么退货\n  answer: 打开订单\n  similar: [退货, 我要退]\n\n- question: 怎么换货\n- 只是文字\n"
    found = reading(tmp_path / "faq.yml", text)
    assert [(draft.question, draft.similar) for draft in found.drafts] == [("怎么退货", ("退货", "我要退"))]
    assert told(found) == ["faq.yml:5: 缺少 answer（答案）", "faq.yml:6: 应是一条问答（question、answer……）"]


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("faq.yaml", "a: [", "faq.yaml:1"),
        ("faq.yaml", "question: 问", "faq.yaml:1"),
        ("faq.yaml", "- !!python/object:os.system {}", "faq.yaml:1"),
        ("faq.jsonl", "\xff", "faq.jsonl:1"),
        ("faq.xlsx", "not a workbook", "faq.xlsx"),
        ("faq.csv", b"\xff\xfe\xff", "faq.csv"),
        ("faq.csv", 'question,answer\n问,"答\n', "faq.csv:2"),
        ("faq.docx", "", "faq.docx"),
    ],
)
def test_files_that_are_not_what_they_say(
    tmp_path: Path, name: str, content: str | bytes, place: str
) -> None:
    found = reading(tmp_path / name, content)
    assert found.drafts == ()
    assert [str(problem).split(": ")[0] for problem in found.problems] == [place]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert told(read_files([tmp_path / "no.csv"])) == ["no.csv: 读不了（No such file or directory）"]


def row(**fields: object) -> Row:
    return Row(file="f", line=3, fields={"question": "怎么退货", "answer": "打开订单", **fields})


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"question": "长" * (MAX_QUESTION + 1)}, "question 有 201 个字，最多 200 个"),
        ({"answer": "长" * (MAX_ANSWER + 1)}, "answer 有 5001 个字，最多 5000 个"),
        ({"question": "？？"}, "question（问题）里没有文字"),
        ({"answer": " \x00 "}, "缺少 answer（答案）"),
        ({"similar": "长" * 201}, "有 201 个字，最多 200 个"),
        ({"similar": [f"第{number}个" for number in range(201)]}, "similar 有 201 个，最多 200 个"),
        ({"similar": "😀"}, "里没有文字"),
        ({"id": "a b"}, "id（编号）里不能有空格"),
        ({"问题": "又一个"}, "列“question”出现了两次"),
    ],
)
def test_limits(fields: dict[str, object], reason: str) -> None:
    checked = check_row(row(**fields))
    assert isinstance(checked, list)
    assert len(checked) == 1
    assert reason in str(checked[0])
    assert str(checked[0]).startswith("f:3: ")


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    checked = check_row(row(question="", answer="", id="a b"))
    assert isinstance(checked, list)
    assert len(checked) == 3


def test_a_column_that_is_missing_differs_from_one_that_is_empty() -> None:
    without, empty = check_row(row()), check_row(row(similar="", category=None))
    assert isinstance(without, Draft)
    assert isinstance(empty, Draft)
    assert (without.similar, without.category) == (None, None)
    assert (empty.similar, empty.category) == ((), "")


def test_cleaning_keeps_emoji_and_line_ends() -> None:
    assert (
        clean("\ufeff第一行\r\n第二行\x07\u202e 👨\u200d👩\u200d👧 ") == "第一行\n第二行 👨\u200d👩\u200d👧"
    )
