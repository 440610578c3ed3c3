"""What a reranker is tuned on: a shop's questions, each with texts that fit it and texts that the index takes for it.

Needs no torch.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge_base.editing.asking import index_of
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.index.version import IndexVersion, Match
from knowledge_base.text import exact_key, tidy

_RIVALS = 3
"""Entries that a question is told apart from: those that the index ranks next."""

_MOST = 12_000
"""Questions, evenly chosen; finding their rivals takes some milliseconds each."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A tidied ``question``; ``fitting``: texts that the reranker shall like with it; ``others``: those not."""

    question: str
    fitting: tuple[str, ...]
    others: tuple[str, ...]


def lessons(seen: Sequence[Entry], embedder: Embedder, *, answers: bool, progress: Progress) -> list[Lesson]:
    """A lesson for each phrasing of ``seen`` (what may be trained on), asked as if it were not stored.

    The texts are what a reranker reads when it looks again: the nearest phrasing of an entry and, with ``answers``, its
    answer. Of the question's own entry another phrasing is read too. Entries that hold the question itself, or that
    give the same answer, are no rivals.
    """
    chance = random.Random(1)  # noqa: S311 - draws training texts
    with index_of(seen, embedder) as index:
        rows = range(0, index.manifest.phrasings, max(1, -(-index.manifest.phrasings // _MOST)))
        found = []
        for done, row in enumerate(rows, 1):
            if (lesson := _lesson(index, row, chance, answers=answers)) is not None:
                found.append(lesson)
            progress(done, len(rows))
    return found


def _lesson(index: IndexVersion, row: int, chance: random.Random, *, answers: bool) -> Lesson | None:
    entry, phrasing = index.phrasing(row)
    question = tidy(phrasing)
    own = [tidied for text in entry.phrasings if exact_key(tidied := tidy(text)) != exact_key(question)]
    if not own or not question:
        return None
    matches = index.search(index.vector(row), question, without=row).matches
    rivals = [match for match in matches if _is_rival(match, entry, question)][:_RIVALS]
    nearest = [tidy(match.phrasing) for match in matches if match.entry.id == entry.id]
    fitting = [*(text for text in nearest if text in own), chance.choice(own)]
    others = [tidy(match.phrasing) for match in rivals]
    if answers:
        fitting.append(entry.answer)
        others += [match.entry.answer for match in rivals]
    if not others:
        return None
    return Lesson(
        question=question, fitting=tuple(dict.fromkeys(fitting)), others=tuple(dict.fromkeys(others))
    )


def _is_rival(match: Match, entry: Entry, question: str) -> bool:
    holds_it = any(exact_key(tidy(text)) == exact_key(question) for text in match.entry.phrasings)
    return match.entry.id != entry.id and match.entry.answer != entry.answer and not holds_it
