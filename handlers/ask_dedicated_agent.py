"""A customer asks for the one agent they know."""

from __future__ import annotations

from conversations.outcomes import HandOverReason, Outcome
from handlers.hand_over import handed_over, when_people_answer
from handlers.router import Router
from handlers.turn import Turn

AGENT_NAME = "agent_name"
"""Entity: what the customer calls an agent of the shop."""

LONGEST_NAME = 8
"""Characters; more is no name of a person, and is not repeated."""

ONE_OF_THEIR_OWN = "您的专属客服"
NOTED = "好的，已经记下来您要找{name}，同事会转告。{when}要找的人不在时，其他同事也能先帮您～"
CONNECTING = "好的，正在为您转接，也会告诉同事您要找{name}，请稍等～"
ABOUT = "找{name}："


def router(*, service_hours: str | None) -> Router:
    """Records a case that names the agent; whether they are there is not known, and not promised.

    ``service_hours`` as in ``handlers.hand_over``.
    """
    routes = Router()
    when = when_people_answer(service_hours)

    @routes.intent("ask_dedicated_agent")
    async def ask_dedicated_agent(turn: Turn) -> Outcome:
        name = _name(turn)
        return handed_over(
            turn,
            HandOverReason.ASKED_FOR,
            NOTED.format(name=name, when=when),
            connecting=CONNECTING.format(name=name),
            about=ABOUT.format(name=name.removeprefix("您的")),
        )

    return routes


def _name(turn: Turn) -> str:
    """The name that was said, or that it is their own agent."""
    name = turn.understanding.entities.get(AGENT_NAME, "")
    return name if 0 < len(name) <= LONGEST_NAME else ONE_OF_THEIR_OWN
