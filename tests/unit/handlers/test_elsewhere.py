"""What is done elsewhere: every such intent has a line that says where, offers a person and promises nothing."""

import re

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from handlers import elsewhere
from intents.kinds import ELSEWHERE
from tests.unit.handlers.turns import make_turn, only_text, run


def test_every_intent_that_is_served_elsewhere_has_a_line() -> None:
    assert set(elsewhere.TEXTS) == ELSEWHERE
    assert elsewhere.router().intents == ELSEWHERE


@pytest.mark.parametrize("intent", sorted(ELSEWHERE))
async def test_the_line_says_where_and_offers_a_person(intent: str) -> None:
    context = Context(offered=("a",), misses=2, last_entry="e")
    outcome = await run(elsewhere.router(), make_turn("x", intent=intent, context=context))
    text = only_text(outcome)
    assert re.search("小程序|商品页", text)
    assert "回复“转人工”" in text
    assert len(text) <= 90
    assert outcome.context == Context(last_entry="e")
    assert outcome.facts == (Fact(name="intent.elsewhere", details={"intent": intent}),)


@pytest.mark.parametrize("text", elsewhere.TEXTS.values())
def test_no_line_tells_of_an_activity_or_of_what_is_in_stock(text: str) -> None:
    assert not re.search("正在进行|现在没有|已经结束|有货了|没货了|[0-9]", text)
