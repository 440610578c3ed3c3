"""A customer does without a person: the bot goes on."""

from __future__ import annotations

from conversations.facts import Fact
from conversations.outcomes import Outcome, Say
from conversations.replies import TextReply
from handlers.router import Router
from handlers.turn import Turn, settled

STAYING = "好的，不转人工，我来～想查什么、办什么，直接告诉我就行。"


def router() -> Router:
    """Cases that wait for nobody any more are closed with the turn; one that somebody has taken is theirs."""
    routes = Router()

    @routes.intent("stay_with_bot")
    async def stay_with_bot(turn: Turn) -> Outcome:
        return Outcome(
            says=(Say(reply=TextReply(text=STAYING)),),
            context=settled(turn.conversation.context),
            facts=(Fact(name="hand_over.withdrawn"),),
            withdraws_case=True,
        )

    return routes
