"""Building, publishing and opening index versions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.errors import IndexCorrupt
from knowledge_base.index.manifest import VECTORS
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import NOTHING_FOUND, IndexVersion
from knowledge_base.text import tidy
from tests.unit.knowledge_base.shop import SHOP, build, entry, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder


def test_the_nearest_phrasing_speaks_for_its_entry(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, SHOP, embedder)
    asked = tidy("门店营业到晚上几点")
    matches = open_current(tmp_path).search(embedder.encode([asked])[0], asked).matches
    assert matches[0].entry.id == "hours"
    assert matches[0].phrasing == "门店营业到几点"
    assert len({match.entry.id for match in matches}) == len(matches) == len(SHOP)
    assert [match.score for match in matches] == sorted((m.score for m in matches), reverse=True)


def test_the_same_entries_give_the_same_version_and_no_work(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    first = build(tmp_path, SHOP, embedder)
    done = len(embedder.embedded)
    again = build(tmp_path, SHOP, embedder)
    assert (first.changed, again.changed) == (True, False)
    assert again.version == first.version
    assert len(embedder.embedded) == done
    elsewhere = build(tmp_path / "other", SHOP, WordEmbedder())
    assert elsewhere.version == first.version
    hashes = [Shelf(path).folder(first.version) / "manifest.json" for path in (tmp_path, tmp_path / "other")]
    assert hashes[0].read_text() == hashes[1].read_text()


def test_only_new_phrasings_are_embedded(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, SHOP, embedder)
    embedder.embedded.clear()
    built = build(tmp_path, (*SHOP, entry("fresh", "坏果包赔吗", "怎么申请退货")), embedder)
    stored = {tidy(phrasing) for each in SHOP for phrasing in each.phrasings}
    assert "坏果包赔吗" in embedder.embedded
    assert stored.isdisjoint(embedder.embedded)
    assert built.embedded == 1


def test_another_embedder_starts_afresh(tmp_path: Path) -> None:
    first = build(tmp_path, SHOP, WordEmbedder())
    second = build(tmp_path, SHOP, WordEmbedder(identity="words-2"))
    assert second.version != first.version
    assert second.embedded == second.phrasings


def test_a_version_with_a_changed_file_is_not_opened_and_is_built_again(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    built = build(tmp_path, SHOP, embedder)
    file = Shelf(tmp_path).folder(built.version) / VECTORS
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(IndexCorrupt, match=r"vectors\.faiss"):
        open_current(tmp_path)
    build(tmp_path, SHOP, embedder)
    assert len(open_current(tmp_path).entries) == len(SHOP)


@pytest.mark.parametrize("damage", ["", "{}", '{"format": 99}'])
def test_a_broken_manifest(tmp_path: Path, damage: str) -> None:
    built = build(tmp_path, SHOP, WordEmbedder())
    (Shelf(tmp_path).folder(built.version) / "manifest.json").write_text(damage)
    with pytest.raises(IndexCorrupt):
        open_current(tmp_path)


def test_a_build_that_fails_leaves_the_old_version_in_use(tmp_path: Path) -> None:
    class Broken(WordEmbedder):
        def encode(self, texts):  # type: ignore[no-untyped-def]
            raise MemoryError

    built = build(tmp_path, SHOP, WordEmbedder())
    with pytest.raises(MemoryError):
        build(tmp_path, SHOP[:2], Broken(identity="words-2"))
    assert Shelf(tmp_path).current() == built.version
    assert [path.name for path in (tmp_path / "versions").iterdir()] == [built.version]


def test_old_versions_go_and_the_one_in_use_stays(tmp_path: Path) -> None:
    shelf, embedder = Shelf(tmp_path), WordEmbedder()
    versions = [build(tmp_path, SHOP[:count], embedder).version for count in (1, 2, 3, 4)]
    assert [shelf.holds(version) for version in versions] == [False, True, True, True]
    shelf.publish(versions[1])
    shelf.prune(2)
    assert [shelf.holds(version) for version in versions] == [False, True, False, True]
    shelf.prune(1)
    assert [shelf.holds(version) for version in versions] == [False, True, False, False]


def test_an_empty_knowledge_base_finds_nothing(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, (), embedder)
    assert open_current(tmp_path).search(embedder.encode(["退货"])[0], "退货") == NOTHING_FOUND
    assert Shelf(tmp_path / "none").current() is None


def test_what_is_known_about_the_first_entry(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, SHOP, embedder)
    index = open_current(tmp_path)
    certain = index.search(embedder.encode(["我要退货"])[0], "我要退货")
    assert certain.matches[0].entry.id == "return"
    assert certain.agreement == pytest.approx(3 / 4)  # all three phrasings of the entry lead
    assert certain.coverage == pytest.approx(1)
    assert certain.unknown == 0
    strange = index.search(embedder.encode(["榴莲包熟"])[0], "榴莲包熟")
    assert strange.coverage < 0.1
    assert strange.unknown > 0.9


def test_a_phrasing_left_out_is_as_good_as_not_stored(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path / "all", SHOP, embedder)
    build(tmp_path / "less", (entry("return", "怎么申请退货", "我要退货"), *SHOP[1:]), embedder)
    left_out, never_stored = open_current(tmp_path / "all"), open_current(tmp_path / "less")
    asked = tidy(SHOP[0].similar[0])
    vector = embedder.encode([asked])[0]
    row = left_out.rows_of("return")[1]
    got, wanted = left_out.search(vector, asked, without=row), never_stored.search(vector, asked)
    assert [(match.entry.id, match.phrasing) for match in got.matches] == [
        (match.entry.id, match.phrasing) for match in wanted.matches
    ]
    assert (got.agreement, got.unknown) == pytest.approx((wanted.agreement, wanted.unknown))
    assert got.coverage == pytest.approx(wanted.coverage, abs=1e-5)
    # What all phrasings share moves a little with each of them.
    assert [m.score for m in got.matches] == pytest.approx([m.score for m in wanted.matches], abs=0.1)
    everything = left_out.search(vector, asked)
    assert everything.matches[0].phrasing == SHOP[0].similar[0]
    assert everything.coverage == pytest.approx(1) != got.coverage
    assert everything.unknown == 0 != got.unknown


def test_an_entry_whose_only_phrasing_is_left_out_is_gone(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, (entry("one", "怎么申请退货"), entry("other", "能开发票吗")), embedder)
    index, vector = open_current(tmp_path), embedder.encode(["怎么申请退货"])[0]
    assert [m.entry.id for m in index.search(vector, "怎么申请退货").matches] == ["one", "other"]
    assert [m.entry.id for m in index.search(vector, "怎么申请退货", without=0).matches] == ["other"]
    build(tmp_path, (entry("one", "怎么申请退货"),), embedder)
    assert open_current(tmp_path).search(vector, "怎么申请退货", without=0) == NOTHING_FOUND


def test_rows_and_vectors_of_entries(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, SHOP, embedder)
    index = open_current(tmp_path)
    assert [index.rows_of(each.id) for each in SHOP] == [range(3), range(3, 5), range(5, 7), range(7, 9)]
    assert len(index.rows_of("nobody")) == 0
    assert np.array_equal(index.vector(4), embedder.encode(["怎么开发票"])[0])


def test_what_answers_hold_of_a_question(tmp_path: Path) -> None:
    entries = [
        entry("parcel", "包裹到哪了", answer="快递单号在订单详情里，复制以后去官网查。"),
        entry("refund", "退款到哪了", answer="原路退回，一到三天。"),
    ]
    embedder = WordEmbedder()
    build(tmp_path, entries, embedder)
    asked = "单号在哪里查"
    matches = open_current(tmp_path).search(embedder.encode([asked])[0], asked).matches
    held = {str(match.entry.id): match.answered for match in matches}
    assert held["parcel"] > 0.4
    assert held["refund"] == 0


def test_wording_can_be_left_out_of_the_order(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, SHOP, embedder)
    version = Shelf(tmp_path).current()
    assert version is not None
    folder = Shelf(tmp_path).folder(version)
    asked = "退货流程怎么走"
    vector = embedder.encode([asked])[0]
    with_wording = IndexVersion.open(folder).search(vector, asked).matches
    without = IndexVersion.open(folder, wording_counts=False).search(vector, asked).matches
    assert with_wording[0].lexical > 0
    by_vector = {match.entry.id: match.score for match in without}
    assert all(match.score > by_vector[match.entry.id] for match in with_wording if match.lexical > 0.05)
