"""The self-built app behind the port that every channel implements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from channels.limits import MEMBER_LIMITS, ReplyLimits
from channels.limits.windows import CONTACT_WELCOME_CODE
from channels.outcomes import SendOutcome
from channels.plain import plain
from channels.wecom import passive, protocol
from channels.wecom.client import WecomClient
from channels.wecom.protocol import App
from channels.wecom.settings import WecomSettings
from channels.wecom.welcome import Welcomes
from conversations.address import Address
from conversations.clock import Clock
from conversations.inbound import Inbound, MessageKey
from conversations.replies import CodedReply, Reply


class WecomChannel:
    """One app as a ChannelPort: members of the corp talk to it."""

    def __init__(
        self, settings: WecomSettings, client: WecomClient, welcomes: Welcomes, clock: Clock
    ) -> None:
        self._welcomes = welcomes
        self._app = App(corp_id=settings.corp_id, agent_id=settings.agent_id)
        self._client = client
        self._clock = clock

    @property
    def limits(self) -> ReplyLimits:
        return MEMBER_LIMITS

    @property
    def idempotent(self) -> bool:
        """No: the duplicate check goes by content and for two minutes; it knows no ``key``."""
        return False

    @property
    def sends_here(self) -> bool:
        return True

    @property
    def hands_over(self) -> bool:
        """No: members are the shop's own people."""
        return False

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        return protocol.read(body, key, self._app, received_at=self._clock.now())

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        return passive.render(reply, to, self._app.corp_id, at)

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        if isinstance(reply, CodedReply):
            granted_at = reply.code.expires_at - CONTACT_WELCOME_CODE.lasts
            text = plain(reply.reply).text
            return await self._welcomes.greet(reply.code.code, granted_at, text)
        return await self._client.send(reply, to)
