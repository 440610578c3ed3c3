"""A customer is beside themselves, or says that they will go public: a person is brought at once."""

from __future__ import annotations

from conversations.outcomes import HandOverReason, Outcome
from handlers.hand_over import handed_over, when_people_answer
from handlers.router import Router
from handlers.turn import Turn
from intents.heated import Heat, heat_of
from intents.wording import normalise

HEATED = "heated"
"""No intent of the classifier's: plain words decide (``intents.heated``)."""

SORRY = "真的很抱歉，让您这么不愉快。"
PROMISE = SORRY + "您说的我已经记下来，请同事尽快处理。{when}"
CONNECTING = SORRY + "我马上请同事来处理，请稍等～"


def router(*, service_hours: str | None) -> Router:
    """``service_hours`` as in ``handlers.hand_over``."""
    routes = Router()
    promise = PROMISE.format(when=when_people_answer(service_hours))

    @routes.intent(HEATED)
    async def heated(turn: Turn) -> Outcome:
        public = heat_of(normalise(turn.text)) is Heat.GOES_PUBLIC
        reason = HandOverReason.GOES_PUBLIC if public else HandOverReason.ANGRY
        return handed_over(turn, reason, promise, connecting=CONNECTING)

    return routes
