"""The column names that an imported file may use."""

from __future__ import annotations

from collections.abc import Mapping

COLUMNS: Mapping[str, str] = {
    "id": "id",
    "编号": "id",
    "question": "question",
    "问题": "question",
    "标准问": "question",
    "标准问题": "question",
    "answer": "answer",
    "答案": "answer",
    "回答": "answer",
    "similar": "similar",
    "相似问": "similar",
    "相似问题": "similar",
    "相似问法": "similar",
    "category": "category",
    "分类": "category",
    "类别": "category",
}
"""Every accepted column name, lower case, and the field it stands for."""


def field_of(column: object) -> str | None:
    """The field that a column name stands for; None for a name that means nothing here."""
    return COLUMNS.get(str(column).strip().lower())
