"""Which embedder a knowledge base uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base import embedders as module
from knowledge_base.calibration import Calibration, Logistic, shipped_calibration
from knowledge_base.embedder.port import Embedder
from knowledge_base.embedders import Embedders
from knowledge_base.errors import EmbedderUnavailable
from tests.unit.knowledge_base.shop import SHOP, build
from tests.unit.knowledge_base.word_embedder import WordEmbedder

OWN = Calibration(first=Logistic(bias=1.0, weights={}), shown=Logistic(bias=1.0, weights={}), tiers=())


@pytest.fixture
def embedders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Embedders:
    """Folders of tuned embedders hold nothing but their calibration; the one called damaged cannot be opened."""

    def opened(name: str, *, threads: int) -> Embedder:
        identity = Path(name).name
        if identity == "damaged":
            raise EmbedderUnavailable(name)
        return WordEmbedder(identity=identity)

    monkeypatch.setattr(module, "open_embedder", opened)
    return Embedders.named("default", tmp_path, threads=1)


def keep(embedders: Embedders, tmp_path: Path, identity: str) -> None:
    made = tmp_path / "made"
    made.mkdir()
    embedders.keep(made, identity, OWN)


def test_without_an_index_the_configured_one_is_used(embedders: Embedders) -> None:
    assert embedders.in_use() is embedders.configured()


def test_the_index_in_use_says_which(embedders: Embedders, tmp_path: Path) -> None:
    keep(embedders, tmp_path, "tuned")
    assert embedders.in_use().identity == "default"
    build(tmp_path, SHOP, WordEmbedder(identity="tuned"))
    assert embedders.in_use().identity == "tuned"
    assert embedders.calibration(embedders.in_use()) == OWN
    assert embedders.calibration(embedders.configured()) == shipped_calibration()
    build(tmp_path, SHOP, embedders.configured())
    assert embedders.in_use().identity == "default"


@pytest.mark.parametrize("identity", ["gone", "damaged"])
def test_a_tuned_one_that_cannot_be_opened_gives_way(
    embedders: Embedders, tmp_path: Path, identity: str
) -> None:
    if identity == "damaged":
        keep(embedders, tmp_path, identity)
    build(tmp_path, SHOP, WordEmbedder(identity=identity))
    assert embedders.of(identity) is None
    assert embedders.in_use() is embedders.configured()


def test_keeping_the_same_again_changes_nothing(embedders: Embedders, tmp_path: Path) -> None:
    keep(embedders, tmp_path, "tuned")
    first = embedders.of("tuned")
    keep(embedders, tmp_path, "tuned")
    assert embedders.of("tuned") is first
    assert not (tmp_path / "made").exists()
