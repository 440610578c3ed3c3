"""A customer's orders and points, and a guided conversation played as Rasa's forms do: the first empty slot first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from conversations.guidance import Guidance
from handlers.guided.forms import FORMS, missing
from handlers.guided.service import CANCELLED, GuidedService, Heard, Who
from mall.memory import MemoryMall
from mall.port import Item, Order, OrderStatus, Reward

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG = Who(conversation_id="official:gh_shop:wang", now=NOON)

DELIVERED = Order(
    number="HY20261101001",
    status=OrderStatus.DELIVERED,
    items=(Item("五常大米 10斤", 1), Item("抽纸 24包", 2)),
    total_fen=12980,
    placed_at=NOON - timedelta(days=5),
    shipped_at=NOON - timedelta(days=4),
    delivered_at=NOON - timedelta(days=2),
    owner_ref=WANG.conversation_id,
)
PAID = replace(
    DELIVERED,
    number="HY20261101002",
    status=OrderStatus.PAID,
    items=(Item("砂糖橘 5斤", 1),),
    placed_at=NOON - timedelta(hours=3),
    shipped_at=None,
    delivered_at=None,
)
STRANGERS = replace(DELIVERED, number="HY20261101003", owner_ref="official:gh_shop:li")
LONG_AGO = replace(DELIVERED, number="HY20261001004", delivered_at=NOON - timedelta(days=8))
REWARDS = (Reward(id="r1", name="抽纸一提", points=200), Reward(id="r2", name="电饭煲", points=9000))


def mall(*orders: Order) -> MemoryMall:
    return MemoryMall(
        orders or (DELIVERED, PAID, STRANGERS), points={WANG.conversation_id: 500}, rewards=REWARDS
    )


class Played:
    """One guided conversation. ``prompt`` is what was asked last, ``says`` everything said to the last message."""

    def __init__(self, form: str, shop: MemoryMall | None = None) -> None:
        self.form = FORMS[form]
        self.mall = shop or mall()
        self.service = GuidedService(self.mall, self.mall)
        self.collected: dict[str, str] = {}
        self.asked: str | None = None
        self.says: tuple[str, ...] = ()
        self.choices: tuple[str, ...] = ()
        self.ended: Guidance | None = None

    @property
    def told(self) -> Mapping[str, str]:
        """What is known, without what is kept beside the slots."""
        return {slot: self.collected[slot] for slot in self.form.slots if slot in self.collected}

    async def hears(self, *texts: str, intent: str = "") -> Played:
        """The messages, one after the other; the first of all begins the conversation."""
        for text in texts:
            assert self.ended is None, f"it has ended: {self.ended}"
            await self._hear(Heard(text=text, intent=intent))
        return self

    async def _hear(self, message: Heard) -> None:
        validated = await self.service.heard(self.form, self.asked, message, self.collected, WANG)
        if validated.cancelled:
            self.collected["confirmed"] = CANCELLED
        for slot, value in validated.slots.items():
            if value is None:
                self.collected.pop(slot, None)
            else:
                self.collected[slot] = value
        left = missing(self.form, self.collected)
        if validated.cancelled or not left:
            self.ended = await self.service.submit(self.form, self.collected, WANG)
            self.says = (*validated.says, *self.ended.says)
            return
        asking = await self.service.ask(self.form, validated.ask or left[0], self.collected, WANG)
        self.asked = asking.asked
        self.says = (*validated.says, *asking.says)
        self.choices = asking.choices
