"""The example shop's knowledge base, built once for all tests that run real bots."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.functional.world import ROOT
from tests.servers.forked import start_bot

TAPPED = frozenset({"满多少包邮"})
"""Phrasings that welcome menus hold, which have to be answered as they stand."""

SHOP = sorted((ROOT / "knowledge_base" / "example_shop").glob("*.yml"))


BUILD_SECONDS = 500.0
FEW = 2
"""Entries of each category in a shop that is small."""


@pytest.fixture(scope="session")
def example_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``knowledge_base.path``, shared by the processes of one test run and read only."""
    return _built_once(tmp_path_factory, "example-knowledge", entries=None)


@pytest.fixture(scope="session")
def small_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with few entries: trials ask every question of the shop again."""
    return _built_once(tmp_path_factory, "small-knowledge", entries=FEW)


def _built_once(tmp_path_factory: pytest.TempPathFactory, name: str, *, entries: int | None) -> Path:
    base = tmp_path_factory.getbasetemp()
    # Under xdist every process has a folder of its own below the run's.
    shared = base.parent if base.name.startswith("popen-") else base
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "current").exists():
            build_knowledge(folder, with_few_phrasings(shared / f"{name}-files", entries=entries))
    return folder


def with_few_phrasings(folder: Path, *, entries: int | None = None) -> list[Path]:
    """The example shop's files with at most six phrasings an entry: embedding all of them takes half a minute.

    ``entries``: only so many of each file.
    """
    folder.mkdir()
    written = []
    for file in SHOP:
        kept = yaml.safe_load(file.read_text(encoding="utf-8"))[:entries]
        for entry in kept:
            first, others = entry["similar"][:5], entry["similar"][5:]
            entry["similar"] = [*first, *(text for text in others if text in TAPPED)]
        written.append(folder / file.name)
        written[-1].write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return written


def build_knowledge(folder: Path, files: Sequence[Path]) -> None:
    """Imports ``files`` into a knowledge base of its own in ``folder``."""
    with tempfile.TemporaryDirectory() as place:
        config = Path(place) / "config.yml"
        config.write_text(yaml.safe_dump({"knowledge_base": {"path": str(folder)}}))
        ran = [Path(place) / name for name in ("out", "err")]
        program = start_bot(
            *("kb", "import", *map(str, files), "--config", str(config)),
            environment=os.environ,
            out=ran[0],
            err=ran[1],
        )
        assert program.join(BUILD_SECONDS) == 0, ran[1].read_text()
