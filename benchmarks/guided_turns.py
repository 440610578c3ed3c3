"""How long a message of a guided conversation waits for Rasa: read, led on, and our actions run for it.

A real Rasa with the model of the data as they are, trackers in SQLite, the action server in this process with a mall in
memory. Every form is played from its first message to its last, again and again. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks import arguments
from benchmarks.figures import milliseconds
from benchmarks.processes import machine, usage
from benchmarks.shop import new_folder
from conversations.guidance import Told, merged
from handlers.guided.conversing import tracker_id
from tests.functional.intents.dialogue import Dialogue, dialogue_with
from tests.servers.rasa import RasaServer
from tests.unit.handlers.guided.shop import WANG

ADDRESS = "浙江省杭州市西湖区文三路 1 号 2 幢 301 室"
SCRIPTS: Mapping[str, Sequence[str]] = {
    "return_goods": ("我要退货", "抽纸", "不喜欢", "确认提交"),
    "exchange_goods": ("我要换货", "大米", "换一袋新的", "确认"),
    "change_address": ("改下地址", ADDRESS, "不变", "对"),
    "cancel_order": ("取消订单", "可以"),
    "invoice": ("开发票", "HY20261101001", "个人", "王小林", "fp@example.com", "没问题"),
    "redeem_points": ("积分兑换", "抽纸一提", "好的"),
    "complaint": ("我要投诉", "送货员态度很差", "跳过", "道歉并改进", "确认"),
    "missing_or_broken": ("东西少了", "HY20261101001", "抽纸", "少了一包", "补发", "确认提交"),
}
"""What is said in each, by intent."""


@dataclass(slots=True, kw_only=True)
class Waits:
    """Seconds. ``begins`` and ``goes_on``: what leading takes; ``turns``: reading and leading together."""

    reading: list[float] = field(default_factory=list)
    begins: list[float] = field(default_factory=list)
    goes_on: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    not_ended: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument(
        "--at-once", type=arguments.numbers, default=[1, 8], help="customers who write at the same time"
    )
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    with new_folder() as folder:
        rasa = RasaServer(folder)
        try:
            await asyncio.to_thread(rasa.start)
            runs = [await _run(rasa, options.conversations, each) for each in options.at_once]
            used = usage([rasa.pid])
        finally:
            rasa.stop()
    return {
        "benchmark": "guided_turns",
        "machine": machine(),
        "conversations": options.conversations,
        "runs": runs,
        "rasa_peak_mb": used.peak_mb,
    }


async def _run(rasa: RasaServer, conversations: int, at_once: int) -> dict[str, object]:
    arguments.progress(f"{conversations} conversations, {at_once} at once")
    waits = Waits()
    numbers = iter(range(conversations))
    before = usage([rasa.pid]).cpu_seconds
    async with dialogue_with(rasa) as dialogue, asyncio.TaskGroup() as customers:
        for _ in range(at_once):
            customers.create_task(_customer(dialogue, numbers, f"{at_once}", waits))
    return {
        "at_once": at_once,
        "messages": len(waits.turns),
        "turn_ms": milliseconds(waits.turns),
        "parse_ms": milliseconds(waits.reading),
        "begin_ms": milliseconds(waits.begins),
        "go_on_ms": milliseconds(waits.goes_on),
        # What is left when other programs share the processor.
        "rasa_cpu_ms_per_turn": round((usage([rasa.pid]).cpu_seconds - before) / len(waits.turns) * 1000, 1),
        "not_ended": waits.not_ended,
    }


async def _customer(dialogue: Dialogue, numbers: Iterator[int], run: str, waits: Waits) -> None:
    """Has one conversation after the other."""
    scripts = tuple(SCRIPTS.items())
    for number in numbers:
        intent, lines = scripts[number % len(scripts)]
        await _conversation(dialogue, intent, lines, f"{run}-{number}", waits)


async def _conversation(
    dialogue: Dialogue, intent: str, lines: Sequence[str], name: str, waits: Waits
) -> None:
    """Each message is read first, as the bot does, and then told."""
    tracker = tracker_id(WANG.conversation_id, name, intent)
    ended = False
    for place, text in enumerate(lines):
        told = Told(who=WANG.conversation_id, key=f"{name}-{place}")
        started = time.perf_counter()
        await dialogue.client.parse(text)
        read = time.perf_counter()
        if place == 0:
            pieces = await dialogue.client.begin(tracker, intent, text, told=told)
        else:
            pieces = await dialogue.client.tell(tracker, text, told=told)
        led = time.perf_counter()
        waits.reading.append(read - started)
        (waits.goes_on if place else waits.begins).append(led - read)
        waits.turns.append(led - started)
        ended = merged(pieces).ending is not None
    waits.not_ended += not ended


if __name__ == "__main__":
    main()
