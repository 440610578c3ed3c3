"""The knowledge base as the bot uses it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from conversations.errors import Transient
from knowledge_base.calibration import shipped_calibration
from knowledge_base.decision import Answer, Refuse, RefuseReason, Rule
from knowledge_base.embedders import Embedders
from knowledge_base.entry import EntryId
from knowledge_base.errors import KnowledgeBaseBusy, KnowledgeBaseError
from knowledge_base.index.shelf import Shelf
from knowledge_base.service import KnowledgeBase
from knowledge_base.serving import Asker
from knowledge_base.settings import KnowledgeBaseSettings
from tests.unit.knowledge_base.shop import SHOP, build, entry
from tests.unit.knowledge_base.word_embedder import WordEmbedder


class GatedEmbedder(WordEmbedder):
    """Holds every question in the model until the gate opens."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.batches: list[int] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        assert self.gate.wait(10)
        self.batches.append(len(texts))
        return super().encode(texts)


def settings(path: Path, *, cache_size: int = 100) -> KnowledgeBaseSettings:
    return KnowledgeBaseSettings(path=path, batch_size=4, cache_size=cache_size)


async def test_without_an_index_everything_is_refused(tmp_path: Path) -> None:
    base = KnowledgeBase(settings(tmp_path), WordEmbedder())
    assert await base.decide("怎么退货") == Refuse(reason=RefuseReason.NO_INDEX)
    assert (base.ready, base.version, base.entries_count) == (False, None, 0)
    assert await base.refresh() is False
    await base.close()


async def test_answers_after_the_index_appeared(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    base = KnowledgeBase(settings(tmp_path), embedder)
    await base.decide("怎么开发票")
    built = build(tmp_path, SHOP, WordEmbedder())
    assert await base.refresh() is True
    assert await base.refresh() is False
    assert (base.ready, base.version, base.entries_count) == (True, built.version, len(SHOP))
    decision = await base.decide("怎么开发票")
    assert isinstance(decision, Answer)
    assert decision.candidate.answer == "能开发票吗的答案"
    assert base.entry("invoice") == SHOP[1]
    assert base.entry("nothing") is None
    await base.close()


async def test_embedding_is_by_the_tidied_text(tmp_path: Path) -> None:
    base = KnowledgeBase(settings(tmp_path), WordEmbedder())
    one, other = await base.embed(["怎么退貨", "怎么退货 "])
    assert np.allclose(one, other)
    assert (await base.embed([])).shape == (0, 256)
    await base.close()


async def test_the_same_question_is_thought_about_once_per_version(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path), embedder)
    await base.refresh()
    for text in ("门店几点开", "门店几点开", " 门店几點开"):
        await base.decide(text)
    assert embedder.embedded == ["门店几点开"]
    before = await base.decide("门店几点开")
    build(tmp_path, SHOP[:2], WordEmbedder())
    await base.refresh()
    assert await base.decide("门店几点开") != before  # decided anew, by the vector that is known already
    assert len(embedder.embedded) == 1
    await base.close()


async def test_what_is_remembered_is_bounded(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path, cache_size=2), embedder)
    await base.refresh()
    for text in ("一", "二", "二", "三", "一"):
        await base.decide(text)
    assert embedder.embedded == ["一", "二", "三", "一"]
    await base.close()


async def test_questions_that_wait_are_taken_together_and_the_loop_stays_free(tmp_path: Path) -> None:
    embedder = GatedEmbedder()
    build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path), embedder)
    await base.refresh()
    asked = [asyncio.create_task(base.decide(f"第{number}个问题")) for number in range(9)]
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in asked)
    embedder.gate.set()
    await asyncio.gather(*asked)
    assert sum(embedder.batches) == 9
    assert max(embedder.batches) == 4
    await base.close()


