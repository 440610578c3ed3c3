"""``python -m intents.rasa_service serve`` looks after Rasa. A stand-in plays it: a real one takes 20 s to start."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.functional.world import ROOT
from tests.patience import PATIENCE
from tests.servers import fake_rasa, processes
from tests.servers.ports import choose_free_port

SECRETS = {"XIAOER_RASA__TOKEN": "a-token-of-tests", "XIAOER_RASA__ACTION_SECRET": "a-secret-of-tests"}
MODEL = "0123456789abcdef.tar.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """One ``serve`` under test; ``folder`` is also where the stand-in is told what to do."""

    process: asyncio.subprocess.Process
    folder: Path

    @property
    def printed(self) -> str:
        return (self.folder / "printed").read_text()

    def starts(self) -> list[dict[str, Any]]:
        """What the stand-in noted at each start, the latest last."""
        file = self.folder / "starts"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    async def prints(self, text: str, times: int = 1) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.printed.count(text) < times:
                assert self.process.returncode is None, self.printed
                await asyncio.sleep(0.05)

    async def ends(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


def arguments(folder: Path) -> list[str]:
    """For the stand-in, with a model that is there."""
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake_rasa.__file__}" "$@"\n')
    python.chmod(0o700)
    (folder / MODEL).touch()
    return [
        *("--port", str(choose_free_port()), "--folder", str(folder / "rasa")),
        *("--actions-url", "http://127.0.0.1:1/rasa/actions", "--database", str(folder / "trackers.db")),
        *("--model", str(folder / MODEL), "--python", str(python)),
    ]


@asynccontextmanager
async def serving(folder: Path, *more: str, secrets: dict[str, str] | None = None) -> AsyncIterator[Serving]:
    shell = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER_")}
    given = SECRETS if secrets is None else secrets
    with (folder / "printed").open("wb") as printed:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "intents.rasa_service", "serve", *arguments(folder), *more),
            cwd=ROOT,
            env={**shell, **given, fake_rasa.VARIABLE: str(folder), "XIAOER_WECOM__SECRET": "the bot's"},
            stdout=printed,
            stderr=printed,
            preexec_fn=processes.die_with(os.getpid(), signal.SIGKILL),
        )
    try:
        yield Serving(process=process, folder=folder)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def is_gone(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return True
    _, alive = await asyncio.to_thread(psutil.wait_procs, [process], timeout=20)
    return not alive


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
async def test_it_is_ready_when_rasa_has_read_a_message_and_leaves_no_orphan(
    tmp_path: Path, asked: signal.Signals
) -> None:
    async with serving(tmp_path) as service:
        await service.prints("ready: http://127.0.0.1:")
        assert (tmp_path / "read").read_text()
        (start,) = service.starts()
        assert "127.0.0.1" in start["arguments"]
        assert str(tmp_path / MODEL) in start["arguments"]
        assert not any(secret in " ".join(start["arguments"]) for secret in SECRETS.values())
        variables = start["variables"]
        assert variables["RASA_TELEMETRY_ENABLED"] == "false"
        assert variables["PYTHONPATH"] == str(ROOT)
        assert variables["XIAOER_RASA__ACTION_SECRET"] == SECRETS["XIAOER_RASA__ACTION_SECRET"]
        assert "XIAOER_WECOM__SECRET" not in variables
        assert stat.S_IMODE((tmp_path / "rasa" / "endpoints.yml").stat().st_mode) == 0o600
        service.process.send_signal(asked)
        assert await service.ends() == 0
        assert await is_gone(start["pid"])


async def test_rasa_is_started_again_when_it_dies(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await service.prints("ready: ")
        os.kill(service.starts()[0]["pid"], signal.SIGKILL)
        await service.prints("ready: ", times=2)
        first, second = service.starts()
        assert first["pid"] != second["pid"]
        assert "Rasa ended (SIGKILL); starting it again" in service.printed


async def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await service.prints("ready: ")
        service.process.kill()
        await service.ends()
        assert await is_gone(service.starts()[0]["pid"])


async def test_a_rasa_with_another_model_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("older.tar.gz")
    async with serving(tmp_path) as service:
        assert await service.ends() == 1
        assert f"Rasa has loaded older.tar.gz, not {MODEL}" in service.printed
        assert "ready" not in service.printed
        assert await is_gone(service.starts()[0]["pid"])


async def test_a_model_that_is_not_there_is_said_before_rasa_starts(tmp_path: Path) -> None:
    async with serving(tmp_path, "--model", str(tmp_path / "missing.tar.gz")) as service:
        assert await service.ends() == 2
        assert "There is no model" in service.printed
        assert service.starts() == []


async def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    secrets = {"XIAOER_RASA__TOKEN": "a-token-of-tests"}
    async with serving(tmp_path, secrets=secrets) as service:
        assert await service.ends() == 2
        assert "XIAOER_RASA__ACTION_SECRET is missing" in service.printed


async def test_old_trackers_are_forgotten_while_it_serves(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "trackers.db") as database:
        database.execute("create table events (sender_id text, timestamp real)")
        database.execute("insert into events values ('old#1', 1.0), ('new#1', 9e9)")
    async with serving(tmp_path) as service:
        await service.prints("forgot 1 trackers that were silent for 30 days")
    with sqlite3.connect(tmp_path / "trackers.db") as database:
        assert database.execute("select sender_id from events").fetchall() == [("new#1",)]
    database.close()
