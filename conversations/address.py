"""Where a conversation takes place: a person, at one account, on one channel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

ConversationId = NewType("ConversationId", str)


class Channel(StrEnum):
    """The platforms. Values are stored; never rename them."""

    OFFICIAL = "official"
    WECOM = "wecom"
    KEFU = "kefu"
    AIBOT = "aibot"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One person (``peer``: openid, userid, external_userid) at one ``account`` (gh_…, agent id, wk…, bot id)."""

    channel: Channel
    account: str
    peer: str

    @property
    def conversation_id(self) -> ConversationId:
        """The stored id: channel, account and peer joined by colons (no platform id contains one)."""
        return ConversationId(f"{self.channel}:{self.account}:{self.peer}")

    @classmethod
    def parse(cls, conversation_id: str) -> Address:
        """The address that a stored id names. Raises ValueError for anything else."""
        channel, account, peer = conversation_id.split(":", 2)
        return cls(channel=Channel(channel), account=account, peer=peer)
