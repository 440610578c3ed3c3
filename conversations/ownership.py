"""Who owns a conversation: the bot, the queue, or one agent; and the epoch that grows at each change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Owner(StrEnum):
    """Values are stored; never rename them."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """The owner and the epoch. ``agent`` is set exactly when an agent owns the conversation."""

    owner: Owner = Owner.BOT
    agent: str | None = None
    epoch: int = 0

    def __post_init__(self) -> None:
        if (self.owner is Owner.AGENT) != (self.agent is not None):
            raise ValueError("agent must be named exactly when an agent owns the conversation")

    @property
    def bot_may_speak(self) -> bool:
        return self.owner is Owner.BOT


def to_queue(now: Ownership) -> Ownership:
    """The conversation waits for a person."""
    return Ownership(owner=Owner.QUEUE, epoch=now.epoch + 1)


def to_agent(now: Ownership, agent: str) -> Ownership:
    """An agent takes the conversation (from anybody: who may is decided by the caller)."""
    return Ownership(owner=Owner.AGENT, agent=agent, epoch=now.epoch + 1)


def to_bot(now: Ownership) -> Ownership:
    """The person is done; the bot serves again."""
    return Ownership(owner=Owner.BOT, epoch=now.epoch + 1)
