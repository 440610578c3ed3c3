"""Yes, no, stop and bare information, where nothing was asked, and where a confirmation was."""

from dataclasses import replace

import pytest

from conversations.conversation import Context
from conversations.outcomes import Outcome, say
from handlers import answers
from handlers.router import Router
from handlers.thanks import ALL_RIGHT
from handlers.turn import Turn
from tests.unit.handlers.turns import make_turn, only_text, run

ASKED = Context(offered=("intent:confirm_it", "intent:keep_it"), misses=1, last_entry="e")
MENU = Context(offered=("entry-1", "entry-2"), misses=1, last_entry="e")
BUSY = Context(misses=2, awaiting="order_status", last_entry="e")
SETTLED = Context(last_entry="e")


def _routes() -> Router:
    others = Router()

    async def echo(turn: Turn) -> Outcome:
        return say(f"{turn.understanding.intent}|{turn.text}")

    for intent in ("confirm_it", "keep_it", "faq", "order_status"):
        others.intent(intent)(echo)
    return answers.router(others)


async def test_a_yes_after_an_answer_says_that_it_was_read() -> None:
    turn = make_turn("好的", intent="affirm", context=BUSY)
    heard = replace(BUSY, answered_at=turn.now)
    conversation = replace(turn.conversation, context=heard)
    outcome = await run(_routes(), replace(turn, conversation=conversation))
    assert only_text(outcome) == ALL_RIGHT


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("affirm", answers.YES_TO_WHAT),
        ("deny", answers.NO_TO_WHAT),
        ("stop", answers.STOPPED),
        ("inform", answers.INFORMED),
    ],
)
async def test_where_nothing_was_asked_it_says_what_can_be_done(intent: str, text: str) -> None:
    outcome = await run(_routes(), make_turn("x", intent=intent, context=BUSY))
    assert only_text(outcome) == text
    assert outcome.context == SETTLED


@pytest.mark.parametrize(
    ("intent", "meant"), [("affirm", "confirm_it"), ("deny", "keep_it"), ("stop", "keep_it")]
)
async def test_yes_and_no_answer_a_confirmation(intent: str, meant: str) -> None:
    outcome = await run(_routes(), make_turn("话", intent=intent, context=ASKED))
    assert only_text(outcome) == f"{meant}|话"


async def test_none_of_what_the_knowledge_base_offered_is_for_the_knowledge_base() -> None:
    outcome = await run(_routes(), make_turn("都不是", intent="deny", context=MENU))
    assert only_text(outcome) == "faq|都不是"


@pytest.mark.parametrize(("intent", "text"), [("affirm", answers.YES_TO_WHAT), ("stop", answers.STOPPED)])
async def test_a_menu_is_no_confirmation(intent: str, text: str) -> None:
    outcome = await run(_routes(), make_turn("x", intent=intent, context=MENU))
    assert only_text(outcome) == text
    assert outcome.context == SETTLED


async def test_an_order_number_alone_is_looked_up() -> None:
    turn = make_turn("HY1", intent="inform", entities={"order_no": "HY20261101001"}, context=BUSY)
    assert only_text(await run(_routes(), turn)) == "order_status|HY1"


async def test_a_handler_that_is_not_there_is_a_fault_of_ours() -> None:
    with pytest.raises(LookupError, match="confirm_it"):
        await run(answers.router(Router()), make_turn("x", intent="affirm", context=ASKED))
