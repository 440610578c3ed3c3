"""Rasa, the bot, or both are killed while customers return goods: nothing is handed in twice, and nothing is lost.

The size for every day. 200 customers and 30 kills: ``python -m tests.chaos.guided --folder DIR``. ``GUIDED_SEED`` plays
another round.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.chaos.guided.rounds import RoundSettings, run_round
from tests.chaos.guided.verdict import End

SEED = int(os.environ.get("GUIDED_SEED", "1"))
CUSTOMERS = 6
KILLS = 3
"""One of each kind: Rasa and the bot die twice each. Rasa takes its time to start, each time."""


@pytest.mark.timeout(900)
async def test_returns_are_handed_in_once_whoever_is_killed(example_knowledge: Path, tmp_path: Path) -> None:
    settings = RoundSettings(customers=CUSTOMERS, kills=KILLS, seed=SEED, every=2.0, patience=20.0)
    outcome = await run_round(settings, tmp_path, example_knowledge, print)
    figures = outcome.figures
    shown = json.dumps(figures, ensure_ascii=False)
    assert not outcome.verdict.problems, "\n".join((*outcome.verdict.problems, shown))
    assert (figures["rasa_killed"], figures["bot_killed"]) == (2, 2), shown
    assert figures["in_the_middle_at_kills"] >= 1, "nobody was in the middle of a return: " + shown
    assert figures["ends"].get(End.RETURNED.value, 0) >= CUSTOMERS / 2, shown
