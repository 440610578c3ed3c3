"""What the demo's customers asked before: written once, and nothing that the example shop answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import yaml

from bot.people_said import people_said
from conversations.clock import SystemClock
from knowledge_base.mining.questions import asked_in_vain
from knowledge_base.mining.store import questions_between
from knowledge_base.text import exact_key, tidy
from scripts.demonstrating.questions import ASKED, ask_before
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.knowledge import SHOP

TEXTS = {text for texts in ASKED.values() for text in texts}


async def test_they_are_written_once_with_the_agents_answers(tmp_path: Path) -> None:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/demo.db"))
    await migrate(database)
    now = SystemClock().now()
    for later in (timedelta(), timedelta(days=1)):
        await ask_before(database, "gh_demo", now + later)
    async with database.reading() as connection:
        log = await questions_between(connection, now - timedelta(days=30), now + timedelta(days=2))
        said = await people_said(connection, log)
    await database.close()
    assert sorted(question.text for question in asked_in_vain(log)) == sorted(TEXTS)
    assert sorted(text for texts in said.values() for text in texts) == sorted(ASKED)


def test_the_example_shop_has_none_of_them() -> None:
    entries = [entry for file in SHOP for entry in yaml.safe_load(file.read_text("utf-8"))]
    held = {
        exact_key(tidy(text)) for entry in entries for text in (entry["question"], *entry.get("similar", []))
    }
    assert len(held) > 1000
    assert not held & {exact_key(tidy(text)) for text in TEXTS}
