"""``kb labels``: the labelled log as a file, for ``kb build``, ``kb tune`` and ``kb try``. Needs the database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.kb_opening import AsJson, Config, live_index, now
from bot.commands.kb_output import Output
from bot.config import Settings, load_settings
from knowledge_base.labelled import LabelledQuestion, labels_text
from knowledge_base.mining.label_store import all_labels
from knowledge_base.mining.labels import labelled_questions
from storage.database import Database
from storage.migrate import migrate


def labels(
    file: Annotated[Path, typer.Argument(dir_okay=False, help='Where to write lines {"query", "ids"}.')],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write what agents, editors and customers showed to be right, one question a line."""
    output = Output(as_json=as_json)
    with output.failures():
        settings = load_settings(config)
        index = live_index(settings.knowledge_base)
        known = None if index is None else {entry.id for entry in index.entries}
        found = asyncio.run(_load(settings))
        kept = tuple(label for label in found if known is None or label.expected <= known)
        file.write_text(labels_text(kept), encoding="utf-8")
    value = {"labels": len(kept), "entry_gone": len(found) - len(kept)}
    gone = f"，另有 {value['entry_gone']} 个的问答已经没有了" if value["entry_gone"] else ""
    output.result(value, lambda console: console.print(f"写出 {len(kept)} 个标注过的问题{gone}"))


async def _load(settings: Settings) -> tuple[LabelledQuestion, ...]:
    database = Database(settings.database)
    until = now()
    since = until - timedelta(days=settings.knowledge_base.questions_days)
    try:
        await migrate(database)
        async with database.reading() as connection:
            return labelled_questions(await all_labels(connection, since, until))
    finally:
        await database.close()
