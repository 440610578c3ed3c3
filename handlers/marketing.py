"""A customer wants no more news of offers and activities, or wants them again."""

from __future__ import annotations

import re

from conversations.consents import ConsentChange, Purpose
from conversations.facts import Fact
from conversations.outcomes import Outcome, Say
from conversations.replies import TextReply
from handlers.router import Router
from handlers.turn import Turn, settled
from intents.marketing_rules import wants_marketing_back
from intents.wording import normalise

OPTED_OUT = "好的，以后不再给您发活动消息了。订单和售后的通知照常～想再收活动消息，回复“恢复活动消息”。"
OPTED_IN = "好的，活动消息恢复了，有活动会告诉您～不想收了，随时回复“不要再发活动消息”。"
NOT_OURS = "短信和电话不归我管，想一起停，回复“转人工”，请同事帮您登记。"

_NOT_CHATS = re.compile("短信|电话|打过来|打来")


def router() -> Router:
    """The promise is kept by who sends: ``customers.consent`` tells who may be written to.

    What is wished for is read from the words, whoever recognised the intent: the two are easily confused.
    """
    routes = Router()

    @routes.intent("opt_out_marketing")
    async def opt_out_marketing(turn: Turn) -> Outcome:
        if wants_marketing_back(normalise(turn.text)):
            return _changed(turn, OPTED_IN, granted=True)
        text = f"{OPTED_OUT}\n{NOT_OURS}" if _NOT_CHATS.search(turn.text) else OPTED_OUT
        return _changed(turn, text, granted=False)

    @routes.intent("resume_marketing")
    async def resume_marketing(turn: Turn) -> Outcome:
        return _changed(turn, OPTED_IN, granted=True)

    return routes


def _changed(turn: Turn, text: str, *, granted: bool) -> Outcome:
    return Outcome(
        says=(Say(reply=TextReply(text=text)),),
        context=settled(turn.conversation.context),
        facts=(Fact(name="marketing.opted_in" if granted else "marketing.opted_out"),),
        consents=(ConsentChange(purpose=Purpose.MARKETING, granted=granted),),
    )
