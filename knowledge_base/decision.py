"""What the knowledge base says to a question: an answer, a question back, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.entry import EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may be meant.

    ``phrasing`` is the stored text that came nearest, ``score`` what the ranking goes by (0 unrelated, about 1 the same
    words), ``dense`` and ``lexical`` its parts; ``probability`` says how likely this entry is the right one.
    """

    entry_id: EntryId
    question: str
    answer: str
    score: float
    probability: float
    phrasing: str = ""
    dense: float = 0.0
    lexical: float = 0.0


class RefuseReason(StrEnum):
    """Why nothing is said."""

    NO_TEXT = "no_text"
    NO_INDEX = "no_index"
    NOTHING_NEAR = "nothing_near"


class Rule(StrEnum):
    """Which rule of the policy decided; ``kb ask`` shows it."""

    EXACT = "exact"
    CONFLICT = "conflict"
    SURE = "sure"
    NEGATION_DIFFERS = "negation_differs"
    NUMBERS_DIFFER = "numbers_differ"
    CONTRAST = "contrast"
    SECOND_LOOK = "second_look"
    FOLLOW_UP = "follow_up"
    UNSURE = "unsure"
    NOTHING_NEAR = "nothing_near"
    NO_TEXT = "no_text"
    NO_INDEX = "no_index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Say ``candidate.answer``."""

    candidate: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Offer one to three questions and let the customer choose."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Say that it is not known, or do something else."""

    reason: RefuseReason


Decision = Answer | Ask | Refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision with its grounds. ``ranked``: the nearest entries, best first, at most ten; ``probability``: that the
    first is right (the index's own first, where a second look puts another before it); ``cut_off``: what it had to be
    for an outright answer, None where another rule decided.
    """

    decision: Decision
    rule: Rule
    probability: float
    ranked: tuple[Candidate, ...]
    cut_off: float | None = None
