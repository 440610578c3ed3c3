"""From a cluster and what somebody chose to a draft of an entry. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from knowledge_base.editing.drafts import DraftId, SavedDraft, fields_of, new_draft_id
from knowledge_base.entry import MAX_QUESTION, MAX_SIMILAR, Entry, EntryId
from knowledge_base.mining.cluster import Cluster
from knowledge_base.mining.dismissals import print_of, print_of_key
from knowledge_base.mining.drafting import ORIGIN
from knowledge_base.mining.suggesting import Advice
from knowledge_base.text import exact_key, tidy

MOST_PHRASINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasing:
    """A question of the cluster to choose. ``held``: the knowledge base has it already."""

    print: str
    text: str
    count: int
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody chose. ``target`` None: a new entry with this ``question`` and ``answer``."""

    target: Entry | None
    question: str
    answer: str
    phrasings: tuple[str, ...]


def phrasings_of(cluster: Cluster, held: Collection[str]) -> tuple[Phrasing, ...]:
    """Its different questions, the most central first; those too long for a phrasing are left out."""
    return tuple(
        Phrasing(
            print=print_of_key(member.key),
            text=member.text,
            count=member.count,
            held=print_of_key(member.key) in held,
        )
        for member in cluster.members
        if len(member.text) <= MAX_QUESTION
    )[:MOST_PHRASINGS]


def target_of(cluster: Cluster, entries: Sequence[Entry]) -> Entry | None:
    """The entry that is suggested for more phrasings; None: a new one is."""
    if cluster.suggestion.advice is Advice.NEW_ENTRY:
        return None
    return next((entry for entry in entries if entry.id == cluster.suggestion.nearest), None)


def draft_of_new(cluster_id: str) -> DraftId:
    """A cluster has one draft of a new entry, whoever writes it."""
    return DraftId(f"asked-{cluster_id}")


def draft_of(
    cluster: Cluster,
    cluster_id: str,
    wanted: Wanted,
    *,
    begun: SavedDraft | None,
    who: str,
    now: datetime,
    base: int,
) -> SavedDraft:
    """``begun``: a draft of the target, or of this cluster, that is there already and is gone on with."""
    origin = ORIGIN.format(count=cluster.count)
    if wanted.target is None:
        fields = begun.fields if begun else {}
        return SavedDraft(
            id=draft_of_new(cluster_id),
            who=who,
            saved_at=now,
            base=base,
            fields={
                **fields,
                "question": wanted.question,
                "answer": wanted.answer,
                "similar": _added((), wanted.phrasings, wanted.question),
            },
            origin=origin,
        )
    fields = dict(begun.fields) if begun else fields_of(wanted.target)
    similar = fields.get("similar")
    already = [str(each) for each in similar] if isinstance(similar, list | tuple) else []
    fields["similar"] = _added(already, wanted.phrasings, str(fields.get("question", "")))
    if begun is not None:
        return replace(begun, who=who, saved_at=now, fields=fields, origin=origin)
    return SavedDraft(
        id=new_draft_id(),
        who=who,
        saved_at=now,
        base=base,
        entry_id=EntryId(wanted.target.id),
        fields=fields,
        origin=origin,
    )


def held_prints(texts: Collection[str], known: dict[str, str]) -> frozenset[str]:
    """Prints of phrasings; ``known`` keeps what was computed, since most stay from one revision to the next."""
    for text in texts:
        if text not in known:
            known[text] = print_of(text)
    return frozenset(known[text] for text in texts)


def _added(already: Sequence[str], chosen: Sequence[str], question: str) -> list[str]:
    """What is there, then what is new of the chosen, as far as an entry takes them."""
    keys = {exact_key(tidy(text)) for text in (*already, question)}
    added = list(already)
    for text in chosen:
        key = exact_key(tidy(text))
        if key not in keys and len(added) < MAX_SIMILAR:
            keys.add(key)
            added.append(text)
    return added
