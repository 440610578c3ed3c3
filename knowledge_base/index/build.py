"""Builds an index version from entries and makes it the one in use."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder.files import file_hash
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index.centring import centred, embed_ordinary_sentences, find_centre
from knowledge_base.index.lexical import LexicalIndex, build_lexical_index
from knowledge_base.index.manifest import (
    CENTRE,
    EMBEDDED,
    ENTRIES,
    FORMAT,
    KEYS,
    LEXICAL,
    VECTORS,
    IndexManifest,
    VersionId,
    entries_text,
    lexical_file,
    version_id,
)
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.text import exact_key, tidy

Floats = NDArray[np.float32]
Progress = Callable[[int, int], None]

_CHUNK = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did; ``changed`` is False when that version was in use already."""

    version: VersionId
    entries: int
    phrasings: int
    embedded: int
    changed: bool


def build_index(
    shelf: Shelf, entries: Sequence[Entry], embedder: Embedder, progress: Progress, *, keep_versions: int = 3
) -> Built:
    """Build and publish; ``progress`` is told (phrasings embedded, phrasings to embed).

    The same entries and the same embedder give the same version, and nothing is done when it is there. Vectors of
    phrasings that the version in use knows are taken over. Must not run twice at a time on one folder; the entries'
    lock sees to that.
    """
    text = entries_text(entries)
    version = version_id(text, embedder.identity)
    before, embedded = shelf.current(), 0
    if not _is_sound(shelf, version):
        known = _known_vectors(shelf, before, embedder)
        with shelf.put(version) as folder:
            embedded = _write(folder, text, entries, embedder, known, progress)
    if before != version:
        shelf.publish(version)
        shelf.prune(keep_versions)
    return Built(
        version=version,
        entries=len(entries),
        phrasings=sum(len(entry.phrasings) for entry in entries),
        embedded=embedded,
        changed=before != version,
    )


def _is_sound(shelf: Shelf, version: VersionId) -> bool:
    if not shelf.holds(version):
        return False
    try:
        IndexVersion.open(shelf.folder(version))
    except KnowledgeBaseError:
        return False
    return True


def _known_vectors(shelf: Shelf, version: VersionId | None, embedder: Embedder) -> dict[str, Floats]:
    if version is None:
        return {}
    try:
        index = IndexVersion.open(shelf.folder(version))
    except KnowledgeBaseError:
        return {}
    if index.manifest.embedder != embedder.identity:
        return {}
    vectors = np.load(shelf.folder(version) / EMBEDDED, mmap_mode="r")
    phrasings = (phrasing for entry in index.entries for phrasing in entry.phrasings)
    return dict(zip(map(tidy, phrasings), vectors, strict=True))


def _write(
    folder: Path,
    text: str,
    entries: Sequence[Entry],
    embedder: Embedder,
    known: dict[str, Floats],
    progress: Progress,
) -> int:
    tidied = [tidy(phrasing) for entry in entries for phrasing in entry.phrasings]
    fresh = list(dict.fromkeys(phrasing for phrasing in tidied if phrasing not in known))
    vectors = dict(known)
    progress(0, len(fresh))
    for start in range(0, len(fresh), _CHUNK):
        chunk = fresh[start : start + _CHUNK]
        vectors.update(zip(chunk, embedder.encode(chunk), strict=True))
        progress(start + len(chunk), len(fresh))
    matrix = np.array([vectors[phrasing] for phrasing in tidied], dtype=np.float32)
    matrix = matrix.reshape(len(tidied), embedder.width)

    (folder / ENTRIES).write_text(text, encoding="utf-8")
    keys = json.dumps([exact_key(phrasing) for phrasing in tidied], ensure_ascii=False)
    (folder / KEYS).write_text(keys, encoding="utf-8")
    np.save(folder / EMBEDDED, matrix)
    centre = find_centre(matrix, embed_ordinary_sentences(embedder))
    np.save(folder / CENTRE, centre)
    faiss.write_index(flat_index(centred(matrix, centre)), str(folder / VECTORS))
    _write_lexical(folder, build_lexical_index(tidied))
    IndexManifest(
        format=FORMAT,
        embedder=embedder.identity,
        entries=len(entries),
        phrasings=len(tidied),
        sha256={path.name: file_hash(path) for path in sorted(folder.iterdir())},
    ).write(folder)
    return len(fresh)


def flat_index(vectors: Floats) -> faiss.Index:
    """An exact index of unit vectors."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def _write_lexical(folder: Path, lexical: LexicalIndex) -> None:
    for part in LEXICAL:
        np.save(folder / lexical_file(part), getattr(lexical, part))
