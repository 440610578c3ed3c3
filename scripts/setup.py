"""`make setup`: everything that running and testing need, from nothing; moments when nothing has changed.

`--for running` leaves out what only tests need, and Rasa, without which the bot runs too: whoever wants it there says
`python -m scripts.installing.rasa_packages`. `--for demo` also leaves what the demo trains once it is open. Standard
library only.
"""

import argparse
import fcntl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scripts.installing import node_packages, python_packages, rasa_packages, test_programs
from scripts.installing.checks import check_python, check_system
from scripts.installing.layout import PYTHON, VAR
from scripts.installing.problem import SetupProblem
from scripts.installing.progress import run, say


def main() -> int:
    parser = argparse.ArgumentParser(prog="make setup", description=__doc__)
    parser.add_argument(
        "--for", dest="purpose", choices=("everything", "running", "demo"), default="everything"
    )
    purpose: str = parser.parse_args().purpose
    started = time.monotonic()
    try:
        check_system()
        check_python()
        with _alone():
            _install(purpose)
    except SetupProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    say(f"Set up in {time.monotonic() - started:.1f} s.")
    return 0


def _install(purpose: str) -> None:
    python_packages.install(with_tests=purpose == "everything")
    node_packages.install()
    if purpose == "everything":
        test_programs.install()
    run(
        "Making sure of the default embedder",
        [PYTHON, "-m", "knowledge_base.embedder.make"],
        cure="Remove .models and run `make setup` again.",
    )
    if purpose != "demo":
        run(
            "Training the fallback classifier, where its data changed",
            [PYTHON, "-m", "intents.fallback_training"],
            cure="`python -m intents.fallback_training` says it again.",
        )
    if purpose == "everything":
        rasa_packages.install()
        run(
            "Training Rasa, where its data changed",
            [PYTHON, "-m", "intents.rasa_service", "train"],
            cure="`python -m intents.rasa_service train` says it again.",
        )


@contextmanager
def _alone() -> Iterator[None]:
    """Two set-ups of one checkout take turns."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this checkout is running; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    raise SystemExit(main())
