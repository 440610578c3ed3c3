"""What the FAQ handler needs of the knowledge base."""

from __future__ import annotations

from typing import Protocol

from knowledge_base.decision import Decision, Verdict
from knowledge_base.entry import Entry


class Knowledge(Protocol):
    """The knowledge base as one thing that decides."""

    async def decide(self, text: str) -> Decision:
        """Answer, ask back or refuse, for any text (also one without words, also before there is an index)."""
        ...

    async def verdict(self, text: str) -> Verdict:
        """What ``decide`` gives, with its grounds."""
        ...

    @property
    def version(self) -> str | None:
        """The index version in use; None before there is one."""
        ...

    def entry(self, entry_id: str) -> Entry | None:
        """The entry with this id as it is now; None when it is gone."""
        ...
