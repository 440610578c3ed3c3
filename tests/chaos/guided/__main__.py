"""``python -m tests.chaos.guided``: returns of goods while Rasa, the bot, or both are killed. Prints JSON.

Exit codes: 0 nothing is doubled and nothing lost, 1 something is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.guided.rounds import RoundSettings, run_round
from tests.functional.knowledge import SHOP, build_knowledge


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    folder: Path = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    knowledge = folder / "knowledge"
    if not (knowledge / "current").exists():
        _say("importing the example shop")
        build_knowledge(knowledge, SHOP)
    place = folder / time.strftime("round-%m%d-%H%M%S")
    place.mkdir()
    settings = RoundSettings(
        customers=options.customers,
        kills=options.kills,
        seed=options.seed,
        every=options.every,
        minutes=options.minutes,
    )
    outcome = asyncio.run(run_round(settings, place, knowledge, _say))
    text = json.dumps(outcome.figures, ensure_ascii=False, indent=1)
    (place / "figures.json").write_text(text + "\n")
    sys.stdout.write(text + "\n")
    return 1 if outcome.verdict.problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.guided",
        description="Returns of goods while Rasa, the bot, or both are killed.",
    )
    parser.add_argument("--customers", type=int, default=200)
    parser.add_argument("--kills", type=int, default=30, help="a third of each kind (30)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=4.0, help="seconds between kills, on average (4)")
    parser.add_argument(
        "--minutes",
        type=float,
        default=math.inf,
        help="nobody is killed later, and nobody new comes (no end)",
    )
    parser.add_argument(
        "--folder", type=Path, required=True, help="where database, logs and figures are kept"
    )
    return parser


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
