"""Builds an index version from entries and makes it the one in use."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.calibrating.findings import write_findings
from knowledge_base.calibration import Calibration
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
    LABELS,
    LEXICAL,
    LINES,
    MANIFEST,
    SOUNDS,
    VECTORS,
    IndexManifest,
    VersionId,
    entries_text,
    lexical_file,
    read_index_manifest,
    version_id,
)
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.stored_entries import line_starts
from knowledge_base.index.tables import make_tables, write_tables
from knowledge_base.index.vectors import EXACT_UP_TO, clustered_index
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion, labels_text, stored_labels
from knowledge_base.spelling import sounds_of
from knowledge_base.text import exact_key, tidy

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Progress = Callable[[int, int], None]

_CHUNK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did; ``changed`` is False when that version was in use already."""

    version: VersionId
    entries: int
    phrasings: int
    embedded: int
    changed: bool


def build_index(
    shelf: Shelf,
    entries: Sequence[Entry],
    embedder: Embedder,
    progress: Progress,
    *,
    keep_versions: int = 3,
    exact_up_to: int = EXACT_UP_TO,
    labels: Sequence[LabelledQuestion] | None = (),
    calibration: Calibration | None = None,
    reranker: str | None = "",
) -> Built:
    """Build and publish; ``progress`` is told (phrasings embedded, phrasings to embed).

    The same arguments give the same version, and nothing is done when it is there. Vectors of phrasings that the
    version in use knows are taken over. Must not run twice at a time on one folder; the entries' lock sees to that. An
    index of more than ``exact_up_to`` phrasings searches through a part of them only.

    With a ``calibration`` the index is tried on its own phrasings and on ``labels`` (None: those of the version in
    use): its curve is stored with it and, with enough labels, cut-offs of its own.

    ``reranker``: identity of the tuned one that goes with it (None: that of the version in use).
    """
    text = entries_text(entries)
    before, embedded = shelf.current(), 0
    if labels is None:
        labels = stored_labels(shelf.folder(before)) if before else ()
    if reranker is None:
        reranker = _reranker_of(shelf, before)
    ground = json.dumps(calibration.as_json(), sort_keys=True) if calibration else ""
    version = version_id(text, embedder.identity, labels_text(labels), ground, reranker)
    if not _is_sound(shelf, version):
        phrasings = [tidy(phrasing) for entry in entries for phrasing in entry.phrasings]
        exact = len(phrasings) <= exact_up_to
        with shelf.put(version) as folder:
            rows, known = _known_vectors(shelf, before, embedder, exact=exact)
            embedded = _write_vectors(folder, phrasings, embedder, rows, known, progress, exact=exact)
            _write_texts(folder, text, entries, phrasings, exact=exact)
            (folder / LABELS).write_text(labels_text(labels), encoding="utf-8")
            manifest = IndexManifest(
                format=FORMAT,
                embedder=embedder.identity,
                entries=len(entries),
                phrasings=len(phrasings),
                exact=exact,
                sha256=_hashes(folder),
                reranker=reranker,
            )
            manifest.write(folder)
            if calibration is not None:
                write_findings(folder, embedder, labels, calibration)
                replace(manifest, sha256=_hashes(folder)).write(folder)
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


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: file_hash(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}


def _reranker_of(shelf: Shelf, version: VersionId | None) -> str:
    try:
        return read_index_manifest(shelf.folder(version)).reranker if version else ""
    except KnowledgeBaseError:
        return ""


def _is_sound(shelf: Shelf, version: VersionId) -> bool:
    if not shelf.holds(version):
        return False
    try:
        IndexVersion.open(shelf.folder(version))
    except KnowledgeBaseError:
        return False
    return True


def _known_vectors(
    shelf: Shelf, version: VersionId | None, embedder: Embedder, *, exact: bool
) -> tuple[dict[str, int], Floats | Halves]:
    """The phrasings of the version in use with their rows in its vectors.

    Vectors rounded to 16 bits are not taken over where unrounded ones are wanted: what an index holds must not depend
    on what was there before.
    """
    nothing: tuple[dict[str, int], Floats | Halves] = ({}, np.zeros((0, embedder.width), dtype=np.float32))
    if version is None:
        return nothing
    try:
        index = IndexVersion.open(shelf.folder(version))
    except KnowledgeBaseError:
        return nothing
    if index.manifest.embedder != embedder.identity or (exact and not index.manifest.exact):
        return nothing
    phrasings = (phrasing for entry in index.entries for phrasing in entry.phrasings)
    rows = {tidy(phrasing): row for row, phrasing in enumerate(phrasings)}
    return rows, np.load(shelf.folder(version) / EMBEDDED, mmap_mode="r")


def _write_vectors(
    folder: Path,
    phrasings: Sequence[str],
    embedder: Embedder,
    rows: dict[str, int],
    known: Floats | Halves,
    progress: Progress,
    *,
    exact: bool,
) -> int:
    """Returns how many phrasings were embedded."""
    fresh = list(dict.fromkeys(phrasing for phrasing in phrasings if phrasing not in rows))
    embedded = _embed(fresh, embedder, progress, exact=exact)
    rows = {**rows, **{phrasing: len(known) + at for at, phrasing in enumerate(fresh)}}
    matrix = np.lib.format.open_memmap(
        folder / EMBEDDED, mode="w+", dtype=embedded.dtype, shape=(len(phrasings), embedder.width)
    )
    for at, phrasing in enumerate(phrasings):
        row = rows[phrasing]
        matrix[at] = known[row] if row < len(known) else embedded[row - len(known)]
    matrix.flush()
    centre = find_centre(matrix, embed_ordinary_sentences(embedder))
    vectors = flat_index(centred(matrix, centre)) if exact else clustered_index(matrix, centre)
    np.save(folder / CENTRE, centre)
    faiss.write_index(vectors, str(folder / VECTORS))
    return len(fresh)


def _embed(texts: Sequence[str], embedder: Embedder, progress: Progress, *, exact: bool) -> Floats | Halves:
    shape = (len(texts), embedder.width)
    vectors = np.zeros(shape, dtype=np.float32) if exact else np.zeros(shape, dtype=np.float16)
    progress(0, len(texts))
    for start in range(0, len(texts), _CHUNK):
        chunk = texts[start : start + _CHUNK]
        vectors[start : start + len(chunk)] = embedder.encode(chunk)
        progress(start + len(chunk), len(texts))
    return vectors


def _write_texts(
    folder: Path, text: str, entries: Sequence[Entry], phrasings: Sequence[str], *, exact: bool
) -> None:
    lines = text.encode()
    (folder / ENTRIES).write_bytes(lines)
    np.save(folder / LINES, line_starts(lines))
    write_tables(folder, make_tables(entries, [exact_key(phrasing) for phrasing in phrasings]))
    _write_lexical(folder, build_lexical_index(phrasings, scanned=exact))
    sounds = sounds_of(phrasings) if exact else {}
    (folder / SOUNDS).write_text(json.dumps(sounds, ensure_ascii=False), encoding="utf-8")


def flat_index(vectors: Floats) -> faiss.Index:
    """An exact index of unit vectors."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def _write_lexical(folder: Path, lexical: LexicalIndex) -> None:
    for part in LEXICAL:
        np.save(folder / lexical_file(part), getattr(lexical, part))
