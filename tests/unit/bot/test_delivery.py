"""The delivery's rounds: a platform that closes its API for long is left alone, and no other is."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from bot.delivery import Delivery
from bot.delivery_store import DeliveryStore
from bot.dispatch import Dispatch, Record
from bot.wakeups import Wakeups, Work
from channels.limits import OFFICIAL_LIMITS, ReplyLimits
from channels.outcomes import NotSent, SendOutcome, Sent
from conversations.address import Address, Channel
from conversations.inbound import Inbound, MessageKey
from conversations.replies import Reply, TextReply

ENOUGH_ROUNDS = 3


@dataclass
class Store:
    """Has one message for each of ``waiting``, and remembers on which channels nothing was asked for."""

    waiting: list[Channel]
    elsewhere: list[set[Channel]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    async def claim(self, limit: int, *, elsewhere: Collection[Channel]) -> tuple[list[Dispatch], bool]:
        self.elsewhere.append(set(elsewhere) & {Channel.KEFU, Channel.OFFICIAL})
        given, self.waiting = [name for name in self.waiting if name not in elsewhere][:limit], []
        return [_dispatch(name) for name in given], bool(given)

    async def record(self, record: Record) -> None:
        self.records.append(record)


@dataclass(frozen=True, kw_only=True)
class Port:
    """A channel whose sends end in ``outcome``."""

    outcome: SendOutcome
    limits: ReplyLimits = OFFICIAL_LIMITS
    idempotent: bool = False
    hands_over: bool = False
    sends_here: bool = True

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        raise NotImplementedError

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        return None

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        return self.outcome


@dataclass
class Rounds:
    """Wake-ups at once, so many; then ``over``."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    left: int = ENOUGH_ROUNDS

    def notify(self, work: Work) -> None:
        pass

    async def wait(self, work: Work, seconds: float) -> None:
        await asyncio.sleep(0)
        self.left -= 1
        if self.left <= 0:
            self.over.set()
            await asyncio.Event().wait()


def _dispatch(channel: Channel) -> Dispatch:
    return Dispatch(
        address=Address(channel=channel, account="a", peer="p"),
        outbox_ids=(1,),
        reply=TextReply(text="好"),
        trigger=None,
        token="t",
        attempts=1,
        unknowns=0,
    )


async def _deliver(kefu: SendOutcome) -> Store:
    store, rounds = Store(waiting=[Channel.KEFU, Channel.OFFICIAL]), Rounds()
    channels = {Channel.KEFU: Port(outcome=kefu), Channel.OFFICIAL: Port(outcome=Sent())}
    delivery = Delivery(cast(DeliveryStore, store), channels, cast(Wakeups, cast(Any, rounds)))
    task = asyncio.create_task(delivery.run())
    await rounds.over.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return store


async def test_a_closed_api_stops_its_own_channel_only() -> None:
    store = await _deliver(NotSent(reason="45009", retry_after=60.0))
    assert store.elsewhere[0] == set()
    assert store.elsewhere[-1] == {Channel.KEFU}
    assert {record.outcome for record in store.records} == {"sent", "not_sent"}


async def test_a_short_wait_stops_no_channel() -> None:
    store = await _deliver(NotSent(reason="busy", retry_after=5.0))
    assert store.elsewhere[-1] == set()
