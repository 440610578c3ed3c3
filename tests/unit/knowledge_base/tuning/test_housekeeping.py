"""Where tuning works, and what of it stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from knowledge_base.index.build import build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.tuning.housekeeping import prune_tuned, remove_abandoned, workplace
from tests.unit.knowledge_base.shop import SHOP
from tests.unit.knowledge_base.word_embedder import WordEmbedder

DAY = 24 * 3600
NOW = 2_000_000_000.0


def tuned(path: Path, kind: str, *identities: str) -> None:
    for identity in identities:
        (path / kind / identity).mkdir(parents=True)
        (path / kind / identity / "weights").write_bytes(b"x")


def build(path: Path, embedder: str, reranker: str = "", *, at: int) -> None:
    """``at``: when, so that the order does not hang on the clock of the files."""
    shelf = Shelf(path)
    built = build_index(shelf, SHOP, WordEmbedder(identity=embedder), lambda d, t: None, reranker=reranker)
    os.utime(shelf.folder(built.version), (at, at))


def kept(path: Path) -> set[str]:
    return {f"{folder.parent.name}/{folder.name}" for folder in path.glob("*ers/*")}


def test_what_the_index_in_use_and_the_one_before_name_stays(tmp_path: Path) -> None:
    tuned(tmp_path, "embedders", "a", "b", "c", "never-used")
    tuned(tmp_path, "rerankers", "r", "s", "t")
    build(tmp_path, "a", "r", at=1)
    build(tmp_path, "b", "s", at=2)
    build(tmp_path, "c", at=3)
    assert {folder.name for folder in prune_tuned(tmp_path)} == {"a", "never-used", "r", "t"}
    assert kept(tmp_path) == {"embedders/b", "embedders/c", "rerankers/s"}


def test_going_back_keeps_what_was_left(tmp_path: Path) -> None:
    tuned(tmp_path, "embedders", "a")
    build(tmp_path, "default", at=1)
    build(tmp_path, "a", at=2)
    build(tmp_path, "default", at=3)
    assert prune_tuned(tmp_path) == ()
    build(tmp_path, "another", at=4)
    build(tmp_path, "default", at=5)
    assert [folder.name for folder in prune_tuned(tmp_path)] == ["a"]


def test_a_version_that_is_used_again_is_the_newest(tmp_path: Path) -> None:
    build(tmp_path, "default", at=1)
    first = Shelf(tmp_path).current()
    build(tmp_path, "a", at=2)
    build(tmp_path, "b", at=3)
    build_index(Shelf(tmp_path), SHOP, WordEmbedder(identity="default"), lambda d, t: None)
    assert Shelf(tmp_path).current() == first
    build_index(Shelf(tmp_path), SHOP, WordEmbedder(identity="b"), lambda d, t: None)
    assert Shelf(tmp_path).others()[0] == first


def test_nothing_tuned_and_no_index_is_nothing_to_prune(tmp_path: Path) -> None:
    assert prune_tuned(tmp_path) == ()
    tuned(tmp_path, "embedders", "a")
    assert [folder.name for folder in prune_tuned(tmp_path)] == ["a"]


@pytest.mark.parametrize(("age", "stays"), [(DAY - 60, True), (DAY + 60, False)])
def test_what_a_killed_tuning_left_goes_after_a_day(tmp_path: Path, age: int, stays: bool) -> None:
    work = tmp_path / ".tuning-abc"
    work.mkdir()
    (work / "made").write_bytes(b"x")
    os.utime(work, (NOW - age, NOW - age))
    (tmp_path / "versions").mkdir()
    os.utime(tmp_path / "versions", (0, 0))
    remove_abandoned(tmp_path, now=NOW)
    assert work.exists() is stays
    assert (tmp_path / "versions").exists()


def test_a_workplace_goes_with_its_work(tmp_path: Path) -> None:
    with workplace(tmp_path / "kb") as folder:
        assert folder.parent == tmp_path / "kb"
        assert folder.name.startswith(".tuning-")
        (folder / "made").mkdir()
        (folder / "made").rename(tmp_path / "kb" / "kept")
    assert [path.name for path in (tmp_path / "kb").iterdir()] == ["kept"]
