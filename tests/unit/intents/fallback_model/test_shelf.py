"""Models on disk."""

from pathlib import Path

import pytest

from intents.fallback_model.shelf import WORDS, Shelf
from tests.unit.intents.small_model import LETTERS, fitted, letters


@pytest.mark.parametrize("embedder", [LETTERS, ""])
def test_what_was_put_is_found_and_ranks_the_same(embedder: str, tmp_path: Path) -> None:
    model = fitted(embedder).model
    Shelf(tmp_path, "data").put(model)
    found = Shelf(tmp_path, "data").find(embedder)
    assert found is not None
    meaning = letters(["我想退货"])[0]
    told, kept = model.rank("我想退货", meaning), found.rank("我想退货", meaning)
    assert [name for name, _ in told] == [name for name, _ in kept]
    assert [sure for _, sure in told] == pytest.approx([sure for _, sure in kept], abs=0.01)


def test_putting_again_replaces(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "data")
    place = shelf.put(fitted("").model)
    assert shelf.put(fitted("").model) == place
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [WORDS]


def test_pruning_keeps_the_models_of_this_data(tmp_path: Path) -> None:
    Shelf(tmp_path, "old").put(fitted("").model)
    shelf = Shelf(tmp_path, "data")
    shelf.put(fitted("").model)
    shelf.prune()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert shelf.find("") is not None


def test_models_of_other_data_and_embedders_are_not_seen(tmp_path: Path) -> None:
    Shelf(tmp_path, "data").put(fitted(LETTERS).model)
    assert Shelf(tmp_path, "other").find(LETTERS) is None
    assert Shelf(tmp_path, "data").find("tuned") is None


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("model.json", b"{"),
        ("model.json", b'{"format": 0}'),
        ("model.json", b"[]"),
        ("numbers.npz", b"PK"),
        ("numbers.npz", b""),
    ],
)
def test_a_damaged_model_is_none(name: str, contents: bytes, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "data")
    (shelf.put(fitted(LETTERS).model) / name).write_bytes(contents)
    assert shelf.find(LETTERS) is None
