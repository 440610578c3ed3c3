"""Whether a cluster wants an entry of its own or phrasings for one that is there. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.decision import Refuse, Verdict
from knowledge_base.entry import EntryId
from knowledge_base.mining.gathering import AskedAlike
from knowledge_base.mining.labels import Judgement, Label
from knowledge_base.mining.questions import LoggedQuestion


class Advice(StrEnum):
    """NEW_ENTRY: nothing answers this yet. ADD_PHRASINGS: an entry does, but does not know these words."""

    NEW_ENTRY = "new_entry"
    ADD_PHRASINGS = "add_phrasings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """``nearest``: the entry to add to, or with NEW_ENTRY the one that comes nearest, None without any; ``support``:
    share of the questions that speak for it, 0 to 1.
    """

    advice: Advice
    nearest: EntryId | None
    support: float


def suggest(
    members: Sequence[AskedAlike], verdicts: Sequence[Verdict], labels: Mapping[str, Label]
) -> Suggestion:
    """Each question names an entry or none; the entry that at least half of them name gets the phrasings.

    ``verdicts``: what is decided now, for each member; ``labels``: those that count, by exact key. In this order a
    question names what a label says, what its customer chose, and the entry that would be answered or offered first.
    An entry whose answer sent the customer on is not named: more phrasings would make more people unhappy.
    """
    votes: Counter[EntryId | None] = Counter()
    for member, verdict in zip(members, verdicts, strict=True):
        for question in member.questions:
            votes[_named(question, verdict, labels.get(member.key))] += 1
    named = Counter({entry_id: count for entry_id, count in votes.items() if entry_id is not None})
    total = votes.total()
    if named:
        best, count = min(named.items(), key=lambda item: (-item[1], item[0]))
        if 2 * count >= total:
            return Suggestion(advice=Advice.ADD_PHRASINGS, nearest=best, support=count / total)
    nearest = next((verdict.ranked[0].entry_id for verdict in verdicts if verdict.ranked), None)
    support = votes[nearest] / total if nearest is not None and total else 0.0
    return Suggestion(advice=Advice.NEW_ENTRY, nearest=nearest, support=support)


def _named(question: LoggedQuestion, verdict: Verdict, label: Label | None) -> EntryId | None:
    if label is not None and label.judgement is not Judgement.WRONG:
        return label.entry_id
    if question.chosen is not None:
        return question.chosen
    if isinstance(verdict.decision, Refuse) or not verdict.ranked:
        return None
    first = verdict.ranked[0].entry_id
    unwanted = {question.answered_by, label.entry_id if label else None}
    return None if first in unwanted else first
