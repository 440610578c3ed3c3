"""Texts that lean on the question before them, and what they become with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.follow_up import LONGEST_MARKED, LONGEST_UNMARKED, Part, gap_in, readings

CONVERSATIONS: list[dict[str, Any]] = [
    json.loads(line)
    for line in Path(__file__).with_name("follow_ups.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]
"""Two questions of a shop's customer each; ``readings``: what the second may mean after the first."""


def test_conversations_of_two_questions() -> None:
    read = {(told["first"], told["then"]): readings(told["then"], told["first"]) for told in CONVERSATIONS}
    assert read == {(told["first"], told["then"]): tuple(told["readings"]) for told in CONVERSATIONS}


def test_there_are_conversations_of_every_kind() -> None:
    kinds = [told["kind"] for told in CONVERSATIONS]
    assert kinds.count("elliptic") >= 60
    assert min(kinds.count("new"), kinds.count("chat")) >= 15


@pytest.mark.parametrize(
    ("text", "part", "sure", "marked"),
    [
        ("那运费呢", Part.ATTRIBUTE, True, True),
        ("運費呢？", Part.ATTRIBUTE, True, True),
        ("那 生鲜 的 话 呢", Part.THING, True, True),
        ("哦哦，上海呢", Part.THING, True, True),
        ("要是拆了", Part.THING, True, True),
        ("多久到", Part.ATTRIBUTE, True, False),
        ("北京", Part.THING, True, False),
        ("你们有店吗", Part.ATTRIBUTE, False, False),
        ("那抽纸一箱几包", Part.ATTRIBUTE, False, True),
    ],
)
def test_what_is_left_out(text: str, part: Part, sure: bool, marked: bool) -> None:
    found = gap_in(text)
    assert found is not None
    assert (found.part, found.sure, found.marked) == (part, sure, marked)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "？",
            "呢",
            "那呢",
            "那",
            "好的呢",
            "嗯嗯",
            "那好吧",
            "那算了",
            "谢谢",
            "知道了呢",
            "[微笑]",
            "👌",
        ),
        *("那我再看看", "我问问我老婆", "太贵了", "有点贵", "哈哈哈", "你真聪明", "发错货了", "苹果好吃"),
        "我上周买的那箱橙子收到的时候坏了三个怎么赔",
        "那你们家大闸蟹从阳澄湖发货到武汉要几天呢",
        "亲" * 500,
        "的" * 500,
    ],
)
def test_what_stands_for_itself_or_asks_nothing(text: str) -> None:
    assert gap_in(text) is None


def test_long_texts_say_themselves_what_they_are_about() -> None:
    assert gap_in("那" + "运" * (LONGEST_MARKED - 1) + "费呢") is not None
    assert gap_in("那" + "运" * LONGEST_MARKED + "费呢") is None
    assert gap_in("运" * (LONGEST_UNMARKED - 2) + "费吗") is not None
    assert gap_in("运" * LONGEST_UNMARKED + "费吗") is None


def test_a_thing_takes_the_place_of_its_like_only() -> None:
    assert readings("苹果呢", "橙子坏了怎么赔") == ("苹果坏了怎么赔",)
    assert readings("上海呢", "橙子坏了怎么赔") == ("上海怎么赔", "橙子坏了上海")


def test_of_several_sentences_the_first_is_gone_on_from() -> None:
    assert readings("怎么买", "禾野卡有效期多久？能退成现金吗？") == ("禾野卡怎么买",)
