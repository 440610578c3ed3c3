"""Command-line arguments that the benchmarks share, and their common end: one JSON object."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from benchmarks.shop import build_knowledge_base, new_folder


def parser(description: str | None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=description)
    made.add_argument(
        "--knowledge-base",
        type=lambda text: Path(text).absolute(),
        help="a built one of the example shop; default: it is built now",
    )
    return made


def numbers(text: str) -> list[int]:
    """``50,100`` as a list; an empty text is an empty one."""
    return [int(part) for part in text.split(",") if part]


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def progress(line: str) -> None:
    """For people who wait; standard output holds the result alone."""
    print(line, file=sys.stderr, flush=True)


def report(measure: Callable[[], Coroutine[None, None, dict[str, object]]]) -> None:
    """Runs the measurement and prints its JSON object. The generator does not stop to collect garbage."""
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure()), ensure_ascii=False, indent=1))


@asynccontextmanager
async def knowledge_base(given: Path | None) -> AsyncIterator[Path]:
    if given is not None:
        yield given
        return
    with new_folder() as folder:
        yield await build_knowledge_base(folder)
