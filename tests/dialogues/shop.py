"""The shop that dialogues take place in: its orders, its handlers, and one customer talking to it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bot.handling import every_handler
from bot.respondent import Respondent
from conversations.address import Address, Channel
from conversations.clock import ManualClock
from conversations.consents import ConsentChange
from conversations.conversation import Conversation
from conversations.errands import Errand
from conversations.errors import Transient
from conversations.inbound import Content, Inbound, MessageKey, Trigger
from conversations.outcomes import HandOver, Outcome
from conversations.replies import Choice, MenuReply, Reply, TextReply
from handlers.entry_answer import ShopWords
from handlers.guided.conversing import GuidePort
from handlers.router import Router
from intents.fallback import FallbackClassifier
from intents.fallback_model.shelf import shipped_shelf
from intents.understanding import Understander
from mall.memory import MemoryMall
from mall.port import Item, Order, OrderStatus, Reward
from tests.dialogues.knowledge import ScriptedKnowledge, shop_knowledge

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang")
LI = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="li")
HOURS = "每天 9:00–21:00"

_TALKS = itertools.count(1)
"""Messages of two talks of one customer are never the same."""


def shop_orders() -> MemoryMall:
    """Two orders of Wang's, one of Li's, one of nobody we know."""
    return MemoryMall(_orders())


def _orders() -> list[Order]:
    shipped = Order(
        number="HY20261101001",
        status=OrderStatus.SHIPPED,
        items=(Item("五常大米 10斤", 1), Item("抽纸 24包", 2)),
        total_fen=12980,
        placed_at=NOON - timedelta(days=2),
        shipped_at=NOON - timedelta(days=1),
        carrier="顺丰速运",
        tracking_no="SF1450093827716",
        owner_ref=WANG.conversation_id,
    )
    return [
        shipped,
        replace(
            shipped,
            number="HY20261101002",
            status=OrderStatus.PAID,
            placed_at=NOON - timedelta(hours=3),
            shipped_at=None,
            carrier=None,
            tracking_no=None,
        ),
        replace(shipped, number="HY20261101003", owner_ref=LI.conversation_id),
        replace(shipped, number="HY20261101004", owner_ref=None, status=OrderStatus.REFUNDING),
    ]


def _arrived() -> Order:
    return Order(
        number="HY20261028005",
        status=OrderStatus.DELIVERED,
        items=(Item("赣南脐橙 5斤", 1),),
        total_fen=5980,
        placed_at=NOON - timedelta(days=6),
        shipped_at=NOON - timedelta(days=5),
        delivered_at=NOON - timedelta(days=3),
        carrier="顺丰速运",
        tracking_no="SF1450093827717",
        owner_ref=WANG.conversation_id,
    )


def busy_mall() -> MemoryMall:
    """The same, with an order of Wang's that has arrived, points, and what they are good for."""
    return MemoryMall(
        [*_orders(), _arrived()],
        points={WANG.conversation_id: 500},
        rewards=[Reward(id="r1", name="抽纸一提", points=200), Reward(id="r2", name="电饭煲", points=9000)],
    )


def shop_router(mall: MemoryMall, knowledge: ScriptedKnowledge) -> Router:
    shop = ShopWords(shop_name="禾野集", service_hours=HOURS)
    samples = ("满多少包邮？", "荔枝坏了怎么赔？", "我的订单到哪了")
    return every_handler(knowledge, mall, mall, shop, samples=samples)


@lru_cache(maxsize=1)
def classifier() -> FallbackClassifier:
    """The classifier as it is without Rasa and without an embedder: sure words, and the model of words alone."""
    return FallbackClassifier(shipped_shelf())


class Talk:
    """One customer's conversation, carried on in memory: understand, decide, run, remember."""

    def __init__(
        self,
        address: Address = WANG,
        *,
        understander: Understander | None = None,
        guide: GuidePort | None = None,
        orders: MemoryMall | None = None,
        clock: ManualClock | None = None,
    ) -> None:
        """Without ``understander`` the rules of the fallback classifier alone, without ``guide`` no Rasa."""
        self.conversation = Conversation(address=address)
        self.orders = orders or shop_orders()
        self.clock = clock or ManualClock(NOON)
        self.knowledge = shop_knowledge()
        self.opened: list[HandOver] = []
        self.errands: list[Errand] = []
        self.consents: list[ConsentChange] = []
        self.withdrawals = 0
        self.choices: tuple[Choice, ...] = ()
        self._respondent = Respondent(
            understander=understander or classifier(),
            router=shop_router(self.orders, self.knowledge),
            knowledge=self.knowledge,
            guide=guide,
        )
        self._name = f"{address.conversation_id}:{next(_TALKS)}"
        self._count = 0

    async def sends(self, content: Content, trigger: Trigger | None = Trigger.MESSAGE) -> list[str]:
        """What the customer hears in answer, as plain text."""
        return [as_text(item.reply) for item in (await self.outcome(content, trigger)).says]

    async def outcome(self, content: Content, trigger: Trigger | None = Trigger.MESSAGE) -> Outcome:
        """Everything that the message leads to; the conversation remembers it."""
        await classifier().warm_up()
        self._count += 1
        inbound = Inbound(
            key=MessageKey(f"{self._name}:{self._count}"),
            address=self.conversation.address,
            content=content,
            sent_at=self.clock.now(),
            trigger=trigger,
        )
        outcome = await self._responded(inbound)
        if outcome.context is not None:
            self.conversation = replace(self.conversation, context=outcome.context)
        if outcome.hand_over is not None:
            self.opened.append(outcome.hand_over)
        self.errands += outcome.errands
        self.consents += outcome.consents
        self.withdrawals += outcome.withdraws_case
        menus = [said.reply for said in outcome.says if isinstance(said.reply, MenuReply)]
        self.choices = menus[-1].choices if menus else ()
        return outcome

    async def _responded(self, inbound: Inbound) -> Outcome:
        """A message that could not be thought about comes again, as the worker sees to it."""
        try:
            return await self._respondent.respond(self.conversation, inbound, self.clock.now())
        except Transient:
            return await self._respondent.respond(self.conversation, inbound, self.clock.now(), again=True)


def as_text(reply: Reply) -> str:
    """What a customer reads."""
    match reply:
        case TextReply():
            return reply.text
        case MenuReply():
            return reply.as_text()
        case _:
            raise AssertionError(f"no dialogue expects {reply}")
