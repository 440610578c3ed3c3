"""Customers are handed to people and back while processes are killed: the bot is silent, and nobody is lost.

The size for every day. 1,000 handoffs: ``python -m tests.chaos.people --folder DIR``. ``PEOPLE_SEED`` plays another
round.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.chaos.people.rounds import RoundSettings, run_round

SEED = int(os.environ.get("PEOPLE_SEED", "1"))
HANDOFFS = 24


@pytest.mark.timeout(900)
async def test_the_bot_is_silent_and_nobody_is_lost_whoever_is_killed(
    example_knowledge: Path, tmp_path: Path
) -> None:
    settings = RoundSettings(handoffs=HANDOFFS, customers=8, kills=3, every=3.0, seed=SEED)
    verdict = await run_round(settings, tmp_path, example_knowledge, print)
    shown = json.dumps(verdict.figures, ensure_ascii=False)
    assert not verdict.problems, "\n".join((*verdict.problems, shown))
    assert verdict.figures["handoffs"] >= HANDOFFS, shown
    assert verdict.figures["kills"] == 3, shown
    assert verdict.figures["acts_of_agents"].get("say", 0) > 0, shown
