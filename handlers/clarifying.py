"""Not sure what is wished for: the customer is asked which it is. The first of two stages; a miss is the second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from conversations.facts import Fact
from conversations.outcomes import Outcome, Say
from conversations.replies import Choice, MenuReply
from handlers.labels import label
from handlers.turn import Turn
from knowledge_base.decision import Ask

INTENT_PREFIX = "intent:"
"""What is offered is an entry of the knowledge base, or, with this before it, an intent."""

GO_ON = "guided:go_on"
"""Offered: to go on with the guided conversation that is under way."""

WHICH = "您是想让我办下面哪一件呢？回复数字就行～"
NONE_OF_THESE = "都不是？换个说法再说一次就好"
FIRST = "{title}还没办完。先办哪一件？回复数字就行～"
CARRY_ON = "接着办{title}"

MOST = 3

LABELS: Mapping[str, str] = {
    "return_goods": "帮我办退货",
    "exchange_goods": "帮我办换货",
    "change_address": "帮我改收货地址",
    "cancel_order": "帮我取消订单",
    "invoice": "帮我开发票",
    "complaint": "我要投诉",
    "missing_or_broken": "收到的东西少了或坏了",
    "redeem_points": "用积分换东西",
    "order_status": "查我的订单",
    "logistics": "查快递到哪了",
    "urge_delivery": "帮我催发货",
    "refund_progress": "查退款进度",
    "price_protection": "降价了，帮我退差价",
    "points_balance": "查我有多少积分",
    "opt_out_marketing": "别再给我发活动消息",
    "delete_my_data": "删除我的个人信息",
}
"""Each intent that can be offered, as a customer would say it."""


def ask_which(turn: Turn, intents: Sequence[str]) -> Outcome:
    """Offers the intents, and then what the knowledge base would offer, three in all."""
    choices = [Choice(id=INTENT_PREFIX + intent, label=LABELS[intent]) for intent in intents]
    if turn.verdict is not None and isinstance(turn.verdict.decision, Ask):
        choices += [
            Choice(id=each.entry_id, label=label(each.question)) for each in turn.verdict.decision.candidates
        ]
    shown = tuple(choices[:MOST])
    menu = MenuReply(head=WHICH, choices=shown, tail=NONE_OF_THESE)
    fact = Fact(name="intent.asked_back", details={"intents": len(intents), "offered": len(shown)})
    return _offering(turn, menu, fact)


def ask_which_first(turn: Turn, intent: str, under_way: str) -> Outcome:
    """Another guided conversation is wished for in the middle of the one called ``under_way`` ("退货")."""
    choices = (
        Choice(id=INTENT_PREFIX + intent, label=LABELS[intent]),
        Choice(id=GO_ON, label=CARRY_ON.format(title=under_way)),
    )
    menu = MenuReply(head=FIRST.format(title=under_way), choices=choices)
    return _offering(turn, menu, Fact(name="intent.asked_which_first", details={"intent": intent}))


def labelled(offered: Sequence[str], text: str) -> int | None:
    """The place of the choice whose words a text is; None for anything else."""
    words = text.strip()
    for place, choice in enumerate(offered):
        if choice == GO_ON and words.startswith(CARRY_ON.format(title="")):
            return place
        if choice.startswith(INTENT_PREFIX) and words == LABELS.get(choice.removeprefix(INTENT_PREFIX)):
            return place
    return None


def _offering(turn: Turn, menu: MenuReply, fact: Fact) -> Outcome:
    """Neither understood nor missed, so the count of misses stays."""
    offered = tuple(choice.id for choice in menu.choices)
    context = replace(turn.conversation.context, offered=offered, awaiting=None)
    return Outcome(says=(Say(reply=menu),), context=context, facts=(fact,))
