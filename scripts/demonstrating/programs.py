"""Starts the demo's programs, each with its own log, and sees to it that none outlives the demo."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.demonstrating.problem import DemoFailed
from scripts.installing.ending import end_with

STOP_SECONDS = 10.0
LINES_SHOWN = 5
PATIENT = 10
"""The priority (nice) of work that shall not slow down the bot."""


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
    in_background: bool = False,
) -> AsyncIterator[Program]:
    """``python ARGUMENTS`` for as long as the block runs; it is asked to end, then made to.

    ``in_background``: it gives way to all others, and what it started ends with it.
    """
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
            preexec_fn=_before(os.getpid(), in_background=in_background),
        )
    finally:
        if output is not None:
            output.close()
    try:
        yield Program(name=name, process=process, log=log)
    finally:
        await _stop(process, with_children=in_background)


async def _stop(process: asyncio.subprocess.Process, *, with_children: bool) -> None:
    with suppress(ProcessLookupError):
        if with_children:
            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _before(parent: int, *, in_background: bool) -> Callable[[], None]:
    """What a child runs before its program."""
    bind = end_with(parent)

    def prepare() -> None:
        if bind is not None:
            bind()
        if in_background:
            os.nice(PATIENT)

    return prepare


def _how(returncode: int | None) -> str:
    if returncode is None:
        return ""
    if returncode >= 0:
        return f" (exit code {returncode})"
    return f" ({signal.Signals(-returncode).name})"
