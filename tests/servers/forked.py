"""Runs ``python -m bot …`` many times a minute: processes of their own, forked from one that has read the program.

Reading it takes seconds of a processor each time. All else is as when it is started from a shell, signals included.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from bot.__main__ import COMMANDS, main
from tests.servers.processes import die_with

ROOT = Path(__file__).parent.parent.parent
_LOOK_SECONDS = 0.02


class Program:
    """One that runs, or ran."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; the negative number of the signal that ended it."""
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    def join(self, seconds: float) -> int | None:
        """As ``wait`` for who can do nothing else meanwhile; None: it still runs."""
        self._process.join(seconds)
        return self.returncode

    async def wait(self) -> int:
        while (code := self.returncode) is None:  # noqa: ASYNC110 - the end of a process can only be looked for
            await asyncio.sleep(_LOOK_SECONDS)
        return code


def start_bot(
    *arguments: str, environment: Mapping[str, str], out: Path, err: Path, typed: Path | None = None
) -> Program:
    """``typed``: the file that is its standard input. ``out`` and ``err`` are written on from their ends."""
    process = _server().Process(
        target=_run,
        args=(arguments, dict(environment), str(typed or os.devnull), str(out), str(err)),
        daemon=False,
    )
    process.start()
    return Program(process)


def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    commands = [module for module, _ in COMMANDS.values()]
    context.set_forkserver_preload(["bot.__main__", *commands, "onnxruntime", "faiss", "jieba"])
    return context


def _run(arguments: tuple[str, ...], environment: dict[str, str], typed: str, out: str, err: str) -> None:
    if bind := die_with(os.getppid(), signal.SIGKILL):
        bind()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    _becomes(typed, 0, os.O_RDONLY)
    _becomes(out, 1, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    _becomes(err, 2, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the process lives
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["bot", *arguments]
    main()


def _becomes(path: str, number: int, flags: int) -> None:
    opened = os.open(path, flags, 0o644)
    os.dup2(opened, number)
    os.close(opened)
