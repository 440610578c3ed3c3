"""Answers of sync_msg as pages."""

from __future__ import annotations

from typing import Any

import pytest

from channels.kefu.pages import BadPage, Page, read_page


def test_a_page() -> None:
    body = {"errcode": 0, "next_cursor": "c2", "has_more": 1, "msg_list": [{"msgid": "1"}, {"msgid": "2"}]}
    page = read_page(body, cursor="c1")
    assert page == Page(items=({"msgid": "1"}, {"msgid": "2"}), next_cursor="c2", has_more=True)


def test_an_empty_page_may_have_more_behind_it() -> None:
    page = read_page({"next_cursor": "c2", "has_more": 1, "msg_list": []}, cursor="c1")
    assert page == Page(items=(), next_cursor="c2", has_more=True)


@pytest.mark.parametrize("body", [{}, {"msg_list": None, "has_more": 0, "next_cursor": ""}])
def test_nothing_new_leaves_the_cursor(body: dict[str, Any]) -> None:
    assert read_page(body, cursor="c1") == Page(items=(), next_cursor="c1", has_more=False)


@pytest.mark.parametrize(
    "body",
    [
        {"msg_list": {}, "next_cursor": "c"},
        {"msg_list": "x", "next_cursor": "c"},
        {"msg_list": [], "has_more": 2, "next_cursor": "c"},
        {"msg_list": [], "has_more": "1", "next_cursor": "c"},
        {"msg_list": [], "has_more": 1},
        {"msg_list": [{"msgid": "1"}], "has_more": 0},
        {"msg_list": [{"msgid": "1"}], "has_more": 0, "next_cursor": 5},
        {"msg_list": [], "next_cursor": "a\x00b"},
    ],
)
def test_an_answer_that_is_no_page_moves_nothing(body: dict[str, Any]) -> None:
    with pytest.raises(BadPage):
        read_page(body, cursor="c1")


def test_one_bad_item_stops_nothing() -> None:
    body = {"msg_list": ["x", None, {"msgid": "1"}], "has_more": 0, "next_cursor": "c"}
    assert read_page(body, cursor="").items == ({"unreadable": "x"}, {"unreadable": None}, {"msgid": "1"})


def test_what_a_database_cannot_hold_is_taken_out() -> None:
    item = {"text": {"content": "a\x00b\ud800c", "l\x00ist": ["\x07d"]}, "n": 1.5, "b": True}
    page = read_page({"msg_list": [item], "next_cursor": "c"}, cursor="")
    assert page.items == ({"text": {"content": "abc", "list": ["d"]}, "n": 1.5, "b": True},)


def test_a_bottomless_item_is_cut() -> None:
    item: dict[str, Any] = {}
    for _ in range(500):
        item = {"x": item}
    (read,) = read_page({"msg_list": [item], "next_cursor": "c"}, cursor="").items
    depth = 0
    inner: Any = read
    while isinstance(inner, dict):
        depth, inner = depth + 1, inner.get("x")
    assert (depth, inner) == (25, None)
