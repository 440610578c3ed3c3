"""Active replies: the JSON of custom/send, what its answers mean, and who gets a transferred session."""

import pytest

from channels.official.api import Answered
from channels.official.sending import OnlineAgent, least_busy, message, online_agents, outcome
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent, WindowClosed
from conversations.replies import Choice, ImageReply, MenuReply, TextReply

MENU = MenuReply(head="您想问：", choices=(Choice(id="7", label="退货\x00"),), tail="或者回复 0")


def answered(code: int | None) -> Answered:
    return Answered(code=code, message="said", body={})


def test_messages() -> None:
    assert message(TextReply(text="好\x00的"), "oA", menus=True) == {
        "touser": "oA",
        "msgtype": "text",
        "text": {"content": "好的"},
    }
    assert message(ImageReply(media_id="m1"), "oA", menus=True) == {
        "touser": "oA",
        "msgtype": "image",
        "image": {"media_id": "m1"},
    }
    assert message(MENU, "oA", menus=True) == {
        "touser": "oA",
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": "您想问：",
            "list": [{"id": "7", "content": "退货"}],
            "tail_content": "或者回复 0",
        },
    }
    assert message(MENU, "oA", menus=False)["text"] == {"content": "您想问：\n1. 退货\n或者回复 0"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, Sent),
        (-1, OutcomeUnknown),
        (None, OutcomeUnknown),
        (45009, NotSent),
        (45011, NotSent),
        (40164, NotSent),
        (45015, WindowClosed),
        (45047, WindowClosed),
        (40003, Refused),
        (43004, Refused),
        (48001, Refused),
        (48002, Refused),
        (12345, Refused),
    ],
)
def test_what_answers_to_custom_send_mean(code: int | None, expected: type[SendOutcome]) -> None:
    assert type(outcome(answered(code), repeatable=False)) is expected


def test_waits_are_passed_on_and_busy_may_be_repeated_where_that_does_no_harm() -> None:
    frequent = outcome(answered(45011), repeatable=False)
    assert isinstance(frequent, NotSent)
    assert frequent.retry_after == 60
    assert isinstance(outcome(answered(-1), repeatable=True), NotSent)


@pytest.mark.parametrize("failure", [NotSent(reason="cannot connect"), OutcomeUnknown(reason="no answer")])
def test_failures_of_the_connection_are_passed_on(failure: NotSent | OutcomeUnknown) -> None:
    assert outcome(failure, repeatable=False) is failure


@pytest.mark.parametrize(
    ("body", "accounts"),
    [
        ({"kf_online_list": [{"kf_account": "a@s", "status": 1, "accepted_case": 2}]}, ["a@s"]),
        ({"kf_online_list": [{"kf_account": 7}, "x", None, {}]}, []),
        ({"kf_online_list": "none"}, []),
        ({}, []),
    ],
)
def test_online_agents_are_read_leniently(body: dict[str, object], accounts: list[str]) -> None:
    assert [agent.account for agent in online_agents(body)] == accounts


def test_the_least_busy_agent_takes_the_session() -> None:
    agents = [
        OnlineAgent(account=name, accepted_cases=cases) for name, cases in (("a", 3), ("b", 1), ("c", 1))
    ]
    assert least_busy(agents) == agents[1]
    assert least_busy([]) is None
