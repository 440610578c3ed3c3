"""Who threatens, insults or swears needs a person at once; who is cross, or asks how to complain, is served."""

from __future__ import annotations

import json
from pathlib import Path

from intents.heated import Heat, heat_of
from intents.wording import normalise

HELD_OUT = Path(__file__).parents[2] / "held_out" / "intents" / "queries.jsonl"


def test_plain_words_decide() -> None:
    said = {
        "再不退钱我就打12315了": Heat.GOES_PUBLIC,
        "我要去消协告你们": Heat.GOES_PUBLIC,
        "不给说法我就曝光你们": Heat.GOES_PUBLIC,
        "我已经准备起诉你们了": Heat.GOES_PUBLIC,
        "再拖我发到小红书上给大家看看": Heat.GOES_PUBLIC,
        "骗子！": Heat.ANGRY,
        "你们就是骗子": Heat.ANGRY,
        "什么垃圾店": Heat.ANGRY,
        "太过分了吧": Heat.ANGRY,
        "他妈的到底发不发货": Heat.ANGRY,
        "怎么打12315": None,
        "12315电话是多少": None,
        "是不是骗子冒充你们抽奖": None,
        "空气炸锅太小了": None,
        "给我妈的手机下单": None,
        "气死了 刚收到就降价 我要差价": None,
        "我发朋友圈帮你们宣传了": None,
        "小红书上看到你们的": None,
    }
    assert {text: heat_of(normalise(text)) for text in said} == said


def test_other_wishes_are_not_taken_for_it() -> None:
    others = [
        entry["text"]
        for entry in map(json.loads, HELD_OUT.read_text().splitlines())
        if entry["intent"] != "complaint"
    ]
    assert len(others) > 1000
    assert [text for text in others if heat_of(normalise(text)) is not None] == []
