"""From texts to verdicts: embed, search, decide. Blocking; used from one thread at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answering import Policy, choose, stored
from knowledge_base.decision import Refuse, RefuseReason, Rule, Verdict
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.follow_up import completed, gap_in
from knowledge_base.in_context import in_context
from knowledge_base.index.version import Finding, IndexVersion
from knowledge_base.reranker.looking_again import SecondStage
from knowledge_base.serving import Asker
from knowledge_base.text import exact_key, tidy

NO_INDEX = Verdict(
    decision=Refuse(reason=RefuseReason.NO_INDEX), rule=Rule.NO_INDEX, probability=0.0, ranked=()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, and where. ``previous``: the entry that was answered before it in the same conversation;
    ``asker``: entries that say nothing to them do not count. None: every entry counts. ``without``: number of a
    phrasing in the index that is asked about, so that it does not count.
    """

    text: str
    previous: EntryId | None = None
    asker: Asker | None = None
    without: int | None = None

    def as_decided(self) -> Asked:
        """Without what cannot change the verdict; equal for questions that get the same one."""
        leans = self.previous is not None and gap_in(self.text) is not None
        return replace(self, text=tidy(self.text), previous=self.previous if leans else None)


def judge(
    texts: Sequence[str],
    index: IndexVersion | None,
    embedder: Embedder,
    policy: Policy,
    second: SecondStage | None = None,
) -> list[Verdict]:
    """A verdict for each text by itself, all entries counting; without an index each is refused."""
    return judge_asked([Asked(text=text) for text in texts], index, embedder, policy, second)


def judge_asked(
    asked: Sequence[Asked],
    index: IndexVersion | None,
    embedder: Embedder,
    policy: Policy,
    second: SecondStage | None = None,
) -> list[Verdict]:
    """A verdict for each question. All readings of all of them are embedded together."""
    if index is None:
        return [NO_INDEX] * len(asked)
    policy = policy.fitted_to(index)
    readings = [_readings(each, index) for each in asked]
    left_out = [each.without for each, texts in zip(asked, readings, strict=True) for _ in texts]
    texts = (text for texts in readings for text in texts)
    read = [as_read(text, index, without=row) for text, row in zip(texts, left_out, strict=True)]
    vectors = embedder.encode(read)
    found = iter(zip(read, vectors, _search(index, vectors, read, left_out), strict=True))
    return [
        _verdict(each, list(islice(found, len(texts))), index, policy, second)
        for each, texts in zip(asked, readings, strict=True)
    ]


def _search(
    index: IndexVersion, vectors: Floats, read: Sequence[str], left_out: Sequence[int | None]
) -> list[Finding]:
    if not any(row is not None for row in left_out):
        return index.search_all(vectors, read)
    asked = zip(vectors, read, left_out, strict=True)
    return [index.search(vector, text, without=row) for vector, text, row in asked]


Floats = NDArray[np.float32]
Reading = tuple[str, Floats, Finding]
"""A text as it is read, its unit vector, and what the index has for it."""


def _readings(asked: Asked, index: IndexVersion) -> tuple[str, ...]:
    """The text as it is; then, where it leans on the entry before, completed with that entry's question."""
    before = index.entry(asked.previous) if asked.previous else None
    found = gap_in(asked.text) if before else None
    return (asked.text, *(completed(found, before.question) if found and before else ()))


def _verdict(
    asked: Asked,
    readings: Sequence[Reading],
    index: IndexVersion,
    policy: Policy,
    second: SecondStage | None,
) -> Verdict:
    own, *others = (_judged(reading, asked, index, policy, second) for reading in readings)
    found = gap_in(asked.text) if others else None
    if found is None or asked.previous is None:
        return own
    return in_context(own, others, found, previous=asked.previous, most=policy.max_candidates)


def _judged(
    reading: Reading, asked: Asked, index: IndexVersion, policy: Policy, second: SecondStage | None
) -> Verdict:
    text, vector, finding = reading
    exact = _of_these(_stored(text, index, asked.without), asked.asker)
    if asked.asker is not None:
        finding = _served(text, vector, finding, index, asked.asker, asked.without)
    if second is not None and not exact:
        finding = second.looked_again(text, finding)
    return choose(text, finding, exact, policy)


def _served(
    text: str, vector: Floats, finding: Finding, index: IndexVersion, asker: Asker, without: int | None
) -> Finding:
    """The finding among served entries only. Looked for again without those that are not: what is said of the first
    entry must be said of the one that takes its place.
    """
    hidden: set[str] = set()
    while unserved := {each.entry.id for each in finding.matches if not asker.is_served(each.entry)}:
        hidden |= unserved
        finding = index.search(vector, text, without=without, hidden=hidden)
    return finding


def _of_these(entries: Sequence[Entry], asker: Asker | None) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if asker is None or asker.is_served(entry))


def _stored(tidied: str, index: IndexVersion, without: int | None = None) -> tuple[Entry, ...]:
    """The entries that hold this very text, other than as the phrasing ``without``. An entry may hold it twice:
    怎么退货 and 请问怎么退货.
    """
    key = exact_key(tidied)
    found = index.exact(key)
    if without is None or not found:
        return found
    holder, phrasing = index.phrasing(without)
    held = sum(exact_key(tidy(each)) == key for each in holder.phrasings)
    again = held > (exact_key(tidy(phrasing)) == key)
    return tuple(entry for entry in found if entry.id != holder.id or again)


def as_read(text: str, index: IndexVersion, *, without: int | None = None) -> str:
    """The tidied text, its words in letters (fahuo) as the index's phrasings have them (发货)."""
    tidied = tidy(text)
    return tidied if _stored(tidied, index, without) else index.respelled(tidied)


def recognise(text: str, index: IndexVersion | None, policy: Policy) -> Verdict | None:
    """The verdict on a text that is stored as it is, found without the model; None for any other."""
    return recognise_asked(Asked(text=text), index, policy)


def recognise_asked(asked: Asked, index: IndexVersion | None, policy: Policy) -> Verdict | None:
    """As ``recognise``; also None where the question before may change what is said."""
    exact = _stored(tidy(asked.text), index, asked.without) if index is not None else ()
    served = _of_these(exact, asked.asker)
    found = gap_in(asked.text) if asked.previous is not None else None
    if not served or (found is not None and (found.sure or len(served) > 1)):
        return None
    return stored(served, policy)
