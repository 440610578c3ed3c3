"""Who a conversation with the bot is with: one member alone, or one member in one group. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNKNOWN_PEER = "unknown"
"""The peer of a message whose sender or group is missing or absurd. Nobody is answered there."""

_BETWEEN = "/"
_ID = re.compile(r"[0-9A-Za-z_.@=+-]{1,64}")
"""A member's userid (WeCom 90195) or a group's chatid: neither has a slash or a colon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """``userid`` may be encrypted by the platform. ``chatid`` is set in groups."""

    userid: str
    chatid: str | None = None

    @property
    def stored(self) -> str:
        """As ``Address.peer``: each member of a group has a conversation of their own there."""
        return self.userid if self.chatid is None else f"{self.chatid}{_BETWEEN}{self.userid}"

    @classmethod
    def parse(cls, stored: str) -> Peer:
        """The peer that ``stored`` made."""
        chatid, between, userid = stored.rpartition(_BETWEEN)
        return cls(userid=userid, chatid=chatid if between else None)


def peer_of(userid: object, chatid: object, chattype: object) -> str:
    """The stored peer of a callback's ids; UNKNOWN_PEER for what are none."""
    if not _is_id(userid):
        return UNKNOWN_PEER
    if chattype != "group":
        return Peer(userid=str(userid)).stored
    return Peer(userid=str(userid), chatid=str(chatid)).stored if _is_id(chatid) else UNKNOWN_PEER


def _is_id(value: object) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))
