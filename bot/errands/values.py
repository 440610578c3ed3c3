"""An errand on its way to the mall, and what became of one attempt: values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conversations.address import ConversationId
from conversations.errands import Errand
from mall.port import Receipt


class ErrandState(StrEnum):
    """Values are stored; never rename them."""

    PENDING = "pending"
    DONE = "done"
    DECLINED = "declined"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedErrand:
    """One errand and the right to ask the mall for it while ``lease`` lasts.

    ``attempts`` counts this one too; ``replays`` how often it came back from the dead list.
    """

    row_id: int
    key: str
    conversation_id: ConversationId
    customer_ref: str
    errand: Errand
    attempts: int
    replays: int
    lease: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How an errand stands after an attempt. ``tells``: what the customer is to hear of it now.

    PENDING: the next attempt is in ``due_in_ms``. DEAD: people get a case with ``summary``. ``error`` is for the log
    and the dead list.
    """

    state: ErrandState
    tells: str | None = None
    receipt: Receipt | None = None
    due_in_ms: int = 0
    error: str = ""
    summary: str = ""
