"""A customer praises the shop, its goods or its people."""

from __future__ import annotations

from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.router import Router
from handlers.turn import Turn, settled

THANKS = "谢谢您！听您这么说，我们都很开心～想让哪位同事亲自听到，回复“转人工”，我帮您把话捎到。"


def router() -> Router:
    """Thanks, and offers to pass the word on; it is counted."""
    routes = Router()

    @routes.intent("praise")
    async def praise(turn: Turn) -> Outcome:
        return say(THANKS, context=settled(turn.conversation.context), facts=(Fact(name="praise.given"),))

    return routes
