"""A customer asks how many points they have."""

from __future__ import annotations

from conversations.errors import Permanent, Transient
from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.order_lookup import customer_of
from handlers.order_texts import yuan
from handlers.router import Router
from handlers.turn import Turn, settled
from mall.port import Points

POINTS_PER_YUAN = 10

BALANCE = "您现在有 {points} 积分，能抵 {yuan} 元～想用积分换东西，告诉我“积分兑换”就行。"
NO_POINTS = "您现在还没有积分。想知道怎么攒，问我“怎么攒积分”就行～"
NOT_KNOWN = (
    "我这边还认不出您的会员账号，查不到积分。在小程序“我的—积分”里能看；对不上的话，"
    "回复“转人工”，请同事帮您查～"
)
AWAY = "积分系统这会儿没有回应，暂时查不了。请过几分钟再问我一次，着急的话回复“转人工”。"


def router(points: Points) -> Router:
    """Tells a customer their own points, and what they are worth. Nobody's are looked up by number or phone."""
    routes = Router()

    @routes.intent("points_balance")
    async def points_balance(turn: Turn) -> Outcome:
        try:
            balance = await points.balance(customer_of(turn))
        except Transient:
            return _said(turn, AWAY, Fact(name="mall.away"))
        except Permanent:
            return _said(turn, NOT_KNOWN, Fact(name="mall.not_connected"))
        return _said(
            turn, balance_text(balance), Fact(name="points.told", details={"known": balance is not None})
        )

    return routes


def balance_text(points: int | None) -> str:
    """``points`` None: the customer is not known."""
    if points is None:
        return NOT_KNOWN
    return (
        BALANCE.format(points=points, yuan=yuan(points * 100 // POINTS_PER_YUAN)) if points > 0 else NO_POINTS
    )


def _said(turn: Turn, text: str, fact: Fact) -> Outcome:
    return say(text, context=settled(turn.conversation.context), facts=(fact,))
