"""A customer says hello."""

from __future__ import annotations

from conversations.outcomes import Outcome, say
from handlers.router import Router
from handlers.turn import Turn, settled

HELLO = "您好，我是{shop}的机器人助手店小二～商品、物流、退换货、优惠都可以问我，直接打字就行。想找真人，回复“转人工”。"


def router(*, shop_name: str) -> Router:
    """Answers a greeting with who we are: a bot, and how to reach a person."""
    routes = Router()

    @routes.intent("greet")
    async def greet(turn: Turn) -> Outcome:
        return say(HELLO.format(shop=shop_name), context=settled(turn.conversation.context))

    return routes
