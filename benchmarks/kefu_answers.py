"""How long a customer of 微信客服 waits, from question to answer, under load that does not wait for the bot.

The bot pulls from, and sends to, the simulated platform on the same machine. Latency counts from the time at
which a question was due, to the moment at which the platform put the answer on the customer's phone.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import dataclasses
import os
import random
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import arguments
from benchmarks.figures import milliseconds
from benchmarks.processes import Usage, machine, usage
from benchmarks.questions import Question, Questions
from benchmarks.shop import new_folder
from tests.functional.world import World

_SETTLE_SECONDS = 1.0
_LOOK_SECONDS = 0.5
_NOTES = """
    SELECT inbox.key, inbox.received_ms, outbox.created_ms, outbox.sent_ms
    FROM inbox JOIN outbox ON outbox.key = inbox.key || ':0'
"""


def main() -> None:
    parser = arguments.parser(__doc__)
    parser.add_argument("--rates", type=arguments.numbers, default=[50, 100], help="questions/s")
    parser.add_argument("--seconds", type=float, default=20.0, help="measured time of each rate")
    parser.add_argument("--warm-up", type=float, default=3.0, help="seconds before that, not measured")
    parser.add_argument("--patience", type=float, default=30.0, help="seconds to wait for the last answers")
    parser.add_argument("--customers", type=int, default=1000, help="they write in turn")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    async with arguments.knowledge_base(options.knowledge_base) as knowledge_base:
        runs = [await _run(rate, knowledge_base, options) for rate in options.rates]
    return {
        "benchmark": "kefu_answers",
        "machine": machine(),
        "seconds": options.seconds,
        "customers": options.customers,
        "runs": runs,
    }


@dataclass(slots=True, kw_only=True)
class Asked:
    """A question; times in epoch seconds, None: never. ``due`` counts from the start of the load."""

    due: float
    customer: str
    question: Question
    msgid: str = ""
    written: float | None = None
    answered: float | None = None
    answer: str = ""


async def _run(rate: int, knowledge_base: Path, options: argparse.Namespace) -> dict[str, object]:
    """One rate against a fresh bot and a fresh platform."""
    arguments.progress(f"{rate}/s")
    questions = Questions(knowledge_base, seed=options.seed)
    plan = list(_plan(questions.mixed(), rate, options))
    with new_folder() as folder:
        world = World(folder=folder, knowledge_base=knowledge_base, corp=True)
        # The bot keeps every session: nobody is there to end what is handed over.
        world.settings = {
            "wecom": {"kefu": {"accounts": list(world.kefu_accounts), "handoff": "desk"}},
            "logs": {"level": "INFO"},
        }
        async with world:
            bot = await world.start_bot()
            await asyncio.sleep(_SETTLE_SECONDS)
            before = usage([bot.pid])
            began = await _ask(world, plan)
            await _look(world, plan, patience=options.patience)
            after = usage([bot.pid])
        stages = _stages(folder / "xiaoer.db", world.kefu_accounts[0], plan, options.warm_up)
    figures = _figures(plan, began, options.warm_up, before, after)
    mixed_up = sum(_is_mixed_up(asked, questions.answers) for asked in plan)
    return {"rate": rate, **figures, "stages_ms": stages, "answers_mixed_up": mixed_up}


def _plan(drawn: Iterator[Question], rate: int, options: argparse.Namespace) -> Iterator[Asked]:
    """Questions that come as people do: independently of each other (Poisson), ``rate`` a second."""
    chance = random.Random(options.seed)
    due = chance.expovariate(rate)
    number = 0
    while due < options.warm_up + options.seconds:
        yield Asked(due=due, customer=f"c{number % options.customers}", question=next(drawn))
        number += 1
        due += chance.expovariate(rate)


async def _ask(world: World, plan: Sequence[Asked]) -> float:
    """Each at its time, whatever became of the others. Returns when it began (epoch seconds)."""
    began = time.time()
    tasks = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for asked in plan:
            wait = began + asked.due - time.time()
            if wait > 0:
                await asyncio.sleep(wait)
            url = f"{world.simulator_url}/_sim/kefu/customers/{asked.customer}/say"
            tasks.append(asyncio.create_task(_say(session, url, asked.question.text)))
        await asyncio.gather(*tasks)
    return began


async def _say(session: aiohttp.ClientSession, url: str, text: str) -> None:
    async with session.post(url, json={"text": text}) as response:
        response.raise_for_status()


async def _look(world: World, plan: Sequence[Asked], *, patience: float) -> None:
    """Reads off the customers' phones when each question was written and answered; waits for the last ones."""
    ends = time.monotonic() + patience
    while True:
        phones = {row["id"]: row for row in (await world.sim("GET", "kefu/ledger"))["customers"]}
        _read_off(plan, phones)
        if all(asked.answered is not None for asked in plan) or time.monotonic() > ends:
            return
        await asyncio.sleep(_LOOK_SECONDS)


