"""How many callbacks a second are stored and acknowledged when nobody waits for the answer (`passive_wait_seconds: 0`).

First as many as the bot takes from a fixed number of connections, then at a given rate that does not wait for it.
What was acknowledged must be in the database afterwards; how soon it is answered is not looked at here.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from benchmarks import arguments
from benchmarks.connections import Connections
from benchmarks.figures import milliseconds
from benchmarks.load import Load, prepare
from benchmarks.platform_api import platform_api
from benchmarks.processes import machine
from benchmarks.questions import Questions
from benchmarks.shop import Shop, new_folder

_MORE_THAN_ANY_BOT_TAKES = 5_000.0


def main() -> None:
    parser = arguments.parser(__doc__)
    parser.add_argument(
        "--rates", type=arguments.numbers, default=[1000], help="callbacks/s that do not wait"
    )
    parser.add_argument(
        "--connections", type=arguments.numbers, default=[64], help="that wait for their response"
    )
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument(
        "--roles", type=arguments.words, default=("all",), help="bot processes: all, web,worker …"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    async with arguments.knowledge_base(options.knowledge_base) as knowledge_base:
        runs = [await _run({"connections": each}, knowledge_base, options) for each in options.connections]
        runs += [await _run({"rate": rate}, knowledge_base, options) for rate in options.rates]
    return {
        "benchmark": "acknowledgements",
        "machine": machine(),
        "bot_processes": list(options.roles),
        "seconds": options.seconds,
        "runs": runs,
    }


async def _run(how: dict[str, int], knowledge_base: Path, options: argparse.Namespace) -> dict[str, object]:
    """Against a fresh bot."""
    arguments.progress(", ".join(f"{name}: {number}" for name, number in how.items()))
    load = Load()
    questions = Questions(knowledge_base, seed=options.seed).mixed()
    with new_folder() as folder:
        async with platform_api(load.heard) as api_base:
            shop = Shop(
                folder=folder,
                knowledge_base=knowledge_base,
                api_base=api_base,
                roles=options.roles,
                passive_wait_seconds=0,
            )
            rate = float(how.get("rate", _MORE_THAN_ANY_BOT_TAKES))
            load.shots = prepare(
                questions, shop.account.envelope, rate=rate, seconds=options.seconds, seed=options.seed
            )
            async with shop.running(), Connections(shop.port) as connections:
                before = shop.usage()
                if "rate" in how:
                    await load.run(connections, patience=0)
                else:
                    await load.run_closed(connections, workers=how["connections"], seconds=options.seconds)
                after = shop.usage()
        stored = shop.stored()
    return {
        **how,
        **_figures(load, stored, open_loop="rate" in how, cpu=after.cpu_seconds - before.cpu_seconds),
    }


def _figures(load: Load, stored: int, *, open_loop: bool, cpu: float) -> dict[str, object]:
    sent = [shot for shot in load.shots if shot.sent is not None]
    times = [shot.acknowledged - load.began for shot in sent if shot.acknowledged is not None]
    acknowledged = sum(shot.error is None for shot in sent)
    waits = [
        shot.acknowledged - (load.began + shot.due if open_loop else shot.sent)
        for shot in sent
        if shot.acknowledged is not None and shot.sent is not None
    ]
    return {
        "callbacks": len(sent),
        "acknowledged_per_second": round(acknowledged / max(times), 1) if times else 0.0,
        "acknowledged_ms": milliseconds(waits),
        "errors": len(sent) - acknowledged,
        "lost": max(0, acknowledged - stored),
        "bot_cpu_ms_per_callback": round(cpu / len(sent) * 1000, 2),
        "load_average_1min": round(os.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    main()
