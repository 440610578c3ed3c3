"""The column names that an imported file may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knowledge_base.audience import AudienceUnreadable, parse_audience

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
    "answers": "answers",
    "valid_from": "valid_from",
    "生效日期": "valid_from",
    "开始日期": "valid_from",
    "valid_until": "valid_until",
    "失效日期": "valid_until",
    "截止日期": "valid_until",
    "attachments": "attachments",
    "附件": "attachments",
    "disabled": "disabled",
    "停用": "disabled",
    "note": "note",
    "内部备注": "note",
}
"""Every accepted column name, lower case, and the field it stands for. Besides: ``answer@AUDIENCE``, 答案@AUDIENCE."""

Renaming = Mapping[str, str]
"""What an editor said about columns: the file's header, and our column for it ("" to leave it out)."""

NO_RENAMING: Renaming = {}

_VARIANT = "answer@"


def field_of(column: object, renaming: Renaming = NO_RENAMING) -> str | None:
    """The field that a column name stands for; None for a name that means nothing here.

    A column of answers for an audience is ``answer@`` and the audience's key, or what was written if that is none.
    """
    name = str(column).strip()
    name = renaming.get(name, name).strip()
    plain, at, audience = name.partition("@")
    if not at:
        return COLUMNS.get(name.lower())
    if COLUMNS.get(plain.strip().lower()) != "answer":
        return None
    try:
        return _VARIANT + parse_audience(audience).key
    except AudienceUnreadable:
        return _VARIANT + audience.strip()


def audience_of(field: str) -> str | None:
    """What stands behind ``answer@``; None for another field."""
    return field.removeprefix(_VARIANT) if field.startswith(_VARIANT) else None


def renaming_problems(renaming: Renaming) -> list[str]:
    """What is wrong with a renaming: targets that are no columns."""
    return [
        f"“{header}”对应的“{target}”不是这里的列"
        for header, target in renaming.items()
        if _is_nothing(target)
    ]


def missing_fields(headers: Iterable[object], renaming: Renaming = NO_RENAMING) -> list[str]:
    """The needed fields that no header stands for."""
    found = {field_of(header, renaming) for header in headers}
    return [name for name in ("question", "answer") if name not in found]


def _is_nothing(target: str) -> bool:
    if not target.strip():
        return False
    field = field_of(target)
    return field is None or not _is_audience(audience_of(field))


def _is_audience(key: str | None) -> bool:
    """True also for None: a field that is about no audience."""
    try:
        return key is None or parse_audience(key).key == key
    except AudienceUnreadable:
        return False
