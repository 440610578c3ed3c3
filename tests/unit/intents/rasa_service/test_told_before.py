"""What a tracker says of a message that is told again."""

from __future__ import annotations

import pytest

from conversations.errors import Transient
from conversations.guidance import Ending, Guidance
from intents.rasa_service.told_before import Before, Event, before, guidance

ASKED = Guidance(says=("哪一单？",), asked="order_no")
EXPLAINED = Guidance(says=("这个号码不对",))
DONE = Guidance(says=("提交好了",), ending=Ending.DONE)
BEGINS: Event = {"event": "active_loop", "name": "return_form"}
ENDS: Event = {"event": "active_loop", "name": None}


def user(key: str) -> Event:
    return {"event": "user", "text": "……", "metadata": {"key": key}}


def bot(piece: Guidance) -> Event:
    return {"event": "bot", "data": {"custom": piece.to_stored()}}


@pytest.mark.parametrize(
    ("events", "known"),
    [
        ([], Before()),
        ([user("k0"), bot(ASKED)], Before()),
        ([user("k1"), BEGINS, bot(EXPLAINED), bot(ASKED)], Before(answer=[EXPLAINED, ASKED])),
        ([user("k1"), bot(ASKED), user("k2"), bot(DONE)], Before(answer=[ASKED])),
        ([user("k1")], Before()),
        ([user("k1"), user("k1"), bot(ASKED)], Before(answer=[ASKED])),
        ([user("k1"), bot(ASKED), user("k1"), bot(DONE)], Before(answer=[ASKED])),
        ([BEGINS, user("k1"), ENDS, bot(DONE)], Before(answer=[DONE])),
        ([BEGINS, user("k1"), ENDS], Before(ended="return_form")),
        ([BEGINS, user("k1"), bot(EXPLAINED), ENDS], Before(ended="return_form")),
        ([user("k1"), BEGINS, ENDS], Before(ended="return_form")),
        ([BEGINS, ENDS, user("k1"), {**BEGINS, "name": "cancel_form"}, ENDS], Before(ended="cancel_form")),
        ([BEGINS, user("k1"), ENDS, bot(DONE), user("k1")], Before(answer=[DONE])),
        ([BEGINS, user("k0"), bot(ASKED), user("k1")], Before()),
        ([{"event": "user", "metadata": None}, {"event": "bot", "data": None}], Before()),
    ],
    ids=[
        "nothing",
        "another message",
        "begun",
        "followed by another",
        "heard without an answer",
        "heard twice, answered once",
        "answered twice",
        "ended",
        "ended without a word",
        "ended, explained only",
        "begun and ended without a word",
        "another begun and ended without a word",
        "heard again after its end",
        "answers of others do not count",
        "nothing of ours",
    ],
)
def test_what_became_of_it(events: list[Event], known: Before) -> None:
    assert before(events, "k1") == known


@pytest.mark.parametrize("strange", [{}, {"kind": "guidance"}, {**ASKED.to_stored(), "collected": 3}])
def test_what_is_not_ours_is_not_taken_for_it(strange: dict[str, object]) -> None:
    with pytest.raises(Transient):
        guidance([strange])
