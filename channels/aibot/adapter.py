"""The AI bot behind the port that every channel implements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from channels.aibot import passive, protocol
from channels.aibot.settings import AibotSettings
from channels.limits import ReplyLimits
from channels.limits.windows import AIBOT_RESPONSE_URL
from channels.outcomes import SendOutcome
from conversations.address import Address
from conversations.clock import Clock
from conversations.inbound import Inbound, MessageKey, Trigger
from conversations.replies import Reply

CALLBACK_LIMITS = ReplyLimits(
    windows=MappingProxyType({Trigger.MESSAGE: AIBOT_RESPONSE_URL}), max_text_bytes=passive.MAX_BYTES
)
"""Each message brings an address for one answer within the hour, beside the passive one."""

CONNECTION_LIMITS = ReplyLimits(windows=MappingProxyType({}), max_text_bytes=passive.MAX_BYTES, free=True)
"""Whoever has written may be written to; how often is the call gate's business."""


class Speaker(Protocol):
    """How answers that are not passive reach the platform: by addresses, or over the long connection."""

    @property
    def here(self) -> bool:
        """Whether this process can speak now."""
        ...

    async def say(self, reply: Reply, to: Address) -> SendOutcome:
        """One attempt. Never raises for anything the network or the platform does."""
        ...


class AibotChannel:
    """One 智能机器人 as a ChannelPort."""

    def __init__(self, settings: AibotSettings, speaker: Speaker, clock: Clock) -> None:
        self._settings = settings
        self._speaker = speaker
        self._clock = clock

    @property
    def limits(self) -> ReplyLimits:
        return CALLBACK_LIMITS if self._settings.mode == "callback" else CONNECTION_LIMITS

    @property
    def idempotent(self) -> bool:
        """No: nothing tells the platform that a message is a repetition."""
        return False

    @property
    def hands_over(self) -> bool:
        """No: members are the shop's own people."""
        return False

    @property
    def sends_here(self) -> bool:
        return self._speaker.here

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        return protocol.read(body, key, bot_name=self._settings.name, received_at=self._clock.now())

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        return passive.render(reply, to, at)

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        return await self._speaker.say(reply, to)
