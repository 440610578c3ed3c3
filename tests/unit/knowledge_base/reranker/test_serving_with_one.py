"""The knowledge base with a second stage, and with parts switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.decision import Answer, Ask, Rule
from knowledge_base.reranker.looking_again import SecondStage
from knowledge_base.service import KnowledgeBase
from knowledge_base.settings import KnowledgeBaseSettings
from tests.unit.knowledge_base.reranker.test_looking_again import Liking
from tests.unit.knowledge_base.shop import SHOP, build
from tests.unit.knowledge_base.word_embedder import WordEmbedder

BETWEEN = "优惠券门店怎么用几点"
"""Nearer to the coupons' entry; speaks of the shop too."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path, SHOP, WordEmbedder())
    return tmp_path


async def opened(folder: Path, *, second: SecondStage | None = None, lexical: bool = True) -> KnowledgeBase:
    settings = KnowledgeBaseSettings(path=folder, max_wrong_rate=0.3, lexical=lexical, answers_searched=False)
    base = KnowledgeBase(settings, WordEmbedder(), second=second)
    await base.refresh()
    return base


async def test_what_the_reranker_likes_is_shown_first(folder: Path) -> None:
    base = await opened(folder, second=SecondStage(reranker=Liking("门店"), answers=False))
    verdict = await base.explain(BETWEEN)
    await base.close()
    plain = await opened(folder)
    without = await plain.explain(BETWEEN)
    await plain.close()
    assert without.ranked[0].entry_id == "coupon"
    assert isinstance(without.decision, Answer)
    assert verdict.ranked[0].entry_id == "hours"
    assert verdict.probability == without.probability
    assert (verdict.rule, type(verdict.decision)) == (Rule.SECOND_LOOK, Ask)


async def test_a_stored_text_is_not_read_again(folder: Path) -> None:
    reranker = Liking("门店")
    base = await opened(folder, second=SecondStage(reranker=reranker))
    verdict = await base.explain("优惠券怎么用")
    await base.close()
    assert isinstance(verdict.decision, Answer)
    assert reranker.asked == []


async def test_without_wording_the_score_is_the_vectors_own(folder: Path) -> None:
    firsts = []
    for lexical in (True, False):
        base = await opened(folder, lexical=lexical)
        firsts.append((await base.explain(BETWEEN)).ranked[0])
        await base.close()
    with_wording, without = firsts
    assert with_wording.entry_id == without.entry_id
    assert without.lexical > 0.1
    assert with_wording.score - without.score == pytest.approx(0.3 * without.lexical, abs=0.05)
