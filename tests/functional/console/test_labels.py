"""Single questions of the log are labelled, and how well they are answered is shown."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.audit.log import Wanted
from console.permissions import Role
from knowledge_base.decision import Rule
from knowledge_base.mining.label_store import stored_labels
from knowledge_base.mining.labels import Judgement, LabelSource, labelled_questions
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.console.gaps import GIFT, Gaps, answered, ask_in_vain, minding
from tests.functional.console.serving import Seen
from tests.functional.console.small_shop import small_shop

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


def cards(seen: Seen) -> dict[str, str]:
    """By text, the address that its label goes to."""
    found = re.findall(
        r'action="(/console/gaps/labels/\d+)".*?<div class="fw-medium text-break">(.*?)</div>',
        seen.raw,
        re.DOTALL,
    )
    return {text: path for path, text in found}


async def test_agents_and_editors_say_what_was_right(gaps: Gaps) -> None:
    await answered(gaps, "几点关门呀", "hours")
    mei = await gaps.console.enters("mei", Role.AGENT)
    listed = await mei.get("/console/gaps/labels")
    path = cards(listed)["几点关门呀"]
    assert "晚上九点。" in listed.text
    await mei.post(path, {"judgement": "wrong"})
    lan = await gaps.console.enters("lan", Role.EDITOR)
    assert "几点关门呀" not in (await lan.get("/console/gaps/labels")).text
    labelled = await lan.get("/console/gaps/labels?shown=labelled")
    assert "客服 mei 标的" in labelled.text
    await lan.post(path, {"judgement": "right"})
    async with gaps.database.reading() as connection:
        labels = await stored_labels(connection)
    assert [(each.judgement, each.source, each.entry_id) for each in labels] == [
        (Judgement.WRONG, LabelSource.AGENT, "hours"),
        (Judgement.RIGHT, LabelSource.EDITOR, "hours"),
    ]
    await mei.get("/console/gaps/labels")
    weaker = await mei.post(path, {"judgement": "no_entry"}, HX_Request="true")
    assert "以编辑的为准" in weaker.text
    assert "答对了" in weaker.text
    logged = await gaps.console.ground.audit.read(Wanted(act="gaps.labelled"), limit=9)
    assert [entry.actor for entry in logged] == ["mei", "lan", "mei"]
    assert not any("几点关门" in entry.details + entry.subject for entry in logged)


async def test_what_it_should_have_been_is_searched_and_named(gaps: Gaps) -> None:
    await ask_in_vain(gaps, ["包一下送人"])
    lan = await gaps.console.enters("lan", Role.EDITOR)
    path = cards(await lan.get("/console/gaps/labels"))["包一下送人"]
    near = await lan.get("/console/gaps/entries?to=包一下送人")
    assert 'value="wrap"' in near.raw
    labelled = await lan.post(path, {"entry": "wrap"}, HX_Request="true")
    assert "应该是“有礼品包装吗”" in labelled.text
    again = await lan.post(path, {"judgement": "no_entry"}, HX_Request="true")
    assert "不该回答" in again.text
    async with gaps.database.reading() as connection:
        found = labelled_questions(await stored_labels(connection))
    assert [(each.text, each.expected) for each in found] == [("包一下送人", frozenset())]


async def test_labels_that_make_no_sense_are_refused(gaps: Gaps) -> None:
    await ask_in_vain(gaps, ["包一下送人"])
    lan = await gaps.console.enters("lan", Role.EDITOR)
    path = cards(await lan.get("/console/gaps/labels"))["包一下送人"]
    assert (await lan.post(path, {"judgement": "right"})).status == 422
    assert (await lan.post(path, {"entry": "nothing"})).status == 422
    assert (await lan.post(path, {"judgement": "x"})).status == 422
    assert (await lan.post("/console/gaps/labels/999", {"judgement": "no_entry"})).status == 404
    owner = await gaps.console.enters("qun", Role.GROUP_OWNER)
    assert (await owner.get("/console/gaps/labels")).status == 403


async def test_what_leans_on_another_question_is_not_labelled(gaps: Gaps) -> None:
    await answered(gaps, "那运费呢", "hours", rule=Rule.FOLLOW_UP)
    lan = await gaps.console.enters("lan", Role.EDITOR)
    assert cards(await lan.get("/console/gaps/labels")) == {}
    assert cards(await lan.get("/console/gaps/labels?shown=sample")) == {}
    listed = await lan.get("/console/gaps/labels?shown=all")
    assert "不用标" in listed.text
    path = cards(listed)["那运费呢"]
    assert (await lan.post(path, {"judgement": "right"})).status == 422


async def test_a_long_log_is_turned_page_by_page(gaps: Gaps) -> None:
    await ask_in_vain(gaps, [f"第{number}个问题是什么" for number in range(25)])
    lan = await gaps.console.enters("lan", Role.EDITOR)
    first = await lan.get("/console/gaps/labels")
    (older,) = re.findall(r'href="(/console/gaps/labels\?[^"]*below=\d+)"', first.text)
    second = await lan.get(older)
    assert len(cards(first)) == 20
    assert len(cards(second)) == 5
    assert not cards(first).keys() & cards(second).keys()
    assert cards(await lan.get("/console/gaps/labels?reaction=answered")) == {}


async def test_personal_data_is_masked(gaps: Gaps) -> None:
    await answered(gaps, "邮箱是wang@example.com怎么开票", "invoice")
    lan = await gaps.console.enters("lan", Role.EDITOR)
    listed = await lan.get("/console/gaps/labels")
    assert "邮箱是w••••@example.com" in listed.text
    assert "wang@example.com" not in listed.text


async def test_how_well_it_is_answered_is_shown_with_its_bound(gaps: Gaps) -> None:
    lan = await gaps.console.enters("lan", Role.EDITOR)
    assert "这段时间还没有人问过" in (await lan.get("/console/gaps/quality")).text
    await ask_in_vain(gaps)
    for number in range(3):
        await answered(gaps, f"门店{number}号几点关门", "hours")
    await answered(gaps, "门店0号几点关门", "hours", key="again")
    assert "还没有人标过" in (await lan.get("/console/gaps/quality")).text
    sample = cards(await lan.get("/console/gaps/labels?shown=sample"))
    assert len(sample) == 3
    for number, path in enumerate(sample.values()):
        await lan.post(path, {"judgement": "wrong" if number == 0 else "right"})
    shown = await lan.get("/console/gaps/quality?days=7")
    assert f"{4 + len(GIFT)} 次" in shown.text
    assert "44.4%" in shown.text
    assert "标过 3 句，错 1 句（33.3%）" in shown.text
    assert "不超过 86.5%" in shown.text
    assert "<polyline" in shown.raw
    assert "style=" not in shown.raw
    assert cards(await lan.get("/console/gaps/labels?shown=sample")) == {}
