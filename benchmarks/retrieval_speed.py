"""How fast the knowledge base decides by its size, and what that takes: ``python -m benchmarks retrieval_speed``.

For each size: build an index of that many entries (vectors are made as ``retrieval_material`` says, everything else is
as in a shop), open it, decide about one question at a time on one thread, compare what was found with a search of
everything, and decide for many callers at once through ``KnowledgeBase``. Each step is a process of its own, so that
memory is its own too. Questions are embedded by the default embedder. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import arguments
from benchmarks.processes import machine
from benchmarks.retrieval_steps import STEPS, Step

SIZES = "2000,20000,1000000"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=arguments.numbers, default=SIZES, help="entries, e.g. 2000,20000")
    parser.add_argument("--questions", type=int, default=500, help="decided about one at a time")
    parser.add_argument(
        "--compared", type=int, default=100, help="of them, compared with a search of everything"
    )
    parser.add_argument("--callers", type=int, default=64, help="at once, for the throughput")
    parser.add_argument("--texts", type=int, default=2000, help="asked by all callers together; none twice")
    parser.add_argument("--threads", type=int, default=1, help="of the embedding model, for the throughput")
    parser.add_argument("--folder", type=Path, help="keep the indexes here, and use those that are there")
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    print(json.dumps(_one(options) if options.step else _all(options), ensure_ascii=False, indent=1))


def _one(options: argparse.Namespace) -> Mapping[str, object]:
    (size,) = options.sizes
    step = Step(
        folder=options.folder,
        entries=size,
        questions=options.questions,
        compared=options.compared,
        callers=options.callers,
        texts=options.texts,
        threads=options.threads,
    )
    return STEPS[options.step](step)


def _all(options: argparse.Namespace) -> Mapping[str, object]:
    with tempfile.TemporaryDirectory(prefix="xiaoer-retrieval-") as temporary:
        folder = options.folder or Path(temporary)
        sizes = [_measure(size, folder / str(size), options) for size in options.sizes]
    return {"benchmark": "retrieval_speed", "machine": machine(), "sizes": sizes, "machine_after": machine()}


def _measure(size: int, folder: Path, options: argparse.Namespace) -> Mapping[str, object]:
    figures: dict[str, object] = {"entries": size}
    for step in STEPS:
        arguments.progress(f"{size} entries: {step}")
        figures[step] = _in_a_process(step, size, folder, options)
    return figures


def _in_a_process(step: str, size: int, folder: Path, options: argparse.Namespace) -> Any:
    command = [sys.executable, "-m", "benchmarks.retrieval_speed", "--step", step]
    command += ["--sizes", str(size), "--folder", str(folder)]
    for name in ("questions", "compared", "callers", "texts", "threads"):
        command += [f"--{name}", str(getattr(options, name))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
