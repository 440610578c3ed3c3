"""Which reranker a knowledge base uses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge_base import rerankers as module
from knowledge_base.errors import RerankerUnavailable
from knowledge_base.index.build import Built, build_index
from knowledge_base.index.manifest import MANIFEST
from knowledge_base.index.shelf import Shelf
from knowledge_base.reranker.port import Reranker
from knowledge_base.rerankers import Rerankers, open_second_stage
from knowledge_base.service import KnowledgeBase
from knowledge_base.settings import KnowledgeBaseSettings
from tests.unit.knowledge_base.shop import SHOP
from tests.unit.knowledge_base.word_embedder import WordEmbedder


class Named:
    """A reranker that only knows its name; likes what its name stands in."""

    def __init__(self, name: str) -> None:
        self.name = Path(name).name

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return [0.9 if self.name in text else 0.1 for text in texts]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the rerankers that were opened. The one called damaged cannot be."""
    names: list[str] = []

    def open_named(name: str, *, threads: int) -> Reranker | None:
        names.append(Path(name).name)
        if Path(name).name == "damaged":
            raise RerankerUnavailable(name)
        return None if name == "none" else Named(name)

    monkeypatch.setattr(module, "open_reranker", open_named)
    return names


def settings(path: Path, reranker: str = "发票") -> KnowledgeBaseSettings:
    return KnowledgeBaseSettings(path=path, reranker=reranker, answers_searched=False, max_wrong_rate=0.3)


def build(path: Path, reranker: str | None) -> Built:
    return build_index(Shelf(path), SHOP, WordEmbedder(), lambda done, total: None, reranker=reranker)


def keep(rerankers: Rerankers, path: Path, identity: str) -> None:
    (path / "made").mkdir()
    rerankers.keep(path / "made", identity)


def name_of(reranker: Reranker | None) -> str:
    assert isinstance(reranker, Named)
    return reranker.name


@pytest.mark.usefixtures("opened")
def test_the_index_in_use_says_which(tmp_path: Path) -> None:
    rerankers = Rerankers(settings(tmp_path))
    assert rerankers.in_use() == ""
    keep(rerankers, tmp_path, "门店")
    first = build(tmp_path, "")
    assert name_of(rerankers.of(rerankers.in_use())) == "发票"
    tuned = build(tmp_path, "门店")
    assert (tuned.changed, tuned.embedded) == (True, 0)
    assert rerankers.in_use() == "门店"
    assert name_of(rerankers.of("门店")) == "门店"
    assert not build(tmp_path, None).changed, "what is built later goes with the same"
    assert build(tmp_path, "").version == first.version


@pytest.mark.usefixtures("opened")
def test_what_an_index_does_not_use_is_not_written(tmp_path: Path) -> None:
    version = build(tmp_path, "").version
    assert "reranker" not in (Shelf(tmp_path).folder(version) / MANIFEST).read_text()
    version = build(tmp_path, "门店").version
    assert "门店" not in version
    assert "reranker" in (Shelf(tmp_path).folder(version) / MANIFEST).read_text()


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("configured", ["none", "另一个"])
def test_a_tuned_one_counts_only_while_what_it_was_tuned_from_is_configured(
    tmp_path: Path, configured: str
) -> None:
    keep(Rerankers(settings(tmp_path)), tmp_path, "门店")
    build(tmp_path, "门店")
    other = Rerankers(settings(tmp_path, configured))
    assert other.in_use() == ""
    found = other.of("门店")
    assert found is None if configured == "none" else name_of(found) == "另一个"


def test_a_tuned_one_that_cannot_be_opened_gives_way(tmp_path: Path, opened: list[str]) -> None:
    rerankers = Rerankers(settings(tmp_path))
    keep(rerankers, tmp_path, "damaged")
    assert name_of(rerankers.of("damaged")) == "发票"
    assert opened == ["damaged", "发票"]
    assert name_of(rerankers.of("gone")) == "发票"
    assert opened == ["damaged", "发票"], "it is still open"


async def test_a_running_bot_changes_with_the_index(tmp_path: Path, opened: list[str]) -> None:
    rerankers = Rerankers(settings(tmp_path))
    keep(rerankers, tmp_path, "门店")
    build(tmp_path, "")
    base = KnowledgeBase(settings(tmp_path), WordEmbedder(), rerankers=rerankers)
    await base.refresh()
    question = "优惠券门店怎么用几点"
    before = (await base.explain(question)).ranked[0].entry_id
    build(tmp_path, "门店")
    assert await base.refresh()
    tuned = (await base.explain(question)).ranked[0].entry_id
    build(tmp_path, "")
    assert await base.refresh()
    undone = (await base.explain(question)).ranked[0].entry_id
    await base.close()
    assert (before, tuned, undone) == ("coupon", "hours", "coupon")
    assert opened == ["发票", "门店", "发票"]


@pytest.mark.usefixtures("opened")
def test_commands_read_with_the_one_in_use(tmp_path: Path) -> None:
    assert open_second_stage(settings(tmp_path, "none")) is None
    keep(Rerankers(settings(tmp_path)), tmp_path, "门店")
    build(tmp_path, "门店")
    stage = open_second_stage(settings(tmp_path))
    assert stage is not None
    assert name_of(stage.reranker) == "门店"
    assert not stage.answers
