"""Finds what customers ask in vain. Blocking; used from one thread at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from knowledge_base.answering import Policy
from knowledge_base.decision import Answer, Verdict
from knowledge_base.editing.asking import KnownVectors, Progress, ask
from knowledge_base.editing.drafts import SavedDraft
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import EntryId
from knowledge_base.index.centring import centred, embed_ordinary_sentences, find_centre
from knowledge_base.index.version import IndexVersion
from knowledge_base.mining.cluster import Cluster, ClusterId
from knowledge_base.mining.clustering import Floats, find_clusters, most_diverse
from knowledge_base.mining.drafting import answers_in, entry_of, saved_draft
from knowledge_base.mining.gain import Gain, expected_gain
from knowledge_base.mining.gathering import AskedAlike, gather
from knowledge_base.mining.labels import (
    Judgement,
    Label,
    implied_labels,
    labelled_questions,
    labels_that_count,
)
from knowledge_base.mining.questions import LoggedQuestion, asked_in_vain
from knowledge_base.mining.suggesting import suggest
from knowledge_base.serving import Asker

EXAMPLES = 5
_EMBEDDED_AT_ONCE = 64


def _unwatched(done: int, total: int) -> None:
    """Nobody looks at the progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mined:
    """``clusters``: the most asked first. The rest are counts: ``logged`` questions of the period, ``missed`` of them,
    ``distinct`` different missed ones, ``left_out`` of those beyond the limit, ``solved``: answered by now, ``single``:
    like no others. The last three count different questions.
    """

    clusters: tuple[Cluster, ...]
    logged: int
    missed: int
    distinct: int
    left_out: int
    solved: int
    single: int
    open: tuple[AskedAlike, ...] = ()

    def cluster(self, cluster_id: ClusterId) -> Cluster | None:
        return next((cluster for cluster in self.clusters if cluster.id == cluster_id), None)


class Miner:
    """Keeps every vector, so that mining again, drafts and gains need few new ones."""

    def __init__(self, embedder: Embedder, policy: Policy) -> None:
        self._embedder = KnownVectors(embedder)
        self._policy = policy

    def mine(
        self,
        questions: Sequence[LoggedQuestion],
        labels: Sequence[Label],
        live: IndexVersion | None,
        *,
        today: date,
        progress: Progress = _unwatched,
    ) -> Mined:
        """Clusters of what was missed and would still be missed by ``live``. ``labels``: those written by people.

        ``progress`` is told how many different questions are embedded, which takes the most time.
        """
        missed = asked_in_vain(questions)
        gathered = gather(missed)
        counting = labels_that_count((*labels, *implied_labels(questions)))
        if live is not None:
            self._embedder.take_over(live)
        self._embed([alike.tidied for alike in gathered.alike], progress)
        verdicts = self._judge(gathered.alike, live, Asker(today=today))
        still = [
            (alike, verdict)
            for alike, verdict in zip(gathered.alike, verdicts, strict=True)
            if not _is_settled(alike, verdict, counting.get(alike.key))
        ]
        clusters = self._clusters(still, counting)
        return Mined(
            clusters=clusters,
            logged=len(questions),
            missed=len(missed),
            distinct=len(gathered.alike) + gathered.left_out,
            left_out=gathered.left_out,
            solved=len(gathered.alike) - len(still),
            single=len(still) - sum(len(cluster.members) for cluster in clusters),
            open=tuple(alike for alike, _ in still),
        )

    def gain(
        self,
        cluster: Cluster,
        others: Sequence[AskedAlike],
        live: IndexVersion,
        labels: Sequence[Label],
        *,
        today: date,
    ) -> Gain:
        """What an entry made from the cluster would change. ``others``: what is missed besides, ``Mined.open``."""
        known = {entry.id for entry in live.entries}
        labelled = labelled_questions(labels, known)
        asker = Asker(today=today)
        return expected_gain(cluster, live, others, labelled, self._embedder, self._policy, asker)

    def answer(self, said: Mapping[str, Sequence[str]]) -> str:
        """Of what agents said, by conversation, the answer most like the others; empty when nobody said one.

        Of each conversation the longest text counts: it is the likeliest to be the answer.
        """
        longest = [answers[0] for texts in said.values() if (answers := answers_in(texts))]
        if not longest:
            return ""
        vectors = self._embedder.encode(longest)
        nearness = np.round(vectors @ vectors.sum(axis=0), 6).tolist()
        best = min(range(len(longest)), key=lambda at: (-nearness[at], longest[at]))
        return longest[best]

    def draft(
        self,
        cluster: Cluster,
        live: IndexVersion,
        *,
        answer: str = "",
        who: str,
        now: datetime,
        base: int,
    ) -> SavedDraft:
        """A draft for the editor, from all of the cluster. ``base``: the newest revision."""
        entries = {str(entry.id): entry for entry in live.entries}
        taken = {member.key for member in cluster.members if live.exact(member.key)}
        entry = entry_of(cluster, entries, taken=taken, answer=answer)
        return saved_draft(cluster, entry, entries, who=who, now=now, base=base)

    def _embed(self, tidied: Sequence[str], progress: Progress) -> None:
        """Ahead of its use, so that it can be watched."""
        for start in range(0, len(tidied), _EMBEDDED_AT_ONCE):
            self._embedder.encode(tidied[start : start + _EMBEDDED_AT_ONCE])
            progress(min(start + _EMBEDDED_AT_ONCE, len(tidied)), len(tidied))

    def _judge(self, alike: Sequence[AskedAlike], live: IndexVersion | None, asker: Asker) -> list[Verdict]:
        return ask(live, [(each.tidied, None) for each in alike], self._embedder, self._policy, asker)

    def _clusters(
        self, still: Sequence[tuple[AskedAlike, Verdict]], labels: Mapping[str, Label]
    ) -> tuple[Cluster, ...]:
        if not still:
            return ()
        ordinary = embed_ordinary_sentences(self._embedder)
        raw = self._embedder.encode([alike.tidied for alike, _ in still])
        centre = find_centre(raw, ordinary)
        vectors, background = centred(raw, centre), centred(ordinary, centre)
        found = find_clusters(vectors, [alike.count for alike, _ in still], background)
        return tuple(_cluster(rows, still, vectors, labels) for rows in found)


def _cluster(
    rows: Sequence[int],
    still: Sequence[tuple[AskedAlike, Verdict]],
    vectors: Floats,
    labels: Mapping[str, Label],
) -> Cluster:
    members = tuple(still[row][0] for row in rows)
    return Cluster(
        members=members,
        examples=tuple(still[row][0].text for row in most_diverse(vectors, rows, EXAMPLES)),
        suggestion=suggest(members, [still[row][1] for row in rows], labels),
    )


def _is_settled(alike: AskedAlike, verdict: Verdict, label: Label | None) -> bool:
    """Nothing is left to do: by now it is answered, by an entry that nobody complained of, or somebody said that no
    entry answers it.
    """
    if label is not None and label.judgement is Judgement.NO_ENTRY:
        return True
    decision = verdict.decision
    if not isinstance(decision, Answer):
        return False
    unwanted: set[EntryId | None] = {question.answered_by for question in alike.questions}
    if label is not None and label.judgement is Judgement.WRONG:
        unwanted.add(label.entry_id)
    elif label is not None:
        return decision.candidate.entry_id == label.entry_id
    return decision.candidate.entry_id not in unwanted
