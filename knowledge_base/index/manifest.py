"""What an index version promises about itself: its what it was made of and its files' hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NewType

from knowledge_base.entry import Entry
from knowledge_base.errors import IndexCorrupt

VersionId = NewType("VersionId", str)

FORMAT = 4
"""Grows when the files of a version change their form or their meaning (the ordinary sentences are part of it)."""

MANIFEST = "manifest.json"
ENTRIES = "entries.jsonl"
LINES = "lines.npy"
VECTORS = "vectors.faiss"
CENTRE = "centre.npy"
EMBEDDED = "embedded.npy"
SOUNDS = "sounds.json"
LABELS = "labels.jsonl"
CALIBRATION = "calibration.json"
LEXICAL = ("grams", "starts", "rows", "weights", "idf")


def lexical_file(part: str) -> str:
    """Name of the file of one array of the character index."""
    return f"lexical-{part}.npy"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexManifest:
    """``exact``: the nearest phrasings are looked for among all; ``sha256`` is by file name. ``reranker``: identity of
    the tuned one that goes with it; "": the configured one does, if there is one.
    """

    format: int
    embedder: str
    entries: int
    phrasings: int
    sha256: Mapping[str, str]
    exact: bool = True
    reranker: str = ""

    def write(self, folder: Path) -> None:
        # What an index does not use is not written, so that earlier releases can read it.
        told = {name: value for name, value in asdict(self).items() if name != "reranker" or value}
        text = json.dumps(told, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_index_manifest(folder: Path) -> IndexManifest:
    """Raises ``IndexCorrupt`` when it cannot be read or is of another format."""
    try:
        manifest = IndexManifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as exc:
        raise IndexCorrupt(f"no readable manifest in index {folder.name}; run `kb build`") from exc
    if manifest.format != FORMAT:
        raise IndexCorrupt(f"index {folder.name} has format {manifest.format}, not {FORMAT}; run `kb build`")
    return manifest


def entries_text(entries: Iterable[Entry]) -> str:
    """The entries as JSON lines; the same entries always give the same text."""
    return "".join(
        json.dumps(entry.as_json(), ensure_ascii=False, sort_keys=True) + "\n" for entry in entries
    )


def version_id(
    entries: str, embedder: str, labels: str = "", calibration: str = "", reranker: str = ""
) -> VersionId:
    """What these entries (as ``entries_text`` writes them), this embedder, labels, calibration and tuned reranker
    give.
    """
    parts = (str(FORMAT), embedder, entries, labels, calibration)
    told = "\n".join((*parts, reranker) if reranker else parts)
    return VersionId(hashlib.sha256(told.encode()).hexdigest()[:32])
