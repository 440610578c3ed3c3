"""A customer wants their personal data deleted: asked about first, then left to people, with a time limit.

The limit is the longest that people may take over it: 15 working days (article 6 of
App违法违规收集使用个人信息行为认定方法). What the law says is to be kept is kept (个人信息保护法, article 47).
"""

from __future__ import annotations

import re

from conversations.outcomes import HandOverReason, Outcome, say
from handlers.confirming import ask_first, yes_and_no
from handlers.hand_over import handed_over
from handlers.router import Router
from handlers.turn import Turn, settled

INTENT = "delete_my_data"
CONFIRMED = "confirm_delete_my_data"
KEPT = "keep_my_data"

ASK = (
    "确定要删除您在店里的个人信息吗？删了就找不回来，积分、券和会员权益也可能没了；"
    "法律要求保存的交易记录会留到期满。回复数字就行～"
)
YES = "确定删除"
NO = "先不删"

NOTED = "好的，删除个人信息的请求已经登记。同事会先跟您核实身份，最晚 15 个工作日内办完，并在这里告诉您结果。"
CONNECTING = "好的，删除请求已经登记，正在为您转接同事核实身份。最晚 15 个工作日内办完，并在这里告诉您结果。"
KEEPING = "好的，先不删，什么都没动～"
ABOUT = "请求删除个人信息。"

_SURE = re.compile("确[认定]|肯定|就是要")


def router() -> Router:
    """Deletes nothing by itself: a case with reason PRIVACY, once the customer is sure."""
    routes = Router()

    @routes.intent(INTENT)
    async def delete_my_data(turn: Turn) -> Outcome:
        asked = yes_and_no(turn.conversation.context.offered)
        if asked is not None and asked[0] == CONFIRMED and _SURE.search(turn.text):
            return await confirmed(turn)
        return ask_first(turn, ASK, yes=(CONFIRMED, YES), no=(KEPT, NO))

    @routes.intent(CONFIRMED)
    async def confirmed(turn: Turn) -> Outcome:
        return handed_over(turn, HandOverReason.PRIVACY, NOTED, connecting=CONNECTING, about=ABOUT)

    @routes.intent(KEPT)
    async def kept(turn: Turn) -> Outcome:
        return say(KEEPING, context=settled(turn.conversation.context))

    return routes
