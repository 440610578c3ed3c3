"""Rasa beside the demo, with stand-ins for installing, training and serving: what is told, and what stays running."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from scripts.demonstrating import rasa as beside
from scripts.demonstrating.rasa import AWAY, PREPARING, READY, STARTING, TRAINING, RasaBeside, rasa_beside
from tests.functional.world import ROOT
from tests.patience import PATIENCE

WAIT_FOR_EVER = "import time\nwhile True: time.sleep(60)"
WITH_A_CHILD = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {WAIT_FOR_EVER!r}])"


class Console:
    """What the person at the terminal reads."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._grown = asyncio.Event()

    def say(self, line: str) -> None:
        self.lines.append(line)
        self._grown.set()

    async def reads(self, start: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                for line in self.lines:
                    if line.startswith(start):
                        return line
                self._grown.clear()
                await self._grown.wait()


async def always() -> bool:
    return True


async def never() -> bool:
    return False


def stand_ins(folder: Path, *, install: str = "", train: str = "", serve: str = WAIT_FOR_EVER) -> RasaBeside:
    return RasaBeside(
        directory=ROOT,
        logs=folder,
        arguments=("--port", "1"),
        environment={"XIAOER_RASA__TOKEN": "a-token-of-tests"},
        install=("-c", install),
        train=("-c", train),
        serve=("-c", serve),
        stand_in=("-c", ""),
    )


def is_there(monkeypatch: pytest.MonkeyPatch, *, installed: bool, trained: bool) -> None:
    monkeypatch.setattr(beside, "is_installed", lambda: installed)
    monkeypatch.setattr(beside, "model_path", lambda: Path("model.tar.gz") if trained else None)


@pytest.fixture
def others() -> set[int]:
    """What runs before the test, such as servers that other tests share."""
    return {process.pid for process in psutil.Process().children(recursive=True)}


def started(others: set[int]) -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [process for process in children if process.pid not in others]


async def are_gone(programs: list[psutil.Process]) -> bool:
    _, alive = await asyncio.to_thread(psutil.wait_procs, programs, timeout=20)
    return not alive


async def test_the_first_time_it_is_installed_trained_and_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: set[int]
) -> None:
    is_there(monkeypatch, installed=False, trained=False)
    console = Console()
    shows = "import os, sys\nprint(os.environ['XIAOER_RASA__TOKEN'], sys.argv[1:], flush=True)\n"
    rasa = stand_ins(
        tmp_path, install="print('installed')", train="print('trained')", serve=shows + WAIT_FOR_EVER
    )
    async with rasa_beside(rasa, ready=always, say=console.say):
        await console.reads(READY)
        programs = started(others)
        assert programs
    assert console.lines == [PREPARING, TRAINING, READY]
    assert "installed" in (tmp_path / "rasa-install.log").read_text()
    assert "trained" in (tmp_path / "rasa-train.log").read_text()
    assert await are_gone(programs)


async def test_later_it_is_only_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_there(monkeypatch, installed=True, trained=True)
    console = Console()
    rasa = stand_ins(tmp_path, train="raise SystemExit('not again')")
    async with rasa_beside(rasa, ready=always, say=console.say):
        await console.reads(READY)
    assert console.lines == [STARTING, READY]


@pytest.mark.parametrize("step", ["install", "train", "serve"])
async def test_a_step_that_fails_is_told_with_its_log_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    is_there(monkeypatch, installed=False, trained=False)
    console = Console()
    steps = {step: "raise SystemExit('no space left')"}
    async with rasa_beside(stand_ins(tmp_path, **steps), ready=never, say=console.say):
        told = await console.reads(AWAY)
        assert "no space left" in told
        assert str(tmp_path / f"rasa{'' if step == 'serve' else '-' + step}.log") in told
    assert READY not in console.lines


def runs(process: psutil.Process, code: str) -> bool:
    """Whether it is a Python that runs this; one that has just ended is not."""
    try:
        return code in process.cmdline()
    except psutil.Error:
        return False


async def test_a_rasa_that_stops_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: set[int]
) -> None:
    is_there(monkeypatch, installed=True, trained=True)
    console = Console()
    async with rasa_beside(stand_ins(tmp_path), ready=always, say=console.say):
        await console.reads(READY)
        (program,) = [each for each in started(others) if runs(each, WAIT_FOR_EVER)]
        program.kill()
        assert "stopped by itself (SIGKILL)" in await console.reads(AWAY)


async def test_leaving_while_it_is_installed_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: set[int]
) -> None:
    is_there(monkeypatch, installed=False, trained=False)
    console = Console()
    async with rasa_beside(stand_ins(tmp_path, install=WITH_A_CHILD), ready=never, say=console.say):
        async with asyncio.timeout(PATIENCE):
            while len(programs := started(others)) < 2:  # noqa: ASYNC110 - processes tell nobody
                await asyncio.sleep(0.05)
        assert all(program.nice() > 0 for program in programs)
    assert await are_gone(programs)
