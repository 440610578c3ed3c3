"""``kb mine`` as people run it: a log in the database, an index on disk, the default embedder."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from conversations.questions import AskedQuestion, Reaction
from knowledge_base.entry import EntryId
from knowledge_base.mining.label_store import add_label
from knowledge_base.mining.labels import Judgement, Label, LabelSource
from knowledge_base.mining.marking import Happened
from knowledge_base.mining.store import record
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.bot.commands import Ran, run_command

ENTRIES = (
    {
        "id": "return",
        "question": "怎么申请退货",
        "similar": ["退货流程是什么", "我要退货"],
        "answer": "在订单里申请。",
    },
    {"id": "hours", "question": "门店几点关门", "similar": ["门店营业到几点"], "answer": "晚上九点。"},
    {"id": "invoice", "question": "能开发票吗", "similar": ["怎么开发票"], "answer": "能，在订单里申请。"},
)
GIFT = (
    "可以代写贺卡吗",
    "能帮我写张贺卡放进去吗",
    "生日礼物可以放一张贺卡吗",
    "贺卡可以帮忙代写吗",
    "帮写贺卡吗送人的",
)
OLD = "火星上有没有分店"


async def mark(config: Path, text: str, entry_id: str | None) -> None:
    """An agent says which entry answers a question, or that none does."""
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{config.parent}/shop.db"))
    judgement = Judgement.NO_ENTRY if entry_id is None else Judgement.SHOULD_BE
    label = Label(
        text=text,
        judgement=judgement,
        entry_id=EntryId(entry_id) if entry_id else None,
        source=LabelSource.AGENT,
        author="王",
        at=datetime.now(UTC),
    )
    async with database.writing() as connection:
        await add_label(connection, label)
    await database.close()


async def log(config: Path, texts: dict[str, timedelta]) -> None:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{config.parent}/shop.db"))
    await migrate(database)
    async with database.writing() as connection:
        for number, (text, ago) in enumerate(texts.items()):
            asked = AskedQuestion(text=text, reaction=Reaction.REFUSED, rule="nothing_near", version="v")
            turn = Happened(key=f"m{number}", at=datetime.now(UTC) - ago, question=asked)
            await record(connection, {f"official:gh_demo:p{number}": turn})
    await database.close()


def written(folder: Path) -> Path:
    config = folder / "config.yml"
    settings = {
        "knowledge_base": {"path": "kb"},
        "database": {"url": "sqlite+aiosqlite:///shop.db"},
    }
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return config


async def mined(config: Path, *options: str) -> tuple[Ran, Any]:
    ran = await run_command("kb", "mine", "--json", *options, "--config", str(config))
    return ran, json.loads(ran.out)


async def test_what_was_asked_in_vain_is_shown_with_its_gain(tmp_path: Path) -> None:
    config = written(tmp_path)
    faq = tmp_path / "faq.jsonl"
    faq.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in ENTRIES), encoding="utf-8")
    hour = timedelta(hours=1)
    await log(config, {**dict.fromkeys(GIFT, hour), OLD: timedelta(days=60)})

    without_index, report = await mined(config)
    assert without_index.code == 1
    assert "kb build" in without_index.err
    assert report["missed"] == len(GIFT)

    assert (await run_command("kb", "import", str(faq), "--config", str(config))).code == 0
    ran, report = await mined(config)
    assert ran.code == 0, ran.err
    assert (report["logged"], report["missed"], report["distinct"]) == (5, 5, 5)
    (cluster,) = report["clusters"]
    assert cluster["question"] in GIFT
    assert cluster["suggestion"] == "new_entry"
    assert cluster["reasons"] == {"refused": cluster["count"]}
    gain = cluster["gain"]
    assert gain["word_for_word"] + gain["held_out"] == cluster["count"]
    assert gain["held_out_answered_now"] == 0

    ran, report = await mined(config, "--days", "90", "--gains", "0")
    assert report["logged"] == 6
    assert report["clusters"][0]["gain"] is None

    shown = await run_command("kb", "mine", "--config", str(config))
    assert shown.code == 0
    assert cluster["question"] in shown.out
    assert "新建一条问答" in shown.out


async def test_labels_become_a_file_that_build_takes(tmp_path: Path) -> None:
    config = written(tmp_path)
    await log(config, {OLD: timedelta(days=1)})
    table = tmp_path / "faq.jsonl"
    table.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in ENTRIES), encoding="utf-8")
    assert (await run_command("kb", "import", str(table), "--config", str(config))).code == 0
    for text, entry_id in ((OLD, None), ("几点关门呀你们", "hours"), ("早就没有的问答", "gone")):
        await mark(config, text, entry_id)
    out = tmp_path / "labels.jsonl"
    done = await run_command("kb", "labels", str(out), "--json", "--config", str(config))
    assert json.loads(done.out) == {"labels": 2, "entry_gone": 1}
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert lines == [{"query": "几点关门呀你们", "ids": ["hours"]}, {"query": OLD, "ids": []}]
    built = await run_command("kb", "build", "--labels", str(out), "--json", "--config", str(config))
    version = json.loads(built.out)["version"]
    assert (tmp_path / "kb" / "versions" / version / "labels.jsonl").read_text(
        encoding="utf-8"
    ) == out.read_text(encoding="utf-8")
