"""Peers as processes that die with the test."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE
from tests.servers import processes


@asynccontextmanager
async def peer(*command: str, cwd: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A peer that reads from us and writes to us."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=processes.die_with(os.getpid(), signal.SIGKILL),
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(process: asyncio.subprocess.Process) -> Any:
    """The peer's next line, read as JSON."""
    assert process.stdout is not None
    raw = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    assert raw, "the peer ended"
    return json.loads(raw)