def _read_off(plan: Sequence[Asked], phones: Mapping[str, Mapping[str, Any]]) -> None:
    """An answer is the first line heard between a question and the same customer's next one."""
    turns: dict[str, int] = {}
    for asked in plan:
        phone = phones.get(asked.customer)
        turn = turns[asked.customer] = turns.get(asked.customer, -1) + 1
        if phone is None or turn >= len(phone["sent"]):
            continue
        asked.msgid, asked.written = phone["sent"][turn]["msgid"], phone["sent"][turn]["at"]
        lines = [line["number"] for line in phone["delivered"]]
        place = bisect.bisect_right(lines, phone["sent"][turn]["number"])
        later = phone["sent"][turn + 1]["number"] if turn + 1 < len(phone["sent"]) else None
        if place < len(lines) and (later is None or lines[place] < later):
            asked.answered = phone["delivered"][place]["at"]
            asked.answer = phone["delivered"][place]["text"]


def _figures(
    plan: Sequence[Asked], began: float, warm_up: float, before: Usage, after: Usage
) -> dict[str, object]:
    """Latencies of the measured time; counts and costs of the whole run."""
    measured = [asked for asked in plan if asked.due >= warm_up]
    waits = [asked.answered - began - asked.due for asked in measured if asked.answered is not None]
    last = max((asked.answered for asked in measured if asked.answered is not None), default=began)
    return {
        "questions": len(plan),
        "answered_ms": milliseconds(waits),
        "answered_per_second": round(len(waits) / max(last - began - warm_up, 0.001), 1),
        "unanswered": sum(asked.answered is None for asked in plan),
        "written_late_ms": milliseconds(
            [asked.written - began - asked.due for asked in measured if asked.written is not None]
        ),
        "bot_cpu_ms_per_message": round((after.cpu_seconds - before.cpu_seconds) / len(plan) * 1000, 2),
        "bot_memory": dataclasses.asdict(after),
        "load_average_1min": round(os.getloadavg()[0], 2),
    }


def _stages(
    database: Path, account: str, plan: Sequence[Asked], warm_up: float
) -> dict[str, dict[str, float | None]]:
    """Where the time went, by the bot's own notes: pulled, thought about (waiting for that included), sent."""
    written = {
        f"kefu:{account}:{asked.msgid}": asked.written
        for asked in plan
        if asked.due >= warm_up and asked.written is not None
    }
    with closing(sqlite3.connect(database)) as connection:
        rows = [row for row in connection.execute(_NOTES) if row[0] in written]
    return {
        "pulled": milliseconds([received / 1000 - written[key] for key, received, _, _ in rows]),
        "thought": milliseconds([(decided - received) / 1000 for _, received, decided, _ in rows]),
        "sent": milliseconds([(sent - decided) / 1000 for _, _, decided, sent in rows if sent is not None]),
    }


def _is_mixed_up(asked: Asked, answers: frozenset[str | None]) -> bool:
    """A stored phrasing got another entry's answer. (Some are rightly answered by a handler instead.)"""
    known = asked.question.answer
    return known is not None and asked.answer != known and asked.answer in answers


if __name__ == "__main__":
    main()
