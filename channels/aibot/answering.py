"""Which callbacks of the long connection can still be answered in their own place: in memory, for some minutes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from channels.limits.windows import AIBOT_STREAM
from conversations.address import ConversationId

_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """``cmd`` is the kind of answer that the callback takes."""

    req_id: str
    cmd: str
    until: float


class UnansweredCallbacks:
    """The newest callback of each conversation that got no passive answer. Each is given out once."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._newest: OrderedDict[ConversationId, Unanswered] = OrderedDict()

    def add(self, conversation: ConversationId, req_id: str, cmd: str) -> None:
        until = self._now() + AIBOT_STREAM.lasts.total_seconds()
        self._newest[conversation] = Unanswered(req_id=req_id, cmd=cmd, until=until)
        self._newest.move_to_end(conversation)
        while len(self._newest) > _MOST:
            self._newest.popitem(last=False)

    def take(self, conversation: ConversationId, cmd: str) -> str | None:
        """The req_id that an answer of kind ``cmd`` may use, now its own; None when there is none (any more)."""
        newest = self._newest.get(conversation)
        if newest is None or newest.cmd != cmd:
            return None
        del self._newest[conversation]
        return newest.req_id if self._now() < newest.until else None

    def forget(self) -> None:
        """The connection is gone, and the callbacks with it."""
        self._newest.clear()
