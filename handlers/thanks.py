"""A customer says thank you, all right, or goodbye."""

from __future__ import annotations

import re

from conversations.outcomes import Outcome, say
from handlers.router import Router
from handlers.turn import Turn, settled

WELCOME = "不客气～有事随时喊我。"
ALL_RIGHT = "好的～有事随时喊我。"
GOODBYE = "好的，回头见～祝您生活愉快！"

_GRATITUDE = re.compile(r"谢|辛苦|麻烦|thx|thank|3q|蟹|赞|棒|给力|厉害", re.IGNORECASE)


def router() -> Router:
    """Short and friendly: nothing is asked, so nothing is explained."""
    routes = Router()

    @routes.intent("thank")
    async def thank(turn: Turn) -> Outcome:
        text = WELCOME if _GRATITUDE.search(turn.text) else ALL_RIGHT
        return say(text, context=settled(turn.conversation.context))

    @routes.intent("bye")
    async def bye(turn: Turn) -> Outcome:
        return say(GOODBYE, context=settled(turn.conversation.context))

    return routes
