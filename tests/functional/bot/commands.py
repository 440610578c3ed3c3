"""Runs ``python -m bot COMMAND`` as people do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.functional.world import World
from tests.patience import PATIENCE
from tests.servers.forked import start_bot


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str


async def run_command(*arguments: str, environment: Mapping[str, str] | None = None, typed: str = "") -> Ran:
    """The command with exactly these settings in its environment, whatever the shell that runs the tests has."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER_")}
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "typed").write_text(typed, encoding="utf-8")
        program = start_bot(
            *arguments,
            environment={**bare, **(environment or {})},
            typed=place / "typed",
            out=place / "out",
            err=place / "err",
        )
        try:
            code = await asyncio.wait_for(program.wait(), PATIENCE)
        finally:
            program.kill()
            await program.wait()
        return Ran(code=code, out=(place / "out").read_text(), err=(place / "err").read_text())


async def run_bot(world: World, *arguments: str, config: Path | None = None) -> Ran:
    """A command with the world's configuration and secrets."""
    return await run_command(
        *arguments, "--config", str(config or world.config), environment=world.environment
    )
