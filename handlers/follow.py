"""A customer follows or leaves the account."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.conversation import Context
from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.router import Router
from handlers.turn import Turn

WELCOME = "欢迎来到{shop}！我是机器人助手店小二，商品、物流、售后都可以问我，比如：\n{samples}\n找真人请回复“转人工”。"


def router(*, shop_name: str, samples: Sequence[str]) -> Router:
    """Greets a follower with questions to try; says nothing to somebody who left (it could not arrive)."""
    routes = Router()
    welcome = WELCOME.format(shop=shop_name, samples="\n".join(f"· {sample}" for sample in samples))

    @routes.intent("followed")
    async def followed(turn: Turn) -> Outcome:
        return say(welcome, context=Context(), facts=(Fact(name="account.followed"),))

    @routes.intent("unfollowed")
    async def unfollowed(turn: Turn) -> Outcome:
        return Outcome(context=Context(), facts=(Fact(name="account.unfollowed"),))

    return routes
