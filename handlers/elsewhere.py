"""What is done in the mini program and not here yet: one line that says where, for when the FAQ knows nothing."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.router import Router
from handlers.turn import Handler, Turn, settled

TEXTS: Mapping[str, str] = {
    "coupon": (
        "优惠券我这边还查不到、也发不了。您的券在小程序“我的—优惠券”里看；用不了或没到账，"
        "回复“转人工”，请同事帮您看～"
    ),
    "membership": "会员等级和权益我这边还查不到。在小程序“我的—会员”里能看；对不上的话，回复“转人工”，请同事帮您查～",
    "live_benefits": (
        "直播间的福利我这边还查不到。先在直播间和小程序“我的订单”里看看；说好的没给到，"
        "回复“转人工”，请同事核对后给您答复～"
    ),
    "store_and_pickup": (
        "门店和自提我这边还约不了。小程序里能看附近门店，下单时选“到店自提”就行；要店里帮忙，"
        "回复“转人工”，请同事联系～"
    ),
    "stock": "库存我这边还看不到。小程序的商品页写着有没有货；快没了、缺货又急着要，回复“转人工”，请同事帮您查～",
    "size_or_spec": (
        "选哪个尺码或规格，我怕说错让您买错。商品页里有尺码和规格说明；拿不准就回复“转人工”，请同事帮您挑～"
    ),
    "group_buy_open": (
        "我这边还不能替您开团。在小程序“拼团”页里选好商品就能开，再分享给朋友；点不动的话，"
        "回复“转人工”，请同事帮您看～"
    ),
    "group_buy_join": (
        "我这边还不能替您参团。点朋友分享的链接，或到小程序“拼团”页里看和参加；进不去的话，"
        "回复“转人工”，请同事帮您看～"
    ),
    "group_buy_status": (
        "拼团还差几人、成没成，我这边还查不到。在小程序“我的订单”里看那笔拼团单；看不明白，"
        "回复“转人工”，请同事帮您查～"
    ),
    "group_buy_leave": (
        "我这边还不能替您退团。在小程序“我的订单”里找到那笔拼团单，看能不能取消；取消不了，"
        "回复“转人工”，请同事帮您看～"
    ),
    "lottery_join": (
        "我这边还不能替您报名抽奖。有活动时，在小程序的活动页里参加；点不动的话，回复“转人工”，请同事帮您看～"
    ),
    "lottery_result": (
        "中没中奖我这边还查不到。结果在小程序的活动页里看；中了奖还没收到，回复“转人工”，请同事帮您核对～"
    ),
}
"""By intent. Promises no activity: whether there is one now is not known here."""


def router() -> Router:
    """Counts what was wished for, so that the shop sees what is missing most."""
    routes = Router()
    for intent, text in TEXTS.items():
        routes.intent(intent)(_telling(intent, text))
    return routes


def _telling(intent: str, text: str) -> Handler:
    async def tell(turn: Turn) -> Outcome:
        fact = Fact(name="intent.elsewhere", details={"intent": intent})
        return say(text, context=settled(turn.conversation.context), facts=(fact,))

    return tell
