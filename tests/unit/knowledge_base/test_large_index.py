"""An index too large to compare everything with everything: clusters, candidates, rounded vectors."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.entry import Entry
from knowledge_base.index.build import Built, build_index
from knowledge_base.index.manifest import VECTORS
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.text import exact_key
from tests.unit.knowledge_base.shop import SHOP, entry, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder

_CHARACTERS = "退货换款发票门店券快递地址会员积分价格尺码颜色质量赠品客服订单"


def goods(count: int) -> tuple[Entry, ...]:
    chance = random.Random(1)
    texts = ["".join(chance.sample(_CHARACTERS, 7)) for _ in range(2 * count)]
    return tuple(entry(f"g{at}", texts[2 * at], texts[2 * at + 1]) for at in range(count))


def build_large(path: Path, entries: tuple[Entry, ...], embedder: WordEmbedder) -> Built:
    return build_index(Shelf(path), entries, embedder, lambda done, total: None, exact_up_to=10)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[IndexVersion, IndexVersion]:
    """The same entries as a large index and as an exact one."""
    path, embedder = tmp_path_factory.mktemp("kb"), WordEmbedder()
    build_large(path / "large", goods(1500), embedder)
    build_index(Shelf(path / "exact"), goods(1500), embedder, lambda done, total: None)
    return open_current(path / "large"), open_current(path / "exact")


def test_it_finds_what_an_exact_one_finds(both: tuple[IndexVersion, IndexVersion]) -> None:
    large, exact = both
    assert (large.manifest.exact, exact.manifest.exact) == (False, True)
    embedder, chance = WordEmbedder(), random.Random(2)
    same, shared = 0, 0
    for asked in chance.sample(goods(1500), 50):
        text = asked.question[1:] + chance.choice(_CHARACTERS)
        vector = embedder.encode([text])[0]
        one, other = large.search(vector, text), exact.search(vector, text)
        first, wanted = one.matches[0], other.matches[0]
        if first.entry.id == wanted.entry.id:
            same += 1
            assert (first.dense, first.lexical) == pytest.approx((wanted.dense, wanted.lexical), abs=2e-3)
            assert one.agreement == other.agreement
            assert (one.coverage, one.unknown) == pytest.approx((other.coverage, other.unknown), abs=1e-4)
        shared += len({m.entry.id for m in one.matches} & {m.entry.id for m in other.matches})
    assert same >= 49
    assert shared >= 50 * 9


def test_phrasings_are_left_out_and_found_as_in_an_exact_one(both: tuple[IndexVersion, IndexVersion]) -> None:
    large, exact = both
    asked = goods(1500)[700]
    row = large.rows_of(asked.id)[0]
    assert large.rows_of(asked.id) == exact.rows_of(asked.id) == range(1400, 1402)
    vector = large.vector(row)
    assert np.allclose(vector, exact.vector(row), atol=1e-3)
    assert large.search(vector, asked.question).matches[0].phrasing == asked.question
    without = large.search(vector, asked.question, without=row)
    assert asked.question not in {match.phrasing for match in without.matches}
    assert [each.id for each in large.exact(exact_key(asked.question))] == [asked.id]


def test_several_texts_at_once_find_what_each_finds_alone(both: tuple[IndexVersion, IndexVersion]) -> None:
    embedder = WordEmbedder()
    texts = ["退货换款", "", "会员积分价格", "hello"]
    vectors = embedder.encode(texts)
    for index in both:
        alone = [index.search(vector, text) for vector, text in zip(vectors, texts, strict=True)]
        assert index.search_all(vectors, texts) == alone
        assert index.search_all(vectors[:0], []) == []


def test_vectors_are_taken_over_where_they_are_precise_enough(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    assert build_large(tmp_path, goods(100), embedder).embedded == 200
    assert build_large(tmp_path, goods(101), embedder).embedded == 2
    # Rounded vectors would make this version another one than a host gives that builds it afresh.
    assert build_large(tmp_path, SHOP[:2], embedder).embedded == 5
    fresh = tmp_path / "fresh"
    version = build_large(fresh, SHOP[:2], embedder).version
    files = [Shelf(path).folder(version) / VECTORS for path in (tmp_path, fresh)]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert build_large(tmp_path, (*goods(100), *SHOP[:2]), embedder).embedded == 200
