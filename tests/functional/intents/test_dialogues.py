"""Dialogues as files, played through the whole bot with a real Rasa."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialogues.script import DIALOGUES, PEOPLE, load
from tests.dialogues.shop import busy_mall, shop_orders
from tests.functional.intents.talking import talking_with
from tests.servers.rasa import RasaServer

GUIDED = sorted((Path(__file__).parent / "dialogues").glob("*.yml"))
MALLS = {"small": shop_orders, "busy": busy_mall}
SMALL, BUSY = "small", "busy"


@pytest.mark.parametrize("path", GUIDED, ids=lambda path: path.stem)
async def test_guided_conversations(path: Path, rasa: RasaServer) -> None:
    await _played(path, rasa, mall=BUSY)


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
async def test_every_other_dialogue_with_rasa_too(path: Path, rasa: RasaServer) -> None:
    await _played(path, rasa, mall=SMALL)


async def _played(path: Path, rasa: RasaServer, *, mall: str) -> None:
    """``mall:`` in the file names another one."""
    dialogue = load(path)
    shop = MALLS[dialogue.get("mall", mall)]()
    async with talking_with(rasa, mall=shop, who=PEOPLE[dialogue.get("who", "wang")]) as player:
        for number, line in enumerate(dialogue["lines"], 1):
            try:
                await player.play(line)
            except AssertionError as error:
                raise AssertionError(f"{path.name}, line {number} {line}: {error}") from error
        player.end()
