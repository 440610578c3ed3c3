"""What is remembered of each 微信客服 session, and the port that keeps it for all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from channels.kefu.states import SessionState, Told
from conversations.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSession:
    """``state`` None: ask before speaking. ``checked_at`` (aware): when that was learned.

    ``code_granted``: a transfer of this customer has brought an entry code before. The platform gives it on the first
    change only and does not say whether an ended session begins that anew, so it is never taken back.
    """

    state: SessionState | None
    servicer: str | None
    checked_at: datetime
    code_granted: bool


class Sessions(Protocol):
    """Keeps one KnownSession for each customer of each account."""

    async def read(self, address: Address) -> KnownSession | None:
        """None when nothing was ever remembered."""
        ...

    async def learn(self, address: Address, told: Told, *, code_granted: bool = False) -> None:
        """The platform has just said this. ``code_granted``: and gave the session's entry code with it."""
        ...
