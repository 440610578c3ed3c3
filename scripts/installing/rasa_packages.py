"""Rasa's own environment .venv-rasa, exactly as its lock says: ``python -m scripts.installing.rasa_packages``.

Rasa asks for an older Python and older libraries than the product's (requirements/rasa-overrides.txt), so pip is told
to install what the lock lists and nothing else. ``make setup`` does this; alone it serves whoever sets up in the
background. Two at once take turns. Standard library only.
"""

import fcntl
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scripts.installing.checks import check_disk, check_python, check_system
from scripts.installing.layout import RASA_ENVIRONMENT, RASA_PYTHON, RASA_STAMPS, REQUIREMENTS, VAR
from scripts.installing.problem import SetupProblem
from scripts.installing.progress import run, say
from scripts.installing.python_packages import NETWORK_CURE
from scripts.installing.stamps import fingerprint, forget, is_fresh, remember

PIP = (RASA_PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input")
FROM_LOCK = ("install", "--no-deps", "--require-hashes", "--no-build-isolation", "--ignore-requires-python")
STEP = "rasa"


def install() -> None:
    """Make the environment and install what the lock says, unless that is done already."""
    with _alone():
        wanted = fingerprint(
            [REQUIREMENTS / "build.txt", REQUIREMENTS / "rasa.txt"], platform.python_version()
        )
        if is_fresh(STEP, wanted, RASA_STAMPS) and _is_usable():
            return
        check_disk()
        forget(STEP, RASA_STAMPS)
        _install()
        remember(STEP, wanted, RASA_STAMPS)


def _install() -> None:
    run(
        "Making .venv-rasa",
        [sys.executable, "-m", "venv", "--clear", RASA_ENVIRONMENT],
        cure="Debian: apt install python3.11-venv.",
    )
    run(
        "Installing pip and setuptools for Rasa",
        [*PIP, "install", "--no-deps", "--require-hashes", "-r", REQUIREMENTS / "build.txt"],
        cure=NETWORK_CURE,
    )
    run(
        "Installing Rasa (about 2.5 GB unpacked)",
        [*PIP, *FROM_LOCK, "-r", REQUIREMENTS / "rasa.txt"],
        cure=NETWORK_CURE,
    )
    run(
        "Checking that Rasa starts",
        [RASA_PYTHON, "-m", "rasa", "--version"],
        cure="Remove .venv-rasa and run the same command again.",
        environment={"RASA_TELEMETRY_ENABLED": "false"},
    )


def _is_usable() -> bool:
    """Whether .venv-rasa exists, works and is of the Python that set-up runs on."""
    if not RASA_PYTHON.exists():
        return False
    asked = subprocess.run(
        [RASA_PYTHON, "-c", "import pip, platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() == platform.python_version()


@contextmanager
def _alone() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "rasa-setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Rasa is being installed by another process; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    try:
        check_system()
        check_python()
        install()
    except SetupProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