async def test_no_question_is_lost_while_versions_change(tmp_path: Path) -> None:
    versions = [(*SHOP, entry("now", "现在是第几版", answer=f"第{number}版")) for number in range(6)]
    build(tmp_path, versions[0], WordEmbedder())
    base = KnowledgeBase(settings(tmp_path, cache_size=0), WordEmbedder())
    await base.refresh()
    heard: list[str] = []
    stop, another = asyncio.Event(), asyncio.Event()

    async def ask() -> None:
        while not stop.is_set():
            decision = await base.decide("现在是第几版？")
            assert isinstance(decision, Answer)
            heard.append(decision.candidate.answer)
            another.set()
            await asyncio.sleep(0.001)

    askers = [asyncio.create_task(ask()) for _ in range(5)]
    for version in versions[1:]:
        build(tmp_path, version, WordEmbedder())
        assert await base.refresh()
        for _ in range(10):
            another.clear()
            await another.wait()
    stop.set()
    await asyncio.gather(*askers)
    assert heard[-1] == "第5版"
    assert set(heard) == {f"第{number}版" for number in range(6)}
    await base.close()


async def test_a_version_that_cannot_be_used_is_left_alone(tmp_path: Path) -> None:
    good = build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path), WordEmbedder())
    await base.refresh()
    other = build(tmp_path, SHOP, WordEmbedder(identity="words-2"))
    assert await base.refresh() is False
    broken = build(tmp_path, SHOP[:1], WordEmbedder())
    (Shelf(tmp_path).folder(broken.version) / "key-places.npy").write_bytes(b"")
    assert await base.refresh() is False
    assert base.version == good.version not in {other.version, broken.version}
    assert isinstance(await base.decide("怎么开发票"), Answer)
    await base.close()


async def test_an_index_brings_its_tuned_embedder_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned = WordEmbedder(identity="tuned")
    monkeypatch.setattr("knowledge_base.embedders.open_embedder", lambda name, *, threads: tuned)
    embedders = Embedders(WordEmbedder, tmp_path, threads=1)
    base = KnowledgeBase(settings(tmp_path, cache_size=0), embedders.in_use(), embedders=embedders)
    build(tmp_path, SHOP, WordEmbedder())
    assert await base.refresh()
    (tmp_path / "made").mkdir()
    embedders.keep(tmp_path / "made", "tuned", shipped_calibration())
    build(tmp_path, SHOP[:3], tuned)
    tuned.embedded.clear()
    assert await base.refresh()
    assert base.embedder == "tuned"
    await base.explain("门店营业到晚上几点")
    assert tuned.embedded == ["门店营业到晚上几点"]
    await base.close()


async def test_a_failing_model_tells_who_asked_and_goes_on(tmp_path: Path) -> None:
    class Moody(WordEmbedder):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if "坏" in texts:
                raise RuntimeError("out of order")
            return super().encode(texts)

    build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path), Moody())
    await base.refresh()
    with pytest.raises(RuntimeError, match="out of order"):
        await base.decide("坏")
    assert isinstance(await base.decide("怎么开发票"), Answer)
    await base.close()


async def test_closing_finishes_what_was_asked_and_refuses_more(tmp_path: Path) -> None:
    embedder = GatedEmbedder()
    build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path), embedder)
    await base.refresh()
    asked = asyncio.create_task(base.decide("怎么开发票"))
    await asyncio.sleep(0)
    closing = asyncio.create_task(base.close())
    embedder.gate.set()
    assert isinstance(await asked, Answer)
    await closing
    await base.close()
    with pytest.raises(KnowledgeBaseError):
        await base.decide("怎么开发票")


async def test_a_stored_phrasing_is_answered_without_the_model(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path), embedder)
    await base.refresh()
    stored = SHOP[0].question
    decision = await base.decide(f"{stored}？")
    assert isinstance(decision, Answer)
    assert decision.candidate.entry_id == SHOP[0].id
    assert (await base.explain(stored)).rule is Rule.EXACT
    assert base.knows(stored)
    assert not base.knows("没有存过的话")
    await base.close()
    assert embedder.embedded == [stored]  # by explain, which ranks the others too


