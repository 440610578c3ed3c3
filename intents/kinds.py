"""The intents by what becomes of them. Together they are all of ``intents/nlu`` (a test says so)."""

from __future__ import annotations

from collections.abc import Mapping

FORMS: Mapping[str, str] = {
    "return_goods": "return_form",
    "exchange_goods": "exchange_form",
    "change_address": "address_form",
    "cancel_order": "cancel_form",
    "invoice": "invoice_form",
    "complaint": "complaint_form",
    "missing_or_broken": "trouble_form",
    "redeem_points": "redeem_form",
}
"""Guided conversations: the intent that begins one, and Rasa's form for it."""

PERSON = frozenset({"ask_human", "ask_dedicated_agent"})
"""Asks for people: goes before everything else."""

SERVED = frozenset(
    {
        "order_status",
        "logistics",
        "urge_delivery",
        "refund_progress",
        "price_protection",
        "points_balance",
        "opt_out_marketing",
        "delete_my_data",
    }
)
"""Done or looked up by us in one turn."""

SOCIAL = frozenset(
    {"greet", "thank", "bye", "praise", "chitchat", "affirm", "deny", "inform", "stop", "stay_with_bot"}
)
"""Part of talking; asks for nothing by itself."""

ELSEWHERE = frozenset(
    {
        "coupon",
        "group_buy_open",
        "group_buy_join",
        "group_buy_status",
        "group_buy_leave",
        "lottery_join",
        "lottery_result",
        "live_benefits",
        "membership",
        "size_or_spec",
        "stock",
        "store_and_pickup",
    }
)
"""Not done by us yet: the knowledge base may know; else we say where it is done."""

ANSWERS = frozenset({"affirm", "deny", "inform"})
"""What answers a question and says nothing alone."""

ALL = frozenset(FORMS) | PERSON | SERVED | SOCIAL | ELSEWHERE
"""Every intent that a customer's words may have."""
