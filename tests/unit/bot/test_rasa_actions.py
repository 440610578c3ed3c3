"""Rasa's action calls, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.rasa_actions import HEARD, RasaActions, UnknownAction
from conversations.clock import ManualClock
from conversations.guidance import Ending, Guidance
from handlers.guided import wording
from handlers.guided.forms import CONFIRMED, FORMS
from handlers.guided.service import CANCELLED, GuidedService
from tests.unit.handlers.guided.shop import NOON, WANG, mall

TOLD: Mapping[str, str | None] = {"order_no": "HY20261101001", "product": "抽纸 24包", "reason": "不喜欢"}


def actions() -> RasaActions:
    shop = mall()
    return RasaActions(GuidedService(shop, shop), ManualClock(NOON), secret="s")


def tracker(
    text: str, slots: Mapping[str, str | None] | None = None, *, begins: bool = False
) -> dict[str, Any]:
    metadata = {"key": "k2", "who": WANG.conversation_id} | ({"text": text} if begins else {})
    latest = {
        "text": "/return_goods" if begins else text,
        "intent": {"name": "return_goods" if begins else "inform", "confidence": 1.0},
        "entities": [],
        "metadata": metadata,
    }
    return {"slots": {"requested_slot": None, **(slots or {})}, "latest_message": latest}


def slots_of(answer: dict[str, Any]) -> dict[str, str | None]:
    assert all(event["event"] == "slot" for event in answer["events"])
    return {event["name"]: event["value"] for event in answer["events"]}


def said(answer: dict[str, Any]) -> list[Guidance]:
    return [Guidance.from_stored(response["custom"]) for response in answer["responses"]]


async def test_the_first_message_begins_with_what_it_tells() -> None:
    answer = await actions().run("validate_return_form", tracker("抽纸要退", begins=True))
    assert slots_of(answer) == {
        "order_no": "HY20261101001",
        "product": "抽纸 24包",
        HEARD: "k2",
        "requested_slot": "reason",
    }


async def test_an_answer_fills_what_was_asked_and_the_next_is_asked_for() -> None:
    asked = tracker("不喜欢", {**TOLD, "reason": None, "requested_slot": "reason"})
    answer = await actions().run("validate_return_form", asked)
    assert slots_of(answer) == {"reason": "不喜欢", HEARD: "k2", "requested_slot": CONFIRMED}
    assert said(answer) == []


async def test_a_message_heard_before_changes_nothing() -> None:
    asked = tracker("不喜欢", {**TOLD, "reason": None, "requested_slot": "reason", HEARD: "k2"})
    answer = await actions().run("validate_return_form", asked)
    assert slots_of(answer) == {HEARD: "k2", "requested_slot": "reason"}


async def test_two_dialogues_of_one_message_are_both_begun() -> None:
    answer = await actions().run("validate_return_form", tracker("抽纸要退", {HEARD: "k2"}, begins=True))
    assert slots_of(answer)["requested_slot"] == "reason"


async def test_no_more_of_it_fills_nothing_and_asks_nothing() -> None:
    asked = tracker("算了不退了", {**TOLD, "reason": None, "requested_slot": "reason"})
    slots = slots_of(await actions().run("validate_return_form", asked))
    assert (slots[CONFIRMED], slots["requested_slot"]) == (CANCELLED, None)


async def test_what_is_said_beside_is_guidance() -> None:
    asked = tracker("杭州市", {"order_no": "HY20261101002", "requested_slot": "address"})
    answer = await actions().run("validate_address_form", asked)
    (piece,) = said(answer)
    assert piece.says
    assert not piece.is_whole
    assert slots_of(answer)["requested_slot"] == "address"


async def test_a_question_comes_with_what_was_told() -> None:
    (piece,) = said(await actions().run("action_ask_return_form_confirmed", tracker("不喜欢", TOLD)))
    assert (piece.asked, piece.collected) == (CONFIRMED, TOLD)
    assert piece.says


async def test_what_is_whole_is_handed_in() -> None:
    (piece,) = said(
        await actions().run("action_submit_return_form", tracker("确认", {**TOLD, CONFIRMED: "yes"}))
    )
    assert piece.ending is Ending.DONE
    assert [errand.order_no for errand in piece.errands] == ["HY20261101001"]


async def test_what_was_called_off_is_not() -> None:
    (piece,) = said(
        await actions().run("action_submit_return_form", tracker("算了", {**TOLD, CONFIRMED: CANCELLED}))
    )
    assert (piece.ending, piece.errands) == (Ending.CANCELLED, ())
    assert piece.says == (wording.CANCELLED.format(title="退货"),)


async def test_nothing_is_said_at_the_end_of_what_has_not_ended() -> None:
    """Rasa runs the submit action also after another action has failed."""
    assert await actions().run("action_submit_return_form", tracker("不喜欢", TOLD)) == {
        "events": [],
        "responses": [],
    }


@pytest.mark.parametrize("name", ["action_listen", "validate_other_form", "action_submit_", ""])
async def test_there_are_no_other_actions(name: str) -> None:
    with pytest.raises(UnknownAction):
        await actions().run(name, tracker("……"))


async def test_a_message_that_does_not_say_whose_it_is_is_not_ours() -> None:
    nobodys = tracker("……")
    del nobodys["latest_message"]["metadata"]["who"]
    with pytest.raises(KeyError):
        await actions().run("validate_return_form", nobodys)


async def test_every_form_can_ask_for_every_slot() -> None:
    for form in FORMS.values():
        for slot in (*form.slots, "change"):
            (piece,) = said(await actions().run(f"action_ask_{form.name}_{slot}", tracker("……")))
            assert piece.asked == slot
