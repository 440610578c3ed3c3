"""How fast callbacks are acknowledged and questions answered, under load that does not wait for the bot.

Latency counts from the time at which a message was due, not from when the generator came to send it.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks import arguments
from benchmarks.connections import Connections
from benchmarks.figures import milliseconds, share
from benchmarks.load import Load, Shot, prepare, read_passive_answers
from benchmarks.platform_api import platform_api
from benchmarks.processes import Usage, machine
from benchmarks.questions import Questions, repeated_share
from benchmarks.shop import Shop, new_folder

_PLATFORM_WAITS_SECONDS = 5.0


def main() -> None:
    parser = arguments.parser(__doc__)
    parser.add_argument("--rates", type=arguments.numbers, default=[50, 100, 200, 400], help="messages/s")
    parser.add_argument(
        "--distinct-rates",
        type=arguments.numbers,
        default=[50, 200],
        help="messages/s, with no text asked twice",
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="measured time of each rate")
    parser.add_argument("--warm-up", type=float, default=3.0, help="seconds before that, not measured")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds to wait for the last answers")
    parser.add_argument(
        "--roles", type=arguments.words, default=("all",), help="bot processes: all, web,worker …"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    async with arguments.knowledge_base(options.knowledge_base) as knowledge_base:
        plan = [(rate, "mixed") for rate in options.rates]
        plan += [(rate, "distinct") for rate in options.distinct_rates]
        runs = [await _run(rate, texts, knowledge_base, options) for rate, texts in plan]
    return {
        "benchmark": "callbacks",
        "machine": machine(),
        "bot_processes": list(options.roles),
        "seconds": options.seconds,
        "runs": runs,
    }


async def _run(rate: int, texts: str, knowledge_base: Path, options: argparse.Namespace) -> dict[str, object]:
    """One rate against a fresh bot."""
    arguments.progress(f"{rate}/s, {texts} texts")
    questions = Questions(knowledge_base, seed=options.seed)
    drawn = questions.distinct() if texts == "distinct" else questions.mixed()
    load = Load()
    with new_folder() as folder:
        async with platform_api(load.heard) as api_base:
            shop = Shop(folder=folder, knowledge_base=knowledge_base, api_base=api_base, roles=options.roles)
            seconds = options.warm_up + options.seconds
            envelope = shop.account.envelope
            load.shots = prepare(drawn, envelope, rate=rate, seconds=seconds, seed=options.seed)
            async with shop.running(), Connections(shop.port) as connections:
                before = shop.usage()
                await load.run(connections, patience=options.patience)
                after = shop.usage()
            acknowledged = sum(shot.acknowledged is not None and shot.error is None for shot in load.shots)
            lost = max(0, acknowledged - shop.stored())
    read_passive_answers(load.shots, envelope)
    mixed_up = sum(_is_mixed_up(shot, questions.answers) for shot in load.shots)
    figures = _figures(load, options.warm_up, before, after)
    return {"rate": rate, "texts": texts, **figures, "lost": lost, "answers_mixed_up": mixed_up}


def _figures(load: Load, warm_up: float, before: Usage, after: Usage) -> dict[str, object]:
    """Latencies of the measured time; errors, losses and costs of the whole run."""
    shots = load.shots
    measured = [shot for shot in shots if shot.due >= warm_up]
    asked = [shot.question.text for shot in shots]
    answered = [shot for shot in measured if shot.answered is not None]
    last = max((shot.answered or 0.0 for shot in answered), default=0.0)
    return {
        "messages": len(shots),
        "acknowledged_ms": milliseconds(_since_due(load, measured, "acknowledged")),
        "answered_ms": milliseconds(_since_due(load, measured, "answered")),
        "answered_per_second": round(len(answered) / (last - load.began - warm_up), 1) if answered else 0.0,
        "passive_share": share(sum(shot.route == "passive" for shot in measured), len(measured)),
        "api_share": share(sum(shot.route == "api" for shot in measured), len(measured)),
        "errors": _errors(shots),
        "late_acknowledgements": sum(
            seconds > _PLATFORM_WAITS_SECONDS for seconds in _since_due(load, shots, "acknowledged")
        ),
        "unanswered": sum(shot.answered is None for shot in shots),
        "verbatim_share": share(sum(shot.question.answer is not None for shot in shots), len(shots)),
        "repeated_share": repeated_share(asked),
        "generator_late_ms": milliseconds(_since_due(load, measured, "sent")),
        "bot_cpu_ms_per_message": round((after.cpu_seconds - before.cpu_seconds) / len(shots) * 1000, 2),
        "bot_memory": dataclasses.asdict(after),
        "load_average_1min": round(os.getloadavg()[0], 2),
    }


def _since_due(load: Load, shots: Sequence[Shot], moment: str) -> list[float]:
    times = ((shot, getattr(shot, moment)) for shot in shots)
    return [at - load.began - shot.due for shot, at in times if at is not None]


def _errors(shots: Sequence[Shot]) -> dict[str, int]:
    found: dict[str, int] = {}
    for shot in shots:
        if shot.error is not None:
            found[shot.error] = found.get(shot.error, 0) + 1
    return found


def _is_mixed_up(shot: Shot, answers: frozenset[str | None]) -> bool:
    """A stored phrasing got another entry's answer. (Some are rightly answered by a handler instead.)"""
    known = shot.question.answer
    return known is not None and shot.answer != known and shot.answer in answers


if __name__ == "__main__":
    main()
