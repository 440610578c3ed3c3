"""Where tuning works, and what it leaves: removes what no index needs. Needs no torch."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index.manifest import read_index_manifest
from knowledge_base.index.shelf import Shelf

_WORK = ".tuning-"
_ABANDONED_S = 24 * 3600
"""A tuning takes minutes; what is a day old was killed."""


@contextmanager
def workplace(path: Path) -> Iterator[Path]:
    """An empty folder beside the index, gone with the block; what it holds can be moved there in one step."""
    path.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_WORK, dir=path) as temporary:
        yield Path(temporary)


def remove_abandoned(path: Path, *, now: float) -> None:
    """Remove work folders that nobody has touched for a day; ``now``: seconds since the epoch."""
    for work in path.glob(f"{_WORK}*"):
        if now - work.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(work, ignore_errors=True)


def prune_tuned(path: Path) -> tuple[Path, ...]:
    """Remove tuned embedders and rerankers but for those that the index in use and the one before it name; returns the
    folders that went. Only while the ledger is open: whoever tunes keeps first and builds then.
    """
    named = _named(Shelf(path))
    gone = [
        folder
        for kind in ("embedders", "rerankers")
        for folder in sorted((path / kind).glob("*"))
        if folder.is_dir() and folder.name not in named
    ]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(gone)


def _named(shelf: Shelf) -> set[str]:
    current = shelf.current()
    versions = [*([current] if current else []), *shelf.others()[:1]]
    named = set()
    for version in versions:
        try:
            manifest = read_index_manifest(shelf.folder(version))
        except KnowledgeBaseError:
            continue
        named |= {manifest.embedder, manifest.reranker}
    return named
