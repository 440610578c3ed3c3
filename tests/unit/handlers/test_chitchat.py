"""Small talk is answered kindly, and never as a person."""

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from handlers import chitchat
from handlers.chitchat import A_BOT, CHAT, COMFORT, IN_NEED, NAME, SORRY
from tests.unit.handlers.turns import make_turn, only_text, run


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("你是真人吗", A_BOT),
        ("你是不是机器人？", A_BOT),
        ("你是AI吧", A_BOT),
        ("你用的ChatGPT？", A_BOT),
        ("你今年多大了", A_BOT),
        ("您结婚了没", A_BOT),
        ("嫁给我吧", A_BOT),
        ("你叫啥呀", NAME),
        ("你是谁", NAME),
        ("你好笨", SORRY),
        ("无语了", SORRY),
        ("今天好累啊", COMFORT),
        ("烦死了", COMFORT),
        ("我失恋了", COMFORT),
        ("我睡不着，失眠好几天", COMFORT),
        ("麻烦你唱首歌", CHAT),
        ("讲个笑话", CHAT),
        ("我跟朋友打了个赌[笑哭]", CHAT),
        ("我给你发个mail吧", CHAT),
        ("真的不想活了", IN_NEED),
    ],
)
def test_the_line_fits(text: str, line: str) -> None:
    assert chitchat.line_for(text) == line


@pytest.mark.parametrize(("text", "bot"), [("你是真人吗", True), ("讲个笑话", False)])
async def test_it_counts_as_understood(text: str, bot: bool) -> None:
    context = Context(offered=("a",), misses=2, last_entry="e")
    outcome = await run(chitchat.router(), make_turn(text, intent="chitchat", context=context))
    assert only_text(outcome) == chitchat.line_for(text)
    assert outcome.context == Context(last_entry="e")
    assert outcome.facts == (Fact(name="chat.answered", details={"bot": bot}),)


def test_it_says_that_it_is_a_bot_and_how_to_find_a_person() -> None:
    assert "不是真人" in A_BOT
    assert "转人工" in A_BOT
