"""The port that every channel implements: read what came in, render a passive answer, send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from channels.limits import ReplyLimits
from channels.outcomes import SendOutcome
from conversations.address import Address
from conversations.inbound import Inbound, MessageKey
from conversations.replies import Reply


class ChannelPort(Protocol):
    """One platform account. Pure but for ``send``."""

    @property
    def limits(self) -> ReplyLimits:
        """How much may be said, and when."""
        ...

    @property
    def idempotent(self) -> bool:
        """Whether the platform knows a repeated ``key`` again, so that a send may be repeated without doubling it."""
        ...

    @property
    def hands_over(self) -> bool:
        """Whether 转人工 transfers the session to the platform's own agents (``handoff: native``)."""
        ...

    @property
    def sends_here(self) -> bool:
        """Whether this process can send now; False while another one holds the channel's only connection."""
        ...

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        """The typed form of a stored callback: its decrypted fields and the unique key it is stored under."""
        ...

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        """The clear XML of ``reply`` as a passive answer; None when this reply cannot be said passively."""
        ...

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        """One attempt over the platform's API, within the channel's own time-out (``send_timeout_seconds``).

        ``key`` names this message for ever: a repetition brings the same one. Never raises for anything the
        network or the platform does.
        """
        ...
