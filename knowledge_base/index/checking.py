"""Checks that the files of an index version are the ones that its manifest promises.

Hashing two gigabytes takes seconds, and every process of every host would do it at every start. So a large version is
hashed once: who found it sound leaves a note of the files' sizes and times beside them, and while those are the same
nobody hashes again. See docs/decisions/0021-large-indexes.md for what that does not see.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from knowledge_base.embedder.files import file_hash
from knowledge_base.errors import IndexCorrupt
from knowledge_base.index.manifest import MANIFEST, IndexManifest

SOUND = "sound.json"

ALWAYS_UP_TO = 64 * 1024 * 1024
"""Bytes; a version that is smaller is hashed at each opening, which takes a tenth of a second."""

_THREADS = 4


def check_files(folder: Path, manifest: IndexManifest, *, always_up_to: int = ALWAYS_UP_TO) -> None:
    """Raises ``IndexCorrupt`` naming the first file whose bytes are not the promised ones."""
    missing = [name for name in manifest.sha256 if not (folder / name).is_file()]
    if missing:
        raise _damaged(folder, missing[0])
    stamps = _stamps(folder, manifest)
    large = sum(size for size, *_ in stamps.values()) > always_up_to
    if large and _noted(folder) == stamps:
        return
    with ThreadPoolExecutor(max_workers=_THREADS) as threads:
        hashes = threads.map(lambda name: file_hash(folder / name), manifest.sha256)
        for (name, promised), found in zip(manifest.sha256.items(), hashes, strict=True):
            if found != promised:
                raise _damaged(folder, name)
    if large:
        _note(folder, stamps)


def _stamps(folder: Path, manifest: IndexManifest) -> dict[str, list[int]]:
    """Size and time of change of each file, and those of the manifest itself."""
    found = {name: (folder / name).stat() for name in (MANIFEST, *manifest.sha256)}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in found.items()}


def _noted(folder: Path) -> Mapping[str, list[int]] | None:
    try:
        noted: Mapping[str, list[int]] = json.loads((folder / SOUND).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return noted


def _note(folder: Path, stamps: Mapping[str, list[int]]) -> None:
    """A folder that cannot be written to is hashed at each opening."""
    fresh = folder / f".{SOUND}.{os.getpid()}"
    with contextlib.suppress(OSError):
        fresh.write_text(json.dumps(stamps), encoding="ascii")
        fresh.replace(folder / SOUND)


def _damaged(folder: Path, name: str) -> IndexCorrupt:
    return IndexCorrupt(f"{name} of index {folder.name} is damaged; run `kb build`")
