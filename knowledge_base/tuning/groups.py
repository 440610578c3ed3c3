"""What an embedder is trained on: groups of texts that ask the same thing, in families whose groups only look alike."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.text import exact_key, tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tidied ``texts`` that one answer serves, the standard question first. Groups of a ``family`` are told apart
    hardest.
    """

    family: str
    name: str
    texts: tuple[str, ...]


def read_groups(folder: Path) -> list[Group]:
    """The groups in the ``*.jsonl`` files of ``folder``, lines ``{"family", "group", "texts"}``.

    A text that several groups have is left out of all of them. Raises ``KnowledgeBaseError`` naming file and line.
    """
    groups = []
    for path in sorted(folder.glob("*.jsonl")):
        author = path.stem.rstrip("0123456789_")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                raw = json.loads(line)
                texts = tuple(dict.fromkeys(tidy(text) for text in raw["texts"]))
                groups.append(Group(family=f"{author}:{raw['family']}", name=raw["group"], texts=texts))
            except (ValueError, KeyError, TypeError) as exc:
                raise KnowledgeBaseError(f"{path.name}, line {number}: no group of texts ({exc!r})") from exc
    return _without_shared_texts(groups)


def groups_of_entries(entries: Sequence[Entry]) -> list[Group]:
    """Each entry with at least two phrasings is a group, its category the family."""
    groups = [
        Group(
            family=entry.category or "-",
            name=entry.id,
            texts=tuple(dict.fromkeys(tidy(phrasing) for phrasing in entry.phrasings)),
        )
        for entry in entries
    ]
    return _without_shared_texts(groups)


def batches(groups: Sequence[Group], size: int, chance: random.Random) -> Iterator[list[Group]]:
    """Each group once, in batches of about ``size``: the groups of a family together, families at random."""
    families: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups:
        families[group.family].append(group)
    parts = []
    for members in families.values():
        chance.shuffle(members)
        parts += [members[at : at + _NEIGHBOURS] for at in range(0, len(members), _NEIGHBOURS)]
    chance.shuffle(parts)
    batch: list[Group] = []
    for part in parts:
        batch += part
        if len(batch) >= size:
            yield batch
            batch = []
    if len(batch) > 1:
        yield batch


_NEIGHBOURS = 6
"""Most groups of one family in a batch, so that a batch holds several families."""


def _without_shared_texts(groups: Sequence[Group]) -> list[Group]:
    held = Counter(exact_key(text) for group in groups for text in group.texts)
    alone = [
        replace(group, texts=tuple(text for text in group.texts if held[exact_key(text)] == 1))
        for group in groups
    ]
    return [group for group in alone if len(group.texts) > 1]
