"""No more news, or news again: what is said is what is recorded."""

import pytest

from conversations.consents import ConsentChange, Purpose
from conversations.conversation import Context
from conversations.facts import Fact
from handlers import marketing, stay_with_bot
from tests.unit.handlers.turns import make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")
OUT = (ConsentChange(purpose=Purpose.MARKETING, granted=False),)
BACK = (ConsentChange(purpose=Purpose.MARKETING, granted=True),)


@pytest.mark.parametrize(
    ("intent", "text", "said", "consents", "fact"),
    [
        ("opt_out_marketing", "别发广告了", marketing.OPTED_OUT, OUT, "marketing.opted_out"),
        ("opt_out_marketing", "恢复活动消息", marketing.OPTED_IN, BACK, "marketing.opted_in"),
        ("resume_marketing", "恢复活动消息", marketing.OPTED_IN, BACK, "marketing.opted_in"),
        ("opt_out_marketing", "不要恢复活动消息", marketing.OPTED_OUT, OUT, "marketing.opted_out"),
        (
            "opt_out_marketing",
            "短信也别发了",
            f"{marketing.OPTED_OUT}\n{marketing.NOT_OURS}",
            OUT,
            "marketing.opted_out",
        ),
    ],
)
async def test_the_promise_is_recorded(
    intent: str, text: str, said: str, consents: tuple[ConsentChange, ...], fact: str
) -> None:
    outcome = await run(marketing.router(), make_turn(text, intent=intent, context=BUSY))
    assert only_text(outcome) == said
    assert outcome.consents == consents
    assert outcome.facts == (Fact(name=fact),)
    assert outcome.context == Context(last_entry="e")


async def test_the_way_back_that_is_told_is_the_way_back() -> None:
    quoted = marketing.OPTED_OUT.split("回复“")[1].split("”")[0]
    outcome = await run(marketing.router(), make_turn(quoted, intent="opt_out_marketing"))
    assert outcome.consents == BACK


async def test_who_stays_with_the_bot_waits_for_nobody() -> None:
    turn = make_turn("不用转人工了", intent="stay_with_bot", context=BUSY)
    outcome = await run(stay_with_bot.router(), turn)
    assert only_text(outcome) == stay_with_bot.STAYING
    assert outcome.withdraws_case
    assert outcome.hand_over is None
    assert outcome.context == Context(last_entry="e")
