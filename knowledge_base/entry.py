"""An entry of the knowledge base: a question, the ways people put it, and the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from knowledge_base.text import tidy

EntryId = NewType("EntryId", str)

MAX_ID = 64
MAX_QUESTION = 200
MAX_ANSWER = 5000
MAX_CATEGORY = 50
MAX_SIMILAR = 200
"""Longest fields in characters; ``MAX_SIMILAR`` is how many other phrasings an entry may have, each at most
``MAX_QUESTION`` long.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question with its answer; ``similar`` are other phrasings of the question."""

    id: EntryId
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    category: str = ""

    @property
    def phrasings(self) -> tuple[str, ...]:
        """Every stored way to ask it, the canonical question first."""
        return (self.question, *self.similar)

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "category": self.category,
            "question": self.question,
            "similar": list(self.similar),
            "answer": self.answer,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> Entry:
        """The entry that ``as_json`` wrote; raises ``KeyError`` or ``TypeError`` for anything else."""
        similar = raw["similar"]
        if not isinstance(similar, list):
            raise TypeError("similar is not a list")
        return cls(
            id=EntryId(str(raw["id"])),
            question=str(raw["question"]),
            answer=str(raw["answer"]),
            similar=tuple(str(text) for text in similar),
            category=str(raw["category"]),
        )


def id_of_question(question: str) -> EntryId:
    """The id of an entry that came without one: the same question always gets the same id."""
    return EntryId("q-" + hashlib.sha256(tidy(question).encode()).hexdigest()[:12])
