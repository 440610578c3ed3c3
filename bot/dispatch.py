"""A dispatch, from its claim to its record: values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.address import Address
from conversations.inbound import Trigger
from conversations.ownership import Owner, Ownership, to_agent, to_bot, to_queue
from conversations.replies import Reply
from storage.outbox import OutboxState


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One message to send now, and the right to do so. ``outbox_ids`` are the replies that it carries.

    ``key`` names the message for ever; ``repeatable``: sending it again can neither double nor harm anything.
    """

    address: Address
    outbox_ids: tuple[int, ...]
    reply: Reply
    trigger: Trigger | None
    token: str
    attempts: int
    unknowns: int
    key: str = ""
    repeatable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What a transfer, or finding people in the session, changes beside the reply itself.

    ``owner`` (with ``agent``) is the new owner; ``says`` follows under the owner's epoch, or by spending its code.
    """

    owner: Owner | None = None
    agent: str | None = None
    says: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of a dispatch. ``due_in_ms`` is set for PENDING; ``refund`` gives the slot back (surely not sent)."""

    dispatch: Dispatch
    state: OutboxState
    outcome: str
    detail: str = ""
    platform_id: str | None = None
    due_in_ms: int = 0
    unknown: bool = False
    refund: bool = False
    after: Aftermath | None = None


def new_owner(before: Ownership, after: Aftermath) -> Ownership:
    """The owner after a transfer; unchanged when it is the one already.

    Whoever is found in the queue's place took the session meanwhile, and keeps it.
    """
    match after.owner:
        case Owner.QUEUE if before.owner is Owner.BOT:
            return to_queue(before)
        case Owner.AGENT if after.agent is not None and before.agent != after.agent:
            return to_agent(before, after.agent)
        case Owner.BOT if before.owner is not Owner.BOT:
            return to_bot(before)
        case _:
            return before
