"""What customers ask in vain: found, studied, written, published, left alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from console.audit.log import Wanted
from console.gaps.desk import FINDING
from console.permissions import Role
from knowledge_base.decision import Answer
from knowledge_base.mining.dismissals import print_of
from knowledge_base.mining.store import forget
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.console.gaps import GIFT, REPLY, Gaps, ask_in_vain, found, minding, studied
from tests.functional.console.knowledge import settled
from tests.functional.console.serving import Seen, Visitor
from tests.functional.console.small_shop import WRAP, small_shop

__all__ = ["small_shop"]


@pytest.fixture
async def gaps(tmp_path: Path, small_shop: Path) -> AsyncIterator[Gaps]:
    url = f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"
    database = Database(DatabaseSettings(url=url))
    await migrate(database)
    shutil.copytree(small_shop, tmp_path / "kb")
    async with minding(database, url, tmp_path / "kb") as running:
        yield running
    await database.close()


def only_gap(listed: Seen) -> str:
    """The address of the one cluster in the list."""
    paths: set[str] = set(re.findall(r'href="(/console/gaps/[0-9a-f]{12})"', listed.raw))
    assert len(paths) == 1
    return paths.pop()


def prints(texts: Sequence[str]) -> list[str]:
    return [print_of(text) for text in texts]


async def opened(gaps: Gaps) -> tuple[Visitor, str, Seen]:
    """An editor on the studied page of the questions about cards."""
    await ask_in_vain(gaps)
    lan = await gaps.console.enters("lan", Role.EDITOR)
    path = only_gap(await found(lan))
    return lan, path, await studied(lan, path)


async def test_before_anything_was_found_the_page_says_how(gaps: Gaps) -> None:
    lan = await gaps.console.enters("lan", Role.EDITOR)
    assert "还没找过" in (await lan.get("/console/gaps")).text
    listed = await found(lan)
    assert "没有反复问、又没答好的问题" in listed.text
    (logged,) = await gaps.console.ground.audit.read(Wanted(act="gaps.found"), limit=9)
    assert logged.actor == "lan"


async def test_clusters_are_listed_with_counts_reasons_and_examples(gaps: Gaps) -> None:
    await ask_in_vain(gaps)
    lan = await gaps.console.enters("lan", Role.EDITOR)
    listed = await found(lan)
    path = only_gap(listed)
    assert f"没答上 {len(GIFT)}" in listed.text
    assert "转了人工 1" in listed.text
    assert "新写一条" in listed.text
    assert any(text in listed.text for text in GIFT)
    assert path in (await lan.get("/console/gaps?reason=handed_over&days=7")).raw
    assert "没有这样的问题" in (await lan.get("/console/gaps?reason=rated_bad")).text


async def test_a_cluster_shows_how_it_was_asked_the_agents_answer_and_the_gain(gaps: Gaps) -> None:
    _lan, _path, shown = await opened(gaps)
    assert all(text in shown.text for text in GIFT)
    assert "后来找了人工" in shown.text
    assert REPLY in shown.text
    assert "次是原话，存下就能答" in shown.text
    assert "还没有标过的问题可以拿来试" in shown.text


async def test_one_click_publishes_what_loses_nothing(gaps: Gaps) -> None:
    lan, path, _shown = await opened(gaps)
    sent = {"target": "new", "question": GIFT[0], "answer": REPLY, "phrasings": prints(GIFT)}
    begun = await lan.post(f"{path}/publish", sent)
    assert "/knowledge/proposals/" in begun.location
    assert "顾客马上会听到新的说法" in (await settled(lan, begun.location)).text
    said = await gaps.live.decide(GIFT[2])
    assert isinstance(said, Answer)
    assert said.candidate.answer == REPLY
    assert "没有这样的问题" in (await lan.get("/console/gaps")).text
    assert path in (await lan.get("/console/gaps?state=written")).raw
    (logged,) = await gaps.console.ground.audit.read(Wanted(act="knowledge.published"), limit=9)
    assert logged.actor == "lan"


async def test_a_loss_waits_for_a_reason(gaps: Gaps) -> None:
    lan, path, _shown = await opened(gaps)
    before = gaps.desk.editors.bench.ledger.entries()
    # In the words of another entry: which of the two is meant, nobody can tell.
    sent = {"target": "new", "question": "请问礼品包装有吗", "answer": "没有", "phrasings": prints(GIFT)}
    begun = await lan.post(f"{path}/publish", sent)
    tried = await settled(lan, begun.location)
    assert "会变差的问题" in tried.text
    assert re.search("(?<!请问)礼品包装有吗", tried.text)
    assert "为什么还是要发布" in tried.text
    assert gaps.desk.editors.bench.ledger.entries() == before
    await lan.post(f"{begun.location}/publish", {"reason": "以后不包了"})
    assert "顾客马上会听到新的说法" in (await settled(lan, begun.location)).text
    assert len(gaps.desk.editors.bench.ledger.entries()) == len(before) + 1


async def test_what_is_incomplete_is_kept_and_opened_to_be_completed(gaps: Gaps) -> None:
    lan, path, _shown = await opened(gaps)
    sent = {"target": "new", "question": GIFT[0], "answer": "", "phrasings": prints(GIFT[1:3])}
    kept = await lan.post(f"{path}/publish", sent)
    assert "/knowledge/entry?draft=asked-" in kept.location
    page = await lan.get(kept.location)
    assert "还差一点" in page.text
    assert GIFT[1] in page.text
    assert f"顾客问过 {len(GIFT)} 次的问题" in page.text
    again = await lan.get(path)
    assert "已经写了一份草稿" in again.text
    assert len(gaps.desk.editors.bench.drafts.all()) == 1


async def test_examples_join_an_entry_that_is_there(gaps: Gaps) -> None:
    lan, path, _shown = await opened(gaps)
    picks = await lan.get("/console/gaps/entries?q=礼物&as=radio")
    assert 'value="wrap"' in picks.raw
    assert (await lan.post(f"{path}/draft", {"target": "other", "entry": ""})).location == path
    sent = {"target": "other", "entry": "wrap", "phrasings": prints([GIFT[0], "从没问过的话"])}
    kept = await lan.post(f"{path}/draft", sent)
    assert "/knowledge/entry?draft=" in kept.location
    await lan.post(f"{path}/draft", {**sent, "phrasings": prints([GIFT[1]])})
    (draft,) = gaps.desk.editors.bench.drafts.all()
    assert draft.entry_id == "wrap"
    assert draft.fields["similar"] == [*WRAP, GIFT[0], GIFT[1]]


async def test_what_is_left_alone_can_be_found_again(gaps: Gaps) -> None:
    lan, path, _shown = await opened(gaps)
    await lan.post(f"{path}/dismiss")
    assert path not in (await lan.get("/console/gaps")).raw
    await ask_in_vain(gaps, ["送人的可以代写贺卡吗"])
    listed = await found(lan)
    assert path not in listed.raw
    again = only_gap(await lan.get("/console/gaps?state=dismissed"))
    await lan.post(f"{again}/restore")
    assert again in (await lan.get("/console/gaps")).raw
    acts = [entry.act for entry in await gaps.console.ground.audit.read(Wanted(act="gaps."), limit=9)]
    assert acts[:3] == ["gaps.restored", "gaps.found", "gaps.dismissed"]


async def test_who_may_not_edit_or_publish_is_refused(gaps: Gaps) -> None:
    _lan, path, _shown = await opened(gaps)
    wu = await gaps.console.enters("wu", Role.SUPERVISOR)
    shown = await wu.get(path)
    assert "/publish" not in shown.raw
    assert (await wu.post(f"{path}/publish", {"target": "new"})).status == 403
    mei = await gaps.console.enters("mei", Role.AGENT)
    for address in ("/console/gaps", path, "/console/gaps/quality"):
        assert (await mei.get(address)).status == 403
    boss = await gaps.console.enters("boss", Role.ADMIN)
    assert (await boss.get("/console/gaps")).status == 403


async def test_what_was_found_anew_meanwhile_leads_back_to_the_list(gaps: Gaps) -> None:
    lan, _path, _shown = await opened(gaps)
    assert (await lan.get("/console/gaps/0123456789ab")).location == "/console/gaps"


async def test_a_forgotten_customer_is_gone_from_the_page(gaps: Gaps) -> None:
    lan, path, _shown = await opened(gaps)
    async with gaps.database.writing() as connection:
        for number in range(len(GIFT)):
            await forget(connection, f"official:gh_demo:p{number}")
    listed = await lan.get("/console/gaps")
    assert not any(text in listed.text for text in GIFT)
    assert (await lan.get(path)).location == "/console/gaps"


async def test_work_that_broke_off_is_told(gaps: Gaps, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(gaps.desk.editors.bench, "live", broken)
    lan = await gaps.console.enters("lan", Role.EDITOR)
    listed = await found(lan)
    assert "没有找成" in listed.text
    note = await gaps.desk.note(FINDING)
    assert note is not None
    assert "broken" not in note.problem
