"""The agent who is asked for is named to the customer and in the case; nobody is promised."""

import pytest

from conversations.conversation import Context
from conversations.outcomes import HandOver, HandOverReason
from conversations.replies import ReplyKind
from handlers import ask_dedicated_agent, praise
from tests.unit.handlers.turns import make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")
HOURS = "每天 9:00–21:00"


@pytest.mark.parametrize(
    ("said", "called", "about"),
    [
        ("小陈", "小陈", "找小陈："),
        ("", "您的专属客服", "找专属客服："),
        ("西湖店卖大闸蟹的那位小丁", "您的专属客服", "找专属客服："),
    ],
)
async def test_the_agent_is_named_where_a_name_was_said(said: str, called: str, about: str) -> None:
    turn = make_turn(
        "我要找她", intent="ask_dedicated_agent", entities={"agent_name": said} if said else {}, context=BUSY
    )
    outcome = await run(ask_dedicated_agent.router(service_hours=HOURS), turn)
    text = only_text(outcome)
    assert f"要找{called}，同事会转告。人工服务时间：{HOURS}" in text
    assert "其他同事也能先帮您" in text
    assert outcome.says[0].kind is ReplyKind.TRANSITION
    assert outcome.hand_over == HandOver(
        reason=HandOverReason.ASKED_FOR,
        summary=f"{about}我要找她",
        connecting=ask_dedicated_agent.CONNECTING.format(name=called),
    )
    assert outcome.context == Context(last_entry="e")


async def test_praise_is_thanked_for_and_counted() -> None:
    outcome = await run(praise.router(), make_turn("你们真好", intent="praise", context=BUSY))
    assert only_text(outcome) == praise.THANKS
    assert [fact.name for fact in outcome.facts] == ["praise.given"]
    assert outcome.context == Context(last_entry="e")
