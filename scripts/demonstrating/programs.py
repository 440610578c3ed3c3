"""Starts the demo's programs, each with its own log, and sees to it that none outlives the demo."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.demonstrating.problem import DemoFailed

STOP_SECONDS = 10.0
LINES_SHOWN = 5
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A Python program that runs; what it prints goes to ``log``, or to the terminal when that is None."""

    name: str
    process: asyncio.subprocess.Process
    log: Path | None

    @property
    def ended(self) -> bool:
        return self.process.returncode is not None

    def failed(self, what: str) -> DemoFailed:
        """The error to raise about it: how it ended, where its log is, and the log's last lines."""
        lines = [f"{self.name} {what}{_how(self.process.returncode)}"]
        if self.log is not None:
            lines[0] += f"; see {self.log}"
            lines += self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_SHOWN:]
        return DemoFailed("\n    ".join(lines))


@asynccontextmanager
async def running(
    name: str,
    arguments: Sequence[str],
    *,
    directory: Path,
    log: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Program]:
    """``python ARGUMENTS`` for as long as the block runs; it is asked to end, then made to."""
    output = None if log is None else log.open("wb")
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=directory,
            env={**os.environ, **(environment or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches the demo alone, which stops the others in order
            preexec_fn=_end_with(os.getpid()),
        )
    finally:
        if output is not None:
            output.close()
    try:
        yield Program(name=name, process=process, log=log)
    finally:
        await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _how(returncode: int | None) -> str:
    if returncode is None:
        return ""
    if returncode >= 0:
        return f" (exit code {returncode})"
    return f" ({signal.Signals(-returncode).name})"


def _end_with(parent: int) -> Callable[[], None] | None:
    """What a child runs before its program so that it ends even when the demo is killed; Linux only (prctl(2))."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:  # the demo died before the bond was made
            os._exit(1)

    return bind
