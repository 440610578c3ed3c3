"""From a cluster to a draft of an entry. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from conversations.privacy import HIDDEN
from knowledge_base.editing.drafts import SavedDraft, fields_of, new_draft_id
from knowledge_base.entry import MAX_ANSWER, MAX_QUESTION, MAX_SIMILAR, Entry, id_of_question
from knowledge_base.mining.cluster import Cluster
from knowledge_base.mining.gathering import AskedAlike
from knowledge_base.mining.suggesting import Advice
from knowledge_base.text import exact_key, tidy

ORIGIN = "顾客问过 {count} 次的问题"
SHORTEST_ANSWER = 8
"""What an agent says in fewer characters ("稍等", "您好在的") is no answer."""


def entry_of(
    cluster: Cluster,
    entries: Mapping[str, Entry],
    *,
    taken: Collection[str] = (),
    members: Sequence[AskedAlike] | None = None,
    answer: str = "",
) -> Entry:
    """The entry that the cluster suggests: a new one, or the nearest one with more phrasings.

    ``entries``: by id. ``taken``: exact keys of phrasings that entries hold; customers who type one of those would be
    asked back. ``members``: take phrasings from these only. A new entry without ``answer`` waits for an editor's.
    """
    chosen = cluster.members if members is None else members
    target = _target(cluster, entries)
    if target is not None:
        held = [exact_key(tidy(text)) for text in target.phrasings]
        fresh = _phrasings(chosen, {*held, *taken})
        return replace(target, similar=(*target.similar, *fresh)[: max(MAX_SIMILAR, len(target.similar))])
    question = cluster.question[:MAX_QUESTION]
    fresh = _phrasings(chosen, {exact_key(tidy(question)), *taken})
    return Entry(
        id=id_of_question(question),
        question=question,
        answer=answer[:MAX_ANSWER],
        similar=fresh[:MAX_SIMILAR],
    )


def saved_draft(
    cluster: Cluster, entry: Entry, entries: Mapping[str, Entry], *, who: str, now: datetime, base: int
) -> SavedDraft:
    """What the editor opens, and ``editing.workbench.put`` publishes. ``base``: the newest revision."""
    target = _target(cluster, entries)
    return SavedDraft(
        id=new_draft_id(),
        who=who,
        saved_at=now,
        base=base,
        entry_id=target.id if target else None,
        fields=fields_of(entry),
        origin=ORIGIN.format(count=cluster.count),
    )


def answers_in(said: Iterable[str]) -> list[str]:
    """Of what an agent said, what may be an answer, the longest first; no questions back, nothing short."""
    bare = (text.replace(HIDDEN, "").strip() for text in said)
    found = [text for text in bare if len(text) >= SHORTEST_ANSWER and not text.endswith(("?", "？", "吗"))]
    return sorted(found, key=lambda text: (-len(text), text))


def _target(cluster: Cluster, entries: Mapping[str, Entry]) -> Entry | None:
    """The entry that gets the phrasings; None: a new one is made, also when it is gone meanwhile."""
    suggestion = cluster.suggestion
    if suggestion.advice is Advice.NEW_ENTRY or suggestion.nearest is None:
        return None
    return entries.get(suggestion.nearest)


def _phrasings(members: Sequence[AskedAlike], held: Collection[str]) -> tuple[str, ...]:
    return tuple(
        member.text for member in members if member.key not in held and len(member.text) <= MAX_QUESTION
    )
