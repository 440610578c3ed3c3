"""Files of labelled questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.editing.labels import LabelsBroken, read_labels
from knowledge_base.entry import EntryId
from knowledge_base.labelled import LabelledQuestion


def test_questions_with_and_without_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('\ufeff{"query": "怎么退", "ids": ["return", "r2"]}\n\n{"query": "天气", "ids": []}\n')
    assert read_labels(path) == (
        LabelledQuestion(text="怎么退", expected=frozenset({EntryId("return"), EntryId("r2")})),
        LabelledQuestion(text="天气", expected=frozenset()),
    )


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"query": 1, "ids": []}', '{"query": "怎么退"}', '{"ids": ["a"]}']
)
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"query": "a", "ids": []}\n' + line)
    with pytest.raises(LabelsBroken, match=r"labels\.jsonl:2"):
        read_labels(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LabelsBroken, match="读不了"):
        read_labels(tmp_path / "no.jsonl")
