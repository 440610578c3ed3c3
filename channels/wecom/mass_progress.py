"""How far a mass message has come, and who may receive another one this month. Pure (WeCom 92135, 93338)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from channels.limits import Allowed, Use, may
from channels.limits.calls import MASS_PER_MONTH


class Receiving(IntEnum):
    """What became of one receiver. ELSEWHERE: had another mass message that counted first."""

    NOT_SENT = 0
    SENT = 1
    NOT_A_FRIEND = 2
    ELSEWHERE = 3


_CONFIRMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTask:
    """A member who was asked to send. ``status`` 0: not yet, 2: confirmed. ``sent_at``: seconds since 1970, or 0."""

    userid: str
    status: int
    sent_at: int = 0

    @property
    def confirmed(self) -> bool:
        return self.status == _CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receiver of one member's message. ``status`` is a ``Receiving``; a new number stays a number."""

    receiver: str
    userid: str
    status: int
    sent_at: int = 0

    @property
    def sent(self) -> bool:
        return self.status == Receiving.SENT


class MassState(StrEnum):
    """Stored; never rename. PARTLY: some members have confirmed. CANCELLED: whoever has not, never will."""

    PENDING = "pending"
    PARTLY = "partly"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


def state(tasks: Sequence[MemberTask], *, cancelled: bool) -> MassState:
    """What the members' tasks make of the whole. A task that everybody confirmed cannot be cancelled any more."""
    confirmed = sum(task.confirmed for task in tasks)
    if tasks and confirmed == len(tasks):
        return MassState.CONFIRMED
    if cancelled:
        return MassState.CANCELLED
    return MassState.PARTLY if confirmed else MassState.PENDING


def full_this_month(
    receivers: Sequence[str], received: Mapping[str, Sequence[datetime]], now: datetime
) -> tuple[str, ...]:
    """The receivers who have had as many mass messages this month as it has days; the platform would skip them."""
    return tuple(
        receiver
        for receiver in receivers
        if not isinstance(
            may(MASS_PER_MONTH, [Use(at=at) for at in received.get(receiver, ())], now), Allowed
        )
    )
