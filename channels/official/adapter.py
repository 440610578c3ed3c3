"""The 公众号 behind the port that every channel implements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from channels.limits import OFFICIAL_LIMITS, ReplyLimits
from channels.official import passive, protocol
from channels.official.client import OfficialClient
from channels.official.settings import OfficialSettings
from channels.outcomes import SendOutcome
from conversations.address import Address
from conversations.clock import Clock
from conversations.inbound import Inbound, MessageKey
from conversations.replies import Reply


class OfficialChannel:
    """One 公众号 as a ChannelPort."""

    def __init__(self, settings: OfficialSettings, client: OfficialClient, clock: Clock) -> None:
        self.settings = settings
        self._client = client
        self._clock = clock

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
        return self.settings.handoff == "native"

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        return protocol.read(body, key, received_at=self._clock.now())

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        return passive.render(reply, to, at)

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        return await self._client.send(reply, to)
