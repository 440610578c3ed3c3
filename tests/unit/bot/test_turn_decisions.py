"""What a customer decided about themselves reaches the commit."""

from __future__ import annotations

import pytest

from conversations.consents import ConsentChange, Purpose
from conversations.inbound import Text
from conversations.outcomes import Outcome
from tests.unit.bot.test_turn import Shop

OUT = (ConsentChange(purpose=Purpose.MARKETING, granted=False),)


@pytest.mark.parametrize("text", ["greet", "ask_human", "什么都行"])
async def test_a_turn_commits_what_its_handler_decided(text: str) -> None:
    finished = await Shop(Outcome(consents=OUT, withdraws_case=True)).thinks(Text(text=text))
    assert finished.consents == OUT
    assert finished.withdraws_case


async def test_a_turn_decides_nothing_by_itself() -> None:
    finished = await Shop(Outcome()).thinks(Text(text="greet"))
    assert finished.consents == ()
    assert not finished.withdraws_case
