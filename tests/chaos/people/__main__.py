"""``python -m tests.chaos.people``: handoffs to people while every process is killed at random. Prints JSON.

Exit codes: 0 everything holds, 1 something does not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.people.rounds import RoundSettings, run_round
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
        handoffs=options.handoffs,
        customers=options.customers,
        kills=options.kills,
        every=options.every,
        seed=options.seed,
    )
    verdict = asyncio.run(run_round(settings, place, knowledge, _say))
    told = {**verdict.figures, "problems": verdict.problems[:20]}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    (place / "figures.json").write_text(text + "\n")
    sys.stdout.write(text + "\n")
    return 1 if verdict.problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.people", description="Handoffs to people while processes are killed."
    )
    parser.add_argument("--handoffs", type=int, default=1000)
    parser.add_argument("--customers", type=int, default=40)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--every", type=float, default=4.0, help="seconds between kills, on average (4)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--folder", type=Path, required=True, help="where database, logs and figures are kept"
    )
    return parser


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
