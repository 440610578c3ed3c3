"""Reads fields of a JSON body with the code the platform gives for each that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from simulator.corp.errcodes import CorpError

Json = dict[str, object]

PARAMETER = 40058
"""不合法的参数: the platform's answer to anything that has no code of its own."""


def text(data: Mapping[str, object], name: str, errcode: int = PARAMETER, *, limit: int | None = None) -> str:
    """A text that is not empty and has at most ``limit`` bytes; raises CorpError with the given code."""
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise CorpError(errcode, name)
    if limit is not None and len(value.encode()) > limit:
        raise CorpError(errcode, f"{name} has more than {limit} bytes")
    return value


def optional(data: Mapping[str, object], name: str, *, limit: int | None = None) -> str:
    """A text or nothing; raises CorpError 40058."""
    value = data.get(name)
    if value is None or value == "":
        return ""
    return text(data, name, limit=limit)


def whole(
    data: Mapping[str, object], name: str, default: int, low: int, high: int, errcode: int = PARAMETER
) -> int:
    """A whole number within bounds; raises CorpError with the given code."""
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise CorpError(errcode, name)
    return value


def obj(data: Mapping[str, object], name: str, errcode: int = PARAMETER) -> Json:
    """An object; raises CorpError with the given code."""
    value = data.get(name)
    if isinstance(value, dict):
        return cast("Json", value)
    raise CorpError(errcode, name)


def objects(
    data: Mapping[str, object], name: str, errcode: int = PARAMETER, *, low: int = 0, high: int = 10_000
) -> list[Json]:
    """A list of objects of a length within bounds (absent: empty); raises CorpError with the given code."""
    value = data.get(name)
    items = cast("list[object]", value) if isinstance(value, list) else []
    if value is not None and not isinstance(value, list):
        raise CorpError(errcode, name)
    if not low <= len(items) <= high or not all(isinstance(item, dict) for item in items):
        raise CorpError(errcode, name)
    return cast("list[Json]", items)


def texts(
    data: Mapping[str, object], name: str, errcode: int = PARAMETER, *, high: int = 10_000
) -> list[str]:
    """A list of texts (absent: empty) of at most ``high``; raises CorpError with the given code."""
    value = data.get(name)
    if value is None:
        return []
    items = cast("list[object]", value) if isinstance(value, list) else None
    if items is None or len(items) > high or not all(isinstance(item, str) for item in items):
        raise CorpError(errcode, name)
    return cast("list[str]", items)


def page(data: Mapping[str, object], total: int, *, default: int, most: int) -> tuple[int, int, str]:
    """Start, end and the next cursor of one page; cursors are opaque outside. Raises CorpError 50100."""
    limit = whole(data, "limit", default, 0, 10**9)
    size = limit if 1 <= limit <= most else default
    cursor = data.get("cursor") or ""
    if not isinstance(cursor, str) or (cursor and not cursor.removeprefix("CUR").isdecimal()):
        raise CorpError(50100, "cursor")
    start = int(cursor.removeprefix("CUR")) if cursor else 0
    end = min(start + size, total)
    return start, end, f"CUR{end}" if end < total else ""
