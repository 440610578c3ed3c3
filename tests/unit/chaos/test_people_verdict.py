"""The verdict on handoffs notices what it is there to notice."""

from __future__ import annotations

from conversations.ownership import Owner
from escalation.service import ServiceState
from tests.chaos.people.agents import Owned
from tests.chaos.people.verdict import Line, Standing, doubled, out_of_order, spoken_over

SERVED = (ServiceState.SERVING, "an")


def standing(
    owner: Owner, *services: tuple[ServiceState, str | None], agent: str | None = None
) -> str | None:
    return Standing(conversation="c", owner=owner, agent=agent, services=services).problem


def test_each_conversation_has_exactly_the_owner_that_its_service_says() -> None:
    assert {
        standing(Owner.BOT),
        standing(Owner.BOT, (ServiceState.LATER, None)),
        standing(Owner.QUEUE, (ServiceState.WAITING, None)),
        standing(Owner.AGENT, SERVED, agent="an"),
    } == {None}
    for wrong in (
        standing(Owner.QUEUE),
        standing(Owner.BOT, (ServiceState.WAITING, None)),
        standing(Owner.BOT, SERVED),
        standing(Owner.AGENT, SERVED, agent="bei"),
        standing(Owner.AGENT, SERVED, SERVED, agent="an"),
    ):
        assert wrong is not None


def test_the_bots_words_while_people_have_the_conversation_are_found() -> None:
    heard = {
        "c": [
            Line(at_ms=90, text="好"),
            Line(at_ms=150, text="满 99 包邮"),
            Line(at_ms=160, text="人工an-1"),
            Line(at_ms=250, text="好"),
        ]
    }
    assert len(spoken_over(heard, {"c": [Owned(100, 200)]})) == 1
    assert len(spoken_over(heard, {"c": [Owned(100)]})) == 2
    assert spoken_over(heard, {"c": [Owned(151, 200)]}) == []


def test_order_and_doubles() -> None:
    said = {"c": ["人工an-1", "人工an-2"]}
    right = [Line(at_ms=n, text=text) for n, text in enumerate(["人工an-1", "人工an-1", "人工an-2"])]
    assert out_of_order({"c": right}, said) == []
    assert out_of_order({"c": right[::-1]}, said) == ["c"]
    assert doubled({"c": right}) == 1
