"""What is said to an event at once."""

from __future__ import annotations

import pytest

from conversations.inbound import (
    AgentSession,
    AgentSessionChange,
    Content,
    EnteredSession,
    Followed,
    SendFailed,
    Text,
)
from conversations.replies import MenuReply, TextReply
from handlers.at_once import FAREWELL, FIND_A_PERSON, MOST_SAMPLES, PERSON_IS_HERE, at_once

SAMPLES = ("满多少包邮？", "荔枝坏了怎么赔？")


def test_the_welcome_offers_the_samples_to_tap_and_a_way_to_people() -> None:
    reply = at_once(shop_name="禾野集", samples=SAMPLES)(EnteredSession(scene="card"))
    assert isinstance(reply, MenuReply)
    assert reply.head.startswith("欢迎来到禾野集！")
    assert "机器人" in reply.head
    assert reply.head.splitlines()[-1] == "大家常问："
    assert [choice.label for choice in reply.choices] == list(SAMPLES)
    assert len({choice.id for choice in reply.choices}) == len(SAMPLES)
    assert reply.tail == FIND_A_PERSON


def test_without_samples_the_welcome_is_a_text_that_announces_no_list() -> None:
    reply = at_once(shop_name="禾野集", samples=())(EnteredSession())
    assert isinstance(reply, TextReply)
    assert reply.text.startswith("欢迎来到禾野集！")
    assert "大家常问" not in reply.text
    assert reply.text.endswith(FIND_A_PERSON)


def test_no_more_samples_than_a_phone_shows() -> None:
    reply = at_once(shop_name="禾野集", samples=[f"问题{n}？" for n in range(30)])(EnteredSession())
    assert isinstance(reply, MenuReply)
    assert [choice.label for choice in reply.choices] == [f"问题{n}？" for n in range(MOST_SAMPLES)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (AgentSession(change=AgentSessionChange.CREATED, agent="lan"), PERSON_IS_HERE),
        (AgentSession(change=AgentSessionChange.CLOSED, agent="lan"), FAREWELL),
        (AgentSession(change=AgentSessionChange.SWITCHED, agent="lan"), None),
        (AgentSession(change=AgentSessionChange.REOPENED, agent="lan"), None),
        (Text(text="你好"), None),
        (Followed(), None),
        (SendFailed(platform_id="m", fail_type=4, reason="late"), None),
    ],
)
def test_people_are_announced_and_thanked_and_nothing_else_is_said(
    content: Content, words: str | None
) -> None:
    reply = at_once(shop_name="禾野集", samples=SAMPLES)(content)
    assert reply == (None if words is None else TextReply(text=words))
