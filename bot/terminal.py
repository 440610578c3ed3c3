"""The terminal as a channel, and a conversation held in memory: the bot without any platform."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.turn import Thinker
from bot.turns import Claimed
from channels.limits import OFFICIAL_LIMITS, ReplyLimits
from channels.outcomes import SendOutcome, Sent
from channels.plain import plain
from conversations.address import Address, Channel
from conversations.conversation import Conversation
from conversations.inbound import Inbound, MessageKey, Text, Trigger
from conversations.replies import ImageReply, Reply, TransferReply, from_stored
from storage.times import now_ms

HERE = Address(channel=Channel.TERMINAL, account="terminal", peer="you")


class TerminalChannel:
    """Reads ``{"Content": text}``. Nothing is ever sent: what is said is printed."""

    @property
    def limits(self) -> ReplyLimits:
        return OFFICIAL_LIMITS

    @property
    def idempotent(self) -> bool:
        return False

    @property
    def sends_here(self) -> bool:
        return True

    @property
    def hands_over(self) -> bool:
        return False

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        return Inbound(
            key=key,
            address=HERE,
            content=Text(text=str(body["Content"])),
            sent_at=datetime.now(UTC),
            trigger=Trigger.MESSAGE,
        )

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        return None

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        return Sent()


class TerminalTalk:
    """One conversation, remembered as long as this object lives."""

    def __init__(self, thinker: Thinker) -> None:
        self._thinker = thinker
        self._conversation = Conversation(address=HERE)
        self._numbers = itertools.count(1)

    async def say(self, text: str) -> list[str]:
        """What the bot says to ``text``, as a shopper would read it."""
        number = next(self._numbers)
        now = now_ms()
        claimed = Claimed(
            inbox_id=number,
            key=MessageKey(f"terminal:{number}"),
            body={"Content": text},
            conversation=self._conversation,
            lease="terminal",
            until_ms=now + 60_000,
            attempts=1,
            received_ms=now,
            behind=0,
        )
        finished = await self._thinker.think(claimed)
        if finished.context is not None:
            self._conversation = replace(self._conversation, context=finished.context)
        return [_readable(from_stored(speech.body)) for speech in finished.speeches]


def _readable(reply: Reply) -> str:
    match reply:
        case ImageReply():
            return "［图片］"
        case TransferReply():
            return "［转给人工客服］"
        case _:
            return plain(reply).text
