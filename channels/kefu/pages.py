"""One answer of sync_msg (WeCom 94670 读取消息) as a page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.text import clean_text

Item = Mapping[str, object]
"""One message or event as the platform's JSON has it, without characters that a database cannot hold."""

_MAX_DEPTH = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Items in the platform's order, to be stored together with ``next_cursor``.

    ``has_more`` alone says whether to pull again: a page may be empty with more behind it.
    """

    items: tuple[Item, ...]
    next_cursor: str
    has_more: bool


class BadPage(ValueError):
    """The answer is not a page; nothing of it may be stored, and the cursor stays."""


def read_page(body: Mapping[str, object], *, cursor: str) -> Page:
    """The page in an answer with errcode 0, pulled from ``cursor``. Raises BadPage.

    An answer without next_cursor leaves the cursor where it was, which is right only when nothing came. An element of
    msg_list that is no object is kept as ``{"unreadable": …}``, so that one bad item stops nothing.
    """
    elements = body.get("msg_list", [])
    if elements is None:
        elements = []
    if not isinstance(elements, list):
        raise BadPage("msg_list is not a list")
    has_more = body.get("has_more", 0)
    if has_more not in (0, 1):
        raise BadPage("has_more is neither 0 nor 1")
    next_cursor = body.get("next_cursor", "")
    if not isinstance(next_cursor, str) or clean_text(next_cursor) != next_cursor:
        raise BadPage("next_cursor is not a text")
    if not next_cursor and (elements or has_more):
        raise BadPage("next_cursor is missing")
    items = tuple(_item(element) for element in elements)
    return Page(items=items, next_cursor=next_cursor or cursor, has_more=bool(has_more))


def _item(element: object) -> Item:
    cleaned = _clean(element, depth=0)
    return cleaned if isinstance(cleaned, dict) else {"unreadable": cleaned}


def _clean(value: object, depth: int) -> object:
    """JSON without characters that a database cannot hold; deeper than any item is, it becomes null."""
    if depth > _MAX_DEPTH:
        return None
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {clean_text(str(name)): _clean(inner, depth + 1) for name, inner in value.items()}
        case list():
            return [_clean(inner, depth + 1) for inner in value]
        case _:
            return value
