"""``python -m tests.chaos.storm``: the long storm. It can be interrupted (Ctrl-C, SIGKILL) and continued (--resume).

A round is the unit: each has a world and a database of its own, and an interrupted round is played anew, as is one
whose line is taken out of ``rounds.jsonl``. Exit codes: 0 nothing wrong, 1 something is, 2 the folder belongs to
another storm.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.chaos.storm.history import History, OtherStorm, StormSettings
from tests.chaos.storm.rounds import Outcome, RoundSettings, Surroundings, run_round
from tests.functional.knowledge import SHOP
from tests.functional.world import ROOT
from tests.servers.postgres import PostgresServer, running_postgres
from tests.servers.redis import command, running_redis


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    settings = StormSettings(
        messages=options.messages,
        customers=options.customers,
        per_round=min(options.round, options.messages),
        rate=options.messages / (options.minutes * 60) if options.minutes else options.rate,
        seed=options.seed,
        kill_every=options.kill_every,
    )
    try:
        history = History(options.folder, settings, resume=options.resume)
    except OtherStorm as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    with running_postgres() as postgres, running_redis() as redis:
        asyncio.run(_play(history, options.folder, postgres, redis))
    summary = history.summary()
    sys.stdout.write(json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    return 1 if summary["problems"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.storm",
        description="Customers of both platforms, and everything that can go wrong.",
    )
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--minutes", type=float, help="over how long all messages are written")
    parser.add_argument("--rate", type=float, default=25.0, help="messages a second, without --minutes (25)")
    parser.add_argument("--round", type=int, default=5000, help="messages of one round (5000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill-every", type=float, default=4.0, help="seconds between kills, on average (4)")
    parser.add_argument("--folder", type=Path, required=True, help="where state, logs and summary are kept")
    parser.add_argument("--resume", action="store_true", help="continue what the folder has begun")
    return parser


async def _play(history: History, folder: Path, postgres: PostgresServer, redis: Path) -> None:
    knowledge = folder / "knowledge"
    if not (knowledge / "current").exists():
        _import_example_shop(knowledge, folder)
    settings = history.settings
    over = {figures["number"] for figures in history.rounds()}
    for number in (number for number in range(settings.rounds) if number not in over):
        _say(f"round {number + 1} of {settings.rounds}: {settings.messages_of(number)} messages")
        database = f"round_{number}"
        await postgres.execute(f"CREATE DATABASE {database}")
        command(redis, "FLUSHALL")
        around = Surroundings(
            folder=folder / database,
            knowledge_base=knowledge.resolve(),
            database_url=postgres.url(database),
            redis_url=f"unix://{redis}",
        )
        shutil.rmtree(around.folder, ignore_errors=True)
        outcome = await run_round(_round(settings, number), around, _say)
        await postgres.execute(f"DROP DATABASE {database} WITH (FORCE)")
        history.add(outcome.figures)
        _tell(outcome)
        if not outcome.verdict.problems:
            shutil.rmtree(around.folder)


def _round(settings: StormSettings, number: int) -> RoundSettings:
    messages = settings.messages_of(number)
    return RoundSettings(
        messages=messages,
        customers=settings.customers,
        seconds=messages / settings.rate,
        seed=settings.seed,
        number=number,
        kill_every=settings.kill_every,
    )


def _tell(outcome: Outcome) -> None:
    figures = outcome.figures
    _say(
        f"{figures['asked']} asked in {figures['seconds_in_all']} s: {figures['ends']}, {figures['kills']} kills"
    )
    for problem in outcome.verdict.problems:
        _say(f"WRONG: {problem}")


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {line}\n")
    sys.stdout.flush()


def _import_example_shop(knowledge: Path, folder: Path) -> None:
    _say("importing the example shop")
    config = folder / "import.yml"
    config.write_text(yaml.safe_dump({"knowledge_base": {"path": str(knowledge.resolve())}}))
    subprocess.run(
        [sys.executable, "-m", "bot", "kb", "import", *map(str, SHOP), "--config", str(config)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


if __name__ == "__main__":
    sys.exit(main())
