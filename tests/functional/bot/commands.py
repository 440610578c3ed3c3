"""Runs ``python -m bot COMMAND`` as people do."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.functional.world import ROOT, World
from tests.patience import PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str


async def run_command(*arguments: str, environment: Mapping[str, str] | None = None, typed: str = "") -> Ran:
    """The command with exactly these settings in its environment, whatever the shell that runs the tests has."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=ROOT,
        env={**bare, **(environment or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(typed.encode()), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ran(code=process.returncode, out=out.decode(), err=err.decode())


async def run_bot(world: World, *arguments: str, config: Path | None = None) -> Ran:
    """A command with the world's configuration and secrets."""
    return await run_command(
        *arguments, "--config", str(config or world.config), environment=world.environment
    )
