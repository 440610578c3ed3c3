"""``python -m benchmarks [NAME [OPTIONS]]``: all measurements, or one; each prints one JSON object."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

NAMES = (
    "footprint",
    "faq_latency",
    "retrieval_speed",
    "retrieval_quality",
    "follow_ups",
    "intents",
    "intent_thresholds",
    "guided_turns",
    "acknowledgements",
    "callbacks",
    "pulling",
    "kefu_answers",
    "customer_events",
    "customer_recompute",
    "customer_value",
    "desk",
    "lottery",
)


def main(arguments: Sequence[str]) -> int:
    """Each runs in a process of its own, so that none measures what another left behind."""
    if not arguments:
        return max(_run(name, ()) for name in NAMES)
    name, *options = arguments
    if name not in NAMES:
        print(f"usage: python -m benchmarks [{'|'.join(NAMES)} [--help | OPTIONS]]", file=sys.stderr)
        return 2
    return _run(name, options)


def _run(name: str, options: Sequence[str]) -> int:
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
