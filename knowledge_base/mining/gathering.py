"""Questions that say the same become one with a count. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conversations.privacy import HIDDEN
from knowledge_base.mining.questions import LoggedQuestion, Missed
from knowledge_base.text import exact_key, tidy

MOST_DISTINCT = 3000
"""So many different questions are looked at: those asked most often, and of equally frequent ones the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAlike:
    """Questions with one exact key. ``text``: their commonest wording; ``questions``: oldest first."""

    key: str
    text: str
    questions: tuple[LoggedQuestion, ...]

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def tidied(self) -> str:
        return tidy(self.text)

    @property
    def reasons(self) -> Mapping[Missed, int]:
        return Counter(reason for question in self.questions for reason in question.missed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """``alike``: most asked first; ``left_out``: how many different questions were beyond ``MOST_DISTINCT``."""

    alike: tuple[AskedAlike, ...]
    left_out: int


def gather(questions: Iterable[LoggedQuestion], most: int = MOST_DISTINCT) -> Gathered:
    """Personal data that was hidden says nothing, and two questions that differ in nothing else are the same."""
    groups: defaultdict[str, list[tuple[str, LoggedQuestion]]] = defaultdict(list)
    for question in questions:
        text = bare(question.text)
        key = exact_key(tidy(text))
        if key:
            groups[key].append((text, question))
    found = [_alike(key, group) for key, group in groups.items()]
    found.sort(key=lambda each: (-each.count, -each.questions[-1].at.timestamp(), each.key))
    return Gathered(alike=tuple(found[:most]), left_out=max(0, len(found) - most))


def bare(text: str) -> str:
    """The text without the places of hidden data, on one line."""
    return " ".join(text.replace(HIDDEN, " ").split())


def _alike(key: str, group: list[tuple[str, LoggedQuestion]]) -> AskedAlike:
    wordings = Counter(text for text, _ in group)
    commonest = min(wordings, key=lambda text: (-wordings[text], len(text), text))
    questions = sorted((question for _, question in group), key=lambda question: (question.at, question.key))
    return AskedAlike(key=key, text=commonest, questions=tuple(questions))
