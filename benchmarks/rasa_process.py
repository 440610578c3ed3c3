"""A Rasa of one's own to measure: one process on a free port, with one model."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.intent_figures import Said, Sentence
from benchmarks.processes import Usage, usage
from intents.rasa_service import environment
from tests.servers.ports import choose_free_port
from tests.servers.processes import die_with

START_SECONDS = 180
LAST_CHARACTERS = 2000
WARM_UP = ("你好", "我的快递到哪了")
FALLBACK = "nlu_fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class RasaProcess:
    session: aiohttp.ClientSession
    base: str
    pid: int

    async def parse_all(self, sentences: Sequence[Sentence]) -> list[Said]:
        """One after the other, as the bot asks."""
        return [await self._parse(sentence.text) for sentence in sentences]

    async def _parse(self, text: str) -> Said:
        started = time.perf_counter()
        async with self.session.post(f"{self.base}/model/parse", json={"text": text}) as response:
            response.raise_for_status()
            answer: dict[str, Any] = await response.json()
        seconds = time.perf_counter() - started
        ranked = [one["name"] for one in answer["intent_ranking"] if one["name"] != FALLBACK]
        return Said(
            best=ranked[0] if ranked else None,
            fell_back=answer["intent"]["name"] in {FALLBACK, None},
            seconds=seconds,
        )

    def usage(self) -> Usage:
        return usage([self.pid])


@asynccontextmanager
async def rasa(model: Path, log: Path) -> AsyncIterator[RasaProcess]:
    """Ready and warm. Raises RuntimeError, with what Rasa said last, when it does not start."""
    port = choose_free_port()
    process = _start(model, port, log)
    try:
        async with aiohttp.ClientSession() as session:
            started = RasaProcess(session=session, base=f"http://127.0.0.1:{port}", pid=process.pid)
            await _wait(started, process, model, log)
            await started.parse_all([Sentence(text=text, intent=None) for text in WARM_UP])
            yield started
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(model: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    command = [*environment.program(), "run", "--enable-api", "--model", str(model)]
    with log.open("w") as written:
        return subprocess.Popen(
            [*command, "--port", str(port), "--interface", "127.0.0.1"],
            cwd=environment.ROOT,
            env=environment.variables(),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with(os.getpid(), signal.SIGKILL),  # noqa: PLW1509 - a few lines of C before exec
        )


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-LAST_CHARACTERS:]


async def _wait(started: RasaProcess, process: subprocess.Popen[bytes], model: Path, log: Path) -> None:
    """Until it serves this very model: Rasa takes another one where it cannot read the one it is told."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            async with started.session.get(f"{started.base}/status") as response:
                status = await response.json()
            if Path(status["model_file"]).name == model.name:
                return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.5)
    raise RuntimeError(f"Rasa does not start:\n{_last_words(log)}")
