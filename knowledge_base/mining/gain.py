"""What an entry would change, tried on questions that it was not made from. Blocking; one thread at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.answering import Policy
from knowledge_base.decision import Answer, Verdict
from knowledge_base.editing.asking import KnownVectors, ask, index_of
from knowledge_base.editing.trial import Outcome, outcome_of
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.mining.cluster import Cluster, halves
from knowledge_base.mining.drafting import entry_of
from knowledge_base.mining.gathering import AskedAlike
from knowledge_base.serving import Asker
from knowledge_base.text import exact_key, tidy

NEAREST = 300
"""So many of the other questions, and of the labelled ones, are asked again: those nearest to the cluster. An entry
changes little for questions that are far from it, and asking all of them would take minutes.
"""

_TO_BE_WRITTEN = "…"
"""Stands for the answer of a new entry: without any it would not be served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """All figures count askings, not different questions.

    Of the cluster's ``questions`` half gave the phrasings (``word_for_word``: they would be answered since they are
    stored). Of the ``held_out`` others ``answered`` would be answered by the entry, ``now`` are today. ``elsewhere``:
    other missed questions that it would answer, rightly or not. ``lost``: labelled questions that are answered rightly
    today and would not be any more.
    """

    questions: int
    word_for_word: int
    held_out: int
    now: int
    answered: int
    elsewhere: int
    elsewhere_examples: tuple[str, ...]
    labelled: int
    lost: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """Of the held-out askings, those that would be answered; None without any."""
        return self.answered / self.held_out if self.held_out else None


def expected_gain(
    cluster: Cluster,
    live: IndexVersion,
    others: Sequence[AskedAlike],
    labelled: Sequence[LabelledQuestion],
    embedder: KnownVectors,
    policy: Policy,
    asker: Asker,
) -> Gain:
    """Build the index with an entry from half of the cluster, in a folder nobody else sees, and ask again."""
    embedder.take_over(live)
    entries = tuple(live.entries)
    by_id = {str(entry.id): entry for entry in entries}
    phrasings, held_out = halves(cluster.members)
    taken = {member.key for member in cluster.members if live.exact(member.key)}
    entry = entry_of(cluster, by_id, taken=taken, members=phrasings, answer=_TO_BE_WRITTEN)
    member_keys = {member.key for member in cluster.members}
    near = _nearest(cluster, [other for other in others if other.key not in member_keys], embedder)
    judged = _nearest_labelled(cluster, labelled, member_keys, embedder)
    texts = [tidy(text) for text in (*_texts(held_out), *_texts(near), *(each.text for each in judged))]
    asked = [(text, None) for text in texts]
    # The index that is built has no cut-offs of its own.
    policy = policy.fitted_to(live)
    before = ask(live, asked, embedder, policy, asker)
    with index_of(_with(entries, entry), embedder, wording_counts=policy.wording_counts) as index:
        after = ask(index, asked, embedder, policy, asker)
    first, second = len(held_out), len(held_out) + len(near)
    drawn = [
        member
        for member, was, is_now in zip(near, before[first:second], after[first:second], strict=True)
        if not isinstance(was.decision, Answer) and _answers(is_now, entry.id)
    ]
    lost = [
        question.text
        for question, was, is_now in zip(judged, before[second:], after[second:], strict=True)
        if outcome_of(was.decision, question.expected) is Outcome.RIGHT
        and outcome_of(is_now.decision, question.expected) is not Outcome.RIGHT
    ]
    stored = {exact_key(tidy(text)) for text in entry.phrasings}
    return Gain(
        questions=cluster.count,
        word_for_word=sum(member.count for member in phrasings if member.key in stored),
        held_out=sum(member.count for member in held_out),
        now=_count(held_out, before[:first], entry.id),
        answered=_count(held_out, after[:first], entry.id),
        elsewhere=sum(member.count for member in drawn),
        elsewhere_examples=tuple(member.text for member in drawn[:5]),
        labelled=len(judged),
        lost=tuple(lost),
    )


def _texts(members: Sequence[AskedAlike]) -> list[str]:
    return [member.text for member in members]


def _with(entries: Sequence[Entry], entry: Entry) -> tuple[Entry, ...]:
    """The entries with one replaced or added."""
    if any(each.id == entry.id for each in entries):
        return tuple(entry if each.id == entry.id else each for each in entries)
    return (*entries, entry)


def _answers(verdict: Verdict, entry_id: EntryId) -> bool:
    decision = verdict.decision
    return isinstance(decision, Answer) and decision.candidate.entry_id == entry_id


def _count(members: Sequence[AskedAlike], verdicts: Sequence[Verdict], entry_id: EntryId) -> int:
    pairs = zip(members, verdicts, strict=True)
    return sum(member.count for member, verdict in pairs if _answers(verdict, entry_id))


def _nearest(cluster: Cluster, others: Sequence[AskedAlike], embedder: KnownVectors) -> list[AskedAlike]:
    return [others[at] for at in _places(cluster, [other.tidied for other in others], embedder)]


def _nearest_labelled(
    cluster: Cluster, labelled: Sequence[LabelledQuestion], without: set[str], embedder: KnownVectors
) -> list[LabelledQuestion]:
    apart = [question for question in labelled if exact_key(tidy(question.text)) not in without]
    return [apart[at] for at in _places(cluster, [tidy(question.text) for question in apart], embedder)]


def _places(cluster: Cluster, tidied: Sequence[str], embedder: KnownVectors) -> list[int]:
    """The places of the ``NEAREST`` texts most like the cluster's central question, in their order."""
    if not tidied:
        return []
    (central,) = embedder.encode([cluster.members[0].tidied])
    nearness = np.round(embedder.encode(tidied) @ central, 6)
    best = np.lexsort((np.arange(len(tidied)), -nearness))[:NEAREST]
    return [int(place) for place in np.sort(best)]
