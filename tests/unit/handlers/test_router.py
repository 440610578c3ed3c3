"""Exactly one handler per intent."""

import pytest

from conversations.outcomes import NOTHING, Outcome
from handlers.router import Router
from handlers.turn import Turn


async def _quiet(_turn: Turn) -> Outcome:
    return NOTHING


async def _other(_turn: Turn) -> Outcome:
    return NOTHING


def test_merging_keeps_every_handler() -> None:
    first, second = Router(), Router()
    first.intent("a")(_quiet)
    second.intent("b")(_other)
    merged = Router(first, second)
    assert merged.intents == {"a", "b"}
    assert merged.get("a") is _quiet
    assert merged.get("b") is _other
    assert merged.get("c") is None
    assert first.intents == {"a"}


def test_a_second_handler_for_an_intent_is_refused() -> None:
    routes = Router()
    routes.intent("a")(_quiet)
    with pytest.raises(ValueError, match="'a' already has a handler"):
        routes.intent("a")(_other)
    with pytest.raises(ValueError, match="'a' already has a handler"):
        Router(routes, routes)
