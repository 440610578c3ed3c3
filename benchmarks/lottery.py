"""Verifying a published draw: the command, the second implementation, and what each takes of it."""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import arguments
from benchmarks.processes import machine
from community.lottery.announcement import Announcement, Prize
from community.lottery.publication import publish
from community.lottery.verifying import verify

SEED = hashlib.sha256(b"benchmark").digest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--prizes", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    file = _published(options.tickets, options.prizes)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "draw.json"
        path.write_bytes(file)
        return {
            "benchmark": "lottery",
            "machine": machine(),
            "tickets": options.tickets,
            "prizes": options.prizes,
            "file_bytes": len(file),
            "verify_seconds": [_in_process(file) for _ in range(options.repeat)],
            "command_seconds": _commands(options.repeat, "-m", "bot", "lottery", "verify", str(path)),
            "second_implementation_seconds": _commands(
                options.repeat, str(Path("scripts", "verify_lottery.py")), str(path)
            ),
        }


def _published(tickets: int, prizes: int) -> bytes:
    announcement = Announcement(
        lottery="benchmark",
        title="Benchmark",
        rules="One ticket each.",
        contact="nobody",
        prizes=(Prize(id="prize", name="Prize", number=prizes, value_fen=100),),
        opens_at="2026-11-01T00:00:00+08:00",
        closes_at="2026-11-02T00:00:00+08:00",
        draws_at="2026-11-02T00:00:00+08:00",
        claim_until="2026-11-03T00:00:00+08:00",
        seed_hash=hashlib.sha256(SEED).hexdigest(),
    )
    return publish(announcement, [f"T-{number:07d}" for number in range(tickets)], SEED).to_bytes()


def _in_process(file: bytes) -> float:
    began = time.perf_counter()
    verdict = verify(file)
    seconds = time.perf_counter() - began
    if not verdict.is_right:
        raise SystemExit(f"the draw is wrong: {verdict.problems}")
    return seconds


def _commands(repeat: int, *command: str) -> list[float]:
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    main()
