"""What the whole bot takes: memory with its embedded Redis, and the time until it is ready, cold and warm.

Cold: an empty database, and the files of the code, the model and the index dropped from the page cache as far as no
other process holds them. Warm: the same folder once more.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import arguments
from benchmarks.connections import Connections
from benchmarks.load import Load, prepare
from benchmarks.platform_api import platform_api
from benchmarks.processes import machine
from benchmarks.questions import Questions
from benchmarks.shop import ROOT, Shop, new_folder

_CODE = (
    "bot",
    "channels",
    "conversations",
    "handlers",
    "intents",
    "knowledge_base",
    "mall",
    "storage",
    ".models",
)


def main() -> None:
    parser = arguments.parser(__doc__)
    parser.add_argument("--starts", type=int, default=3, help="warm starts")
    parser.add_argument("--questions", type=int, default=1000, help="asked before memory is read again")
    parser.add_argument("--rate", type=int, default=50, help="of the questions, in messages/s")
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    async with arguments.knowledge_base(options.knowledge_base) as knowledge_base:
        load = Load()
        with new_folder() as folder:
            async with platform_api(load.heard) as api_base:
                shop = Shop(folder=folder, knowledge_base=knowledge_base, api_base=api_base)
                _forget_files(knowledge_base)
                cold = await _start_once(shop)
                warm = [await _start_once(shop) for _ in range(options.starts)]
                load.shots = prepare(
                    Questions(knowledge_base, seed=1).distinct(),
                    shop.account.envelope,
                    rate=options.rate,
                    seconds=options.questions / options.rate,
                    seed=1,
                )
                async with shop.running(), Connections(shop.port) as connections:
                    idle = shop.usage()
                    await load.run(connections, patience=30)
                    busy = shop.usage()
    return {
        "benchmark": "footprint",
        "machine": machine(),
        "ready_seconds": {"cold": round(cold, 2), "warm": [round(each, 2) for each in warm]},
        "memory_when_ready": dataclasses.asdict(idle),
        "memory_after_questions": {"questions": len(load.shots), **dataclasses.asdict(busy)},
    }


async def _start_once(shop: Shop) -> float:
    try:
        return await shop.start()
    finally:
        await shop.stop()


def _forget_files(knowledge_base: Path) -> None:
    """Advice to the kernel, for these files alone: nothing else on the machine becomes slower."""
    for path in _files((*(ROOT / name for name in _CODE), Path(sys.prefix) / "lib", knowledge_base)):
        with contextlib.suppress(OSError):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        for root, _, names in os.walk(folder, followlinks=True):
            yield from (Path(root) / name for name in names)


if __name__ == "__main__":
    main()
