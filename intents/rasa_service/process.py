"""A child process that never outlives its parent, however that one ends."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1


@asynccontextmanager
async def running(
    command: Sequence[str], *, directory: Path, environment: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """It runs for as long as the block does; it is asked to end, then made to. What it prints goes where ours goes."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=directory,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches us alone
        preexec_fn=end_with(os.getpid()),
    )
    try:
        yield process
    finally:
        await _stop(process)


def end_with(parent: int) -> Callable[[], None] | None:
    """What a child runs before its program so that it is killed when ``parent`` is; Linux only (prctl(2))."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # the parent ended before the bond was made
            os._exit(1)

    return bind


async def _stop(process: asyncio.subprocess.Process) -> None:
    """By its group: nothing that it started stays either."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        pass
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
