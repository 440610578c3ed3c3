"""Whether an index version's files are the promised ones, and how seldom that is computed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from knowledge_base.embedder.files import file_hash
from knowledge_base.errors import IndexCorrupt
from knowledge_base.index.checking import SOUND, check_files
from knowledge_base.index.manifest import FORMAT, IndexManifest


@pytest.fixture
def manifest(tmp_path: Path) -> IndexManifest:
    (tmp_path / "one").write_bytes(b"first file")
    (tmp_path / "two").write_bytes(b"second file")
    made = IndexManifest(
        format=FORMAT,
        embedder="words",
        entries=1,
        phrasings=1,
        sha256={name: file_hash(tmp_path / name) for name in ("one", "two")},
    )
    made.write(tmp_path)
    return made


def damage_unnoticed(file: Path) -> None:
    """Other bytes, and size and time as they were."""
    stat = file.stat()
    file.write_bytes(b"X" * stat.st_size)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_small_version_is_hashed_each_time(tmp_path: Path, manifest: IndexManifest) -> None:
    check_files(tmp_path, manifest)
    assert not (tmp_path / SOUND).exists()
    damage_unnoticed(tmp_path / "two")
    with pytest.raises(IndexCorrupt, match="two"):
        check_files(tmp_path, manifest)


def test_a_large_version_is_hashed_once(tmp_path: Path, manifest: IndexManifest) -> None:
    check_files(tmp_path, manifest, always_up_to=5)
    assert (tmp_path / SOUND).is_file()
    damage_unnoticed(tmp_path / "two")
    check_files(tmp_path, manifest, always_up_to=5)  # what the record of the decision says is not seen
    (tmp_path / SOUND).write_text("{")
    with pytest.raises(IndexCorrupt, match="two"):
        check_files(tmp_path, manifest, always_up_to=5)


def test_a_file_that_changed_is_hashed_again(tmp_path: Path, manifest: IndexManifest) -> None:
    check_files(tmp_path, manifest, always_up_to=5)
    (tmp_path / "one").write_bytes(b"other file!")
    with pytest.raises(IndexCorrupt, match="one"):
        check_files(tmp_path, manifest, always_up_to=5)


def test_a_damaged_version_leaves_no_note_and_a_missing_file_is_named(
    tmp_path: Path, manifest: IndexManifest
) -> None:
    (tmp_path / "one").write_bytes(b"first fil3")
    with pytest.raises(IndexCorrupt, match="one"):
        check_files(tmp_path, manifest, always_up_to=5)
    assert not (tmp_path / SOUND).exists()
    (tmp_path / "two").unlink()
    with pytest.raises(IndexCorrupt, match="two"):
        check_files(tmp_path, manifest)
