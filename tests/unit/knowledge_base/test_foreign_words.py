"""Which words of a question the entry found for it has nowhere."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.text import tidy
from tests.unit.knowledge_base.shop import SHOP, build, entry, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder

ENTRIES = (
    entry("sugar", "有没有无糖的食品", "無糖餅乾有嗎", answer="苏打饼干和酸奶。"),
    entry("hours", "门店几点关门", "门店营业到几点"),
)


def found(path: Path, text: str, *, without: int | None = None) -> tuple[str, float]:
    index = open_current(path)
    vector = index.vector(without) if without is not None else WordEmbedder().encode([tidy(text)])[0]
    finding = index.search(vector, tidy(text), without=without)
    return finding.matches[0].entry.id, finding.foreign


def test_a_word_that_the_entry_has_nowhere_is_foreign(tmp_path: Path) -> None:
    build(tmp_path, ENTRIES, WordEmbedder())
    first, foreign = found(tmp_path, "口香糖有没有无糖的")
    assert first == "sugar"
    assert foreign > 0.5


def test_what_one_of_its_phrasings_has_is_not(tmp_path: Path) -> None:
    build(tmp_path, ENTRIES, WordEmbedder())
    assert found(tmp_path, "饼干有没有无糖的") == ("sugar", 0.0)
    assert found(tmp_path, "酸奶有没有无糖的")[1] > 0.3, "customers have not read the answer"


def test_what_only_another_entry_has_is(tmp_path: Path) -> None:
    build(tmp_path, ENTRIES, WordEmbedder())
    first, foreign = found(tmp_path, "门店有没有无糖的食品")
    assert first == "sugar"
    assert foreign > 0.3


def test_a_phrasing_that_is_left_out_is_not_what_the_entry_has(tmp_path: Path) -> None:
    build(tmp_path, (entry("hours", "门店几点关门", "专柜营业到几点"), *SHOP[:2]), WordEmbedder())
    first, foreign = found(tmp_path, "专柜营业到几点", without=1)
    assert first == "hours"
    assert foreign > 0.5
