"""``dead list`` and ``dead replay``."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load_settings
from bot.dead import DeadEntry, dead_list, replay
from storage.database import Database
from storage.migrate import migrate

dead_app = typer.Typer(no_args_is_help=True, help="What could not be processed, delivered or carried out.")

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file; default: config.yml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@dead_app.command("list")
def list_dead(config: Config = None, as_json: AsJson = False) -> None:
    """List the entries, oldest first."""
    entries = asyncio.run(_list(config))
    if as_json:
        print(json.dumps({"dead": [_as_json(entry) for entry in entries]}, ensure_ascii=False))
        return
    for entry in entries:
        since = entry.since.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        print(f"{entry.id}\t{since}\t{entry.conversation_id}\t{entry.reason}\t{entry.content}")
    print(f"{len(entries)} entries", file=sys.stderr)


@dead_app.command("replay")
def replay_dead(
    ids: Annotated[list[str], typer.Argument(help="in-N, out-N or errand-N, as `dead list` shows them.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Give entries another chance. Exit code 1 when one of them is not on the list."""
    try:
        done = asyncio.run(_replay(config, ids))
    except ValueError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error
    if as_json:
        print(json.dumps({"replayed": done}, ensure_ascii=False))
    else:
        for name, replayed in done.items():
            print(f"{name}\t{'will be tried again' if replayed else 'is not on the dead list'}")
    raise typer.Exit(0 if all(done.values()) else 1)


async def _list(config: Path | None) -> list[DeadEntry]:
    async with _database(config) as database:
        return await dead_list(database)


async def _replay(config: Path | None, ids: list[str]) -> dict[str, bool]:
    async with _database(config) as database:
        return await replay(database, ids)


@asynccontextmanager
async def _database(config: Path | None) -> AsyncIterator[Database]:
    database = Database(load_settings(config).database)
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


def _as_json(entry: DeadEntry) -> dict[str, object]:
    return {**asdict(entry), "since": entry.since.isoformat()}
