"""How many custom messages an account may send after each act of a shopper (docs: kf/intro)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

HOUR = 3600.0


class Act(Enum):
    """What a shopper did that lets the account write to them."""

    MESSAGE = "message"
    CLICK = "click"
    FOLLOW = "follow"
    SCAN = "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many custom messages within so many seconds of the act."""

    messages: int
    seconds: float


DEFAULT_ALLOWANCES: Mapping[Act, Allowance] = {
    Act.MESSAGE: Allowance(messages=5, seconds=48 * HOUR),
    Act.CLICK: Allowance(messages=3, seconds=60.0),
    Act.FOLLOW: Allowance(messages=3, seconds=60.0),
    Act.SCAN: Allowance(messages=3, seconds=60.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One custom message may go out; ``left`` more under the same act."""

    act: Act
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No message may go out; errcode 45015 (no window is open) or 45047 (all used up)."""

    errcode: int


@dataclass(slots=True)
class _Window:
    opened: float
    used: int = 0


@dataclass(slots=True)
class ReplyQuota:
    """The windows of one shopper. A new act renews its window; open windows add up, the shortest is used first."""

    allowances: Mapping[Act, Allowance] = field(default_factory=lambda: DEFAULT_ALLOWANCES)
    _windows: dict[Act, _Window] = field(default_factory=dict)

    def note(self, act: Act, now: float) -> None:
        """The shopper did something at ``now`` (epoch seconds)."""
        self._windows[act] = _Window(now)

    def take(self, now: float) -> Granted | Refused:
        """Use one message up, if any is left."""
        live = self._live(now)
        for _, act in live:
            window, limit = self._windows[act], self.allowances[act].messages
            if window.used < limit:
                window.used += 1
                return Granted(act=act, left=limit - window.used)
        return Refused(errcode=45047 if live else 45015)

    def left(self, now: float) -> int:
        """How many custom messages may still go out."""
        return sum(self.allowances[act].messages - self._windows[act].used for _, act in self._live(now))

    def close(self) -> None:
        """Forget every window (the shopper no longer follows)."""
        self._windows.clear()

    def _live(self, now: float) -> list[tuple[float, Act]]:
        ends = ((window.opened + self.allowances[act].seconds, act) for act, window in self._windows.items())
        return sorted((end for end in ends if end[0] > now), key=lambda end: end[0])