async def test_too_many_questions_are_turned_away_and_told_so(tmp_path: Path) -> None:
    embedder = GatedEmbedder()
    build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path), embedder, max_waiting=3)
    await base.refresh()
    # The first is in the model, the next three wait.
    asked = [asyncio.create_task(base.decide("第一个"))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asked += [asyncio.create_task(base.decide(f"后来{number}")) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(KnowledgeBaseBusy) as refused:
        await base.decide("太多了")
    assert isinstance(refused.value, Transient)  # the worker lets the turn run again
    assert isinstance(await base.decide(SHOP[0].question), Answer)  # needs no model, so it need not wait
    embedder.gate.set()
    await asyncio.gather(*asked)
    await base.decide("太多了")
    await base.close()


async def test_the_same_question_waits_once_and_who_gives_up_does_so_alone(tmp_path: Path) -> None:
    embedder = GatedEmbedder()
    build(tmp_path, SHOP, WordEmbedder())
    base = KnowledgeBase(settings(tmp_path, cache_size=0), embedder, max_waiting=1)
    await base.refresh()
    asked = [asyncio.create_task(base.decide("门店几点开")) for _ in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asked += [asyncio.create_task(base.decide(" 门店几點开")) for _ in range(5)]
    await asyncio.sleep(0)
    asked[0].cancel()
    embedder.gate.set()
    decisions = await asyncio.gather(*asked[1:])
    assert len(decisions) == 9
    assert all(decision == decisions[0] for decision in decisions)
    assert embedder.embedded == ["门店几点开"]
    with pytest.raises(asyncio.CancelledError):
        await asked[0]
    await base.close()


async def test_a_verdict_ends_with_its_day(tmp_path: Path) -> None:
    today = date(2026, 11, 11)
    over = replace(SHOP[0], valid_until=today)
    build(tmp_path, [over, *SHOP[1:]], WordEmbedder())
    base = KnowledgeBase(settings(tmp_path), WordEmbedder())
    await base.refresh()
    texts = (over.question, "怎么申请退货呀退货")
    for text in (*texts, *texts):
        assert (await base.verdict(text, asker=Asker(today=today))).ranked[0].entry_id == over.id
        tomorrow = await base.verdict(text, asker=Asker(today=today + timedelta(days=1)))
        assert over.id not in {candidate.entry_id for candidate in tomorrow.ranked}
    await base.close()


async def test_what_came_before_is_part_of_what_is_remembered(tmp_path: Path) -> None:
    entries = [*SHOP, entry("time", "退货要多久"), entry("invoice-time", "发票要多久")]
    build(tmp_path, entries, WordEmbedder())
    embedder = WordEmbedder()
    base = KnowledgeBase(settings(tmp_path), embedder)
    await base.refresh()
    alone = await base.verdict("那要多久呢")
    after_return = await base.verdict("那要多久呢", previous=EntryId("return"))
    after_invoice = await base.verdict("那要多久呢", previous=EntryId("invoice"))
    assert after_return.ranked[0].entry_id == "time"
    assert after_invoice.ranked[0].entry_id == "invoice-time"
    before = len(embedder.embedded)
    assert await base.verdict("那要多久呢") == alone
    assert await base.verdict(" 那要多久呢 ", previous=EntryId("return")) == after_return
    assert len(embedder.embedded) == before
    await base.verdict("门店周末营业到几点关门", previous=EntryId("return"))
    asked = len(embedder.embedded)
    await base.verdict("门店周末营业到几点关门", previous=EntryId("invoice"))
    assert len(embedder.embedded) == asked
    await base.close()


async def test_a_stored_text_that_stands_for_itself_needs_no_model_after_an_answer(tmp_path: Path) -> None:
    build(tmp_path, SHOP, WordEmbedder())
    embedder = WordEmbedder()
    base = KnowledgeBase(settings(tmp_path), embedder)
    await base.refresh()
    verdict = await base.verdict("能开发票吗", previous=EntryId("return"))
    assert verdict.rule is Rule.EXACT
    assert embedder.embedded == []
    await base.close()
