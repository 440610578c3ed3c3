"""Runs a long command and keeps the person at the terminal informed, without drowning them."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.installing.ending import end_with
from scripts.installing.layout import LOG, ROOT
from scripts.installing.problem import SetupProblem

REDRAW_SECONDS = 0.5
SILENCE_SECONDS = 3.0
HEARTBEAT_SECONDS = 15.0
LINES_SHOWN_ON_FAILURE = 25


def say(text: str) -> None:
    """One line for the person at the terminal."""
    print(text, flush=True)


class _Status:
    """What the command is doing right now: redrawn on a terminal, an occasional line elsewhere."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._started = time.monotonic()
        self._last_line = ""
        self._finished = threading.Event()
        self._on_terminal = sys.stdout.isatty()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        self._thread.start()

    def heard(self, line: str) -> None:
        self._last_line = line

    def close(self) -> float:
        self._finished.set()
        self._thread.join()
        elapsed = time.monotonic() - self._started
        if self._on_terminal:
            print("\r\x1b[K", end="")
        say(f"  {self._title}: {elapsed:.0f} s")
        return elapsed

    def _tell(self) -> None:
        pause = REDRAW_SECONDS if self._on_terminal else SILENCE_SECONDS
        while not self._finished.wait(pause):
            pause = REDRAW_SECONDS if self._on_terminal else HEARTBEAT_SECONDS
            text = f"  {self._title} … {time.monotonic() - self._started:.0f} s  {self._last_line}"
            if self._on_terminal:
                width = shutil.get_terminal_size().columns - 1
                print(f"\r\x1b[K{text[:width]}", end="", flush=True)
            else:
                say(text[:140])


def run(
    title: str,
    command: Sequence[str | Path],
    *,
    cure: str,
    environment: Mapping[str, str] | None = None,
    directory: Path = ROOT,
) -> None:
    """Run the command; what it prints goes to the log. SetupProblem carries its last lines and the cure."""
    LOG.parent.mkdir(exist_ok=True)
    last: deque[str] = deque(maxlen=LINES_SHOWN_ON_FAILURE)
    status = _Status(title)
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            [str(part) for part in command],
            cwd=directory,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 - calls nothing that takes a lock
        ) as process,
    ):
        log.write(f"\n== {title}\n")
        for line in process.stdout or ():
            log.write(line)
            if line.strip() and not line.startswith("WARNING: Location "):
                last.append(line.rstrip())
                status.heard(line.strip())
    status.close()
    if process.returncode != 0:
        raise SetupProblem("\n".join([*last, "", f"{title} failed. {cure} Everything it said: {LOG}"]))
