"""Every handler there is, by the intent that it serves."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import (
    answers,
    ask_dedicated_agent,
    chitchat,
    delete_my_data,
    elsewhere,
    faq,
    follow,
    greeting,
    hand_over,
    heated,
    logistics,
    marketing,
    menu,
    order_status,
    points_balance,
    praise,
    price_protection,
    refund_progress,
    stay_with_bot,
    thanks,
    unsupported,
    urge_delivery,
)
from handlers.entry_answer import ShopWords
from handlers.knowledge import Knowledge
from handlers.router import Router
from mall.port import Orders, Points


def every_handler(
    knowledge: Knowledge, orders: Orders, points: Points, shop: ShopWords, *, samples: Sequence[str]
) -> Router:
    """``samples``: questions that a new follower is invited to ask."""
    hours = shop.service_hours
    served = Router(
        faq.router(knowledge, service_hours=hours, shop_name=shop.shop_name),
        follow.router(shop_name=shop.shop_name, samples=samples),
        greeting.router(shop_name=shop.shop_name),
        thanks.router(),
        praise.router(),
        chitchat.router(),
        hand_over.router(service_hours=hours),
        heated.router(service_hours=hours),
        ask_dedicated_agent.router(service_hours=hours),
        stay_with_bot.router(),
        order_status.router(orders),
        logistics.router(orders),
        urge_delivery.router(orders),
        refund_progress.router(orders),
        price_protection.router(orders),
        points_balance.router(points),
        marketing.router(),
        delete_my_data.router(),
        elsewhere.router(),
        unsupported.router(),
    )
    spoken = Router(served, answers.router(served))
    return Router(spoken, menu.router(spoken))
