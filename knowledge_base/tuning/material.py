"""What an embedder is tuned on: a shop's own questions, but for those held out. Needs no torch."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.tuning.corpus import split_corpus
from knowledge_base.tuning.groups import Group, groups_of_entries
from knowledge_base.tuning.holding_out import is_held_out

FEWEST_GROUPS = 24
"""One batch. Below that there is nothing to tell apart."""

_REHEARSED = 0.5
"""For each group of the shop half a one of the corpus is trained again, so that what it taught is not forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """``texts``: how many of the shop's own questions are trained on."""

    groups: tuple[Group, ...]
    texts: int


def seen_entries(entries: Sequence[Entry], labels: Sequence[LabelledQuestion]) -> tuple[Entry, ...]:
    """The entries with what may be trained on: without the phrasings that are held out, and with the questions that are
    labelled with one entry. Standard questions stay, being what everything is found by.

    Raises ``KnowledgeBaseError`` when that is too little to train on.
    """
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for label in labels:
        if len(label.expected) == 1 and not is_held_out(label.text):
            asked[next(iter(label.expected))].append(label.text)
    seen = [
        replace(
            entry,
            similar=tuple(
                dict.fromkeys((*(text for text in entry.similar if not is_held_out(text)), *asked[entry.id]))
            ),
        )
        for entry in entries
    ]
    found = len(groups_of_entries(seen))
    if found < FEWEST_GROUPS:
        raise KnowledgeBaseError(
            f"只有 {found} 条问答有两个以上的问法，至少要 {FEWEST_GROUPS} 条才能调；先给问答多写几个问法"
        )
    return tuple(seen)


def material(entries: Sequence[Entry], labels: Sequence[LabelledQuestion]) -> Material:
    """What is trained on: phrasings and questions labelled with one entry, but for those held out, and a rehearsal.

    Raises ``KnowledgeBaseError`` when the shop has too little.
    """
    groups = groups_of_entries(seen_entries(entries, labels))
    corpus = split_corpus()[0]
    chance = random.Random(1)  # noqa: S311 - draws training texts
    rehearsal = chance.sample(corpus, min(len(corpus), int(len(groups) * _REHEARSED)))
    return Material(groups=(*groups, *rehearsal), texts=sum(len(group.texts) for group in groups))
