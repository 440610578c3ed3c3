"""What the FAQ handler needs of the knowledge base."""

from __future__ import annotations

from typing import Protocol

from knowledge_base.decision import Verdict
from knowledge_base.entry import Entry, EntryId
from knowledge_base.serving import Asker


class Knowledge(Protocol):
    """The knowledge base as one thing that decides."""

    async def verdict(
        self, text: str, *, previous: EntryId | None = None, asker: Asker | None = None
    ) -> Verdict:
        """Answer, ask back or refuse, with the grounds, for any text (also one without words, also before there is an
        index). ``previous``: the entry that the text may lean on; ``asker``: for whom.
        """
        ...

    @property
    def version(self) -> str | None:
        """The index version in use; None before there is one."""
        ...

    def entry(self, entry_id: str) -> Entry | None:
        """The entry with this id as it is now; None when it is gone."""
        ...
