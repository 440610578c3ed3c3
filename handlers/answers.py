"""A customer answers, or stops, where nothing was asked or is under way."""

from __future__ import annotations

from dataclasses import replace

from conversations.outcomes import Outcome, say
from handlers.confirming import yes_and_no
from handlers.leaning import leaning_on
from handlers.router import Router
from handlers.thanks import ALL_RIGHT
from handlers.turn import Turn, settled
from intents.understanding import FAQ, ORDER_NO, Understanding

YES_TO_WHAT = "好的～想查什么、办什么，直接告诉我就行，比如“我的快递到哪了”“我要退货”。"
NO_TO_WHAT = "好的。是我没说对吗？换句话告诉我想办什么，我再试试～"
INFORMED = "收到～您想用它办什么呢？查物流、退换货、改地址、开发票，告诉我一声就行。"
STOPPED = "好的，有需要随时叫我～"

LOOKED_UP = "order_status"
"""What an order number alone means."""


def router(others: Router) -> Router:
    """``others`` holds the handlers that an answer may turn out to be for."""
    routes = Router()

    @routes.intent("affirm")
    async def affirm(turn: Turn) -> Outcome:
        """After an answer 好的 only says that it was read."""
        context = turn.conversation.context
        asked = yes_and_no(context.offered)
        if asked is not None:
            return await _run(others, asked[0], turn)
        return _settled(turn, YES_TO_WHAT if leaning_on(context, turn.now) is None else ALL_RIGHT)

    @routes.intent("deny")
    async def deny(turn: Turn) -> Outcome:
        """ "None of these" is for who offered them: the knowledge base, which counts what it missed."""
        context = turn.conversation.context
        asked = yes_and_no(context.offered)
        if asked is not None:
            return await _run(others, asked[1], turn)
        return await _run(others, FAQ, turn) if context.offered else _settled(turn, NO_TO_WHAT)

    @routes.intent("stop")
    async def stop(turn: Turn) -> Outcome:
        asked = yes_and_no(turn.conversation.context.offered)
        return _settled(turn, STOPPED) if asked is None else await _run(others, asked[1], turn)

    @routes.intent("inform")
    async def inform(turn: Turn) -> Outcome:
        if ORDER_NO in turn.understanding.entities:
            return await _run(others, LOOKED_UP, turn)
        return _settled(turn, INFORMED)

    return routes


async def _run(others: Router, intent: str, turn: Turn) -> Outcome:
    handler = others.get(intent)
    if handler is None:
        raise LookupError(f"no handler for intent {intent!r}")
    meant = Understanding(intent=intent, confidence=1.0, entities=turn.understanding.entities)
    return await handler(replace(turn, understanding=meant))


def _settled(turn: Turn, text: str) -> Outcome:
    return say(text, context=settled(turn.conversation.context))
