"""Delivers the bot's callbacks and asks for the rest of its streams (WeCom 100719 接收消息, 刷新消息)."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.aibot.envelope import BotEnvelope
from simulator.aibot.exchange import Exchange
from simulator.aibot.replies import BadReply, read
from simulator.aibot.talk import Declined, Talk, unfinished_for
from simulator.envelope import ReplyDefect, Stamp
from simulator.faults import Kind, Side
from simulator.journal import shorten
from simulator.pusher import DUPLICATE_AFTER_GAP, PER_ATTEMPT, outcome_json
from simulator.transport import Answered, Outcome, Wire

if TYPE_CHECKING:
    from simulator.world import World

POLL_SECONDS = 1.0
_ONCE = "template_card_event"
_AFTER = frozenset({Kind.DUPLICATE_AFTER})


class BotPusher:
    """5 seconds, three attempts (cards' events: one), then the stream every second until it is finished."""

    def __init__(self, world: World, talk: Talk, envelope: BotEnvelope, wire: Wire, url: str) -> None:
        self._world = world
        self._talk = talk
        self._envelope = envelope
        self._wire = wire
        self.url = url
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def in_flight(self) -> int:
        """How many exchanges are not over."""
        return len(self._tasks)

    def push(self, exchange: Exchange) -> None:
        """Begin to deliver a message or event."""
        task = asyncio.get_running_loop().create_task(self._deliver(exchange))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up whatever is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def verify(self) -> dict[str, object]:
        """Ask the bot to prove that the URL is its own."""
        echo = str(secrets.randbelow(9 * 10**18) + 10**18)
        query = self._envelope.verification_query(self._stamp(), echo)
        outcome = await self._wire.get(self.url, query, patience=self._world.knobs.patience)
        good = isinstance(outcome, Answered) and outcome.status == 200 and outcome.body == echo.encode()
        if not good:
            self._world.violate("aibot-verify-failed", detail=type(outcome).__name__)
        return {"ok": good, **outcome_json(outcome)}

    async def _deliver(self, exchange: Exchange) -> None:
        received = await self._attempts(exchange, exchange.body, exchange.label)
        once = self._world.faults.strike(
            Side.CALLBACK, _AFTER, path=f"aibot:{exchange.label}", shopper=exchange.room.id
        )
        if received and once:
            await asyncio.sleep(DUPLICATE_AFTER_GAP * self._world.knobs.timeout_scale)
            await self._request(exchange, exchange.body, exchange.label, slow=0.0)
        while exchange.stream_id is not None and not exchange.over:
            await asyncio.sleep(POLL_SECONDS * self._world.knobs.timeout_scale)
            if unfinished_for(exchange, self._talk.now):
                self._talk.give_up(exchange)
                return
            await self._attempts(exchange, self._talk.poll_body(exchange), "stream")

    async def _attempts(self, exchange: Exchange, body: Mapping[str, object], label: str) -> bool:
        loop, knobs = asyncio.get_running_loop(), self._world.knobs
        attempts = 1 if exchange.event == _ONCE else knobs.attempts
        for attempt in range(1, attempts + 1):
            started = loop.time()
            if await self._attempt(exchange, body, label):
                return True
            kind = "aibot.callback.retry" if attempt < attempts else "aibot.callback.gave-up"
            self._world.journal.append(kind, exchange.room.id, what=label, attempt=attempt)
            if attempt < attempts:
                await asyncio.sleep(max(0.0, started + knobs.patience - loop.time()))
        return False

    async def _attempt(self, exchange: Exchange, body: Mapping[str, object], label: str) -> bool:
        faults = self._world.faults.strike(
            Side.CALLBACK, PER_ATTEMPT, path=f"aibot:{label}", shopper=exchange.room.id
        )
        scale = self._world.knobs.timeout_scale
        if Kind.DELAY in faults:
            await asyncio.sleep(faults[Kind.DELAY].ms / 1000 * scale)
        if Kind.DROP_REQUEST in faults:
            return False
        slow = faults[Kind.SLOW_BODY].ms / 1000 * scale if Kind.SLOW_BODY in faults else 0.0
        if Kind.DROP_RESPONSE in faults:
            await self._request(exchange, body, label, slow=slow, heard=False)
            return False
        if Kind.DUPLICATE in faults:
            both = [self._request(exchange, body, label, slow=slow) for _ in range(2)]
            return any(await asyncio.gather(*both))
        return await self._request(exchange, body, label, slow=slow)

    async def _request(
        self, exchange: Exchange, body: Mapping[str, object], label: str, *, slow: float, heard: bool = True
    ) -> bool:
        """One POST; whether the platform regards the callback as received."""
        stamp = self._stamp()
        out = self._envelope.wrap(json.dumps(body, ensure_ascii=False), stamp)
        self._world.journal.append(
            "aibot.callback.sent", exchange.room.id, what=label, msgid=body["msgid"], body=shorten(out.clear)
        )
        outcome = await self._wire.post(
            self.url, out, patience=self._world.knobs.patience, sent=lambda: None, slow_seconds=slow
        )
        self._world.journal.append(
            "aibot.callback.answer", exchange.room.id, what=label, **outcome_json(outcome)
        )
        return heard and self._conclude(exchange, outcome, stamp.nonce)

    def _conclude(self, exchange: Exchange, outcome: Outcome, nonce: str) -> bool:
        if not isinstance(outcome, Answered):
            return False
        if outcome.status != 200:
            return not self._world.knobs.retry_non_200
        if not outcome.body:
            return True
        try:
            clear = self._envelope.unwrap(outcome.body, nonce)
            if clear.strip() in (b"", b"{}"):
                return True
            if exchange.over and clear.decode() in exchange.shown:
                return True
            exchange.shown.append(clear.decode("utf-8", "replace"))
            self._talk.answered(exchange, read(clear))
        except Declined as error:  # too late: the platform has stopped listening
            self._world.journal.append("aibot.reply.late", exchange.room.id, errcode=error.errcode)
        except (ReplyDefect, BadReply, UnicodeDecodeError) as error:
            self._world.violate("aibot-malformed-reply", shopper=exchange.room.id, detail=str(error))
        return True

    def _stamp(self) -> Stamp:
        return Stamp(timestamp=int(self._world.clock.epoch()), nonce=secrets.token_hex(8))
