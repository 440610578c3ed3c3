"""Our own bot, running as its owner runs it, holds everything that the conformance suite can find out."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.functional.knowledge import example_knowledge
from tests.functional.world import ROOT, World
from tests.servers import processes
from tests.servers.ports import choose_free_port

__all__ = ["example_knowledge"]

QUESTIONS = ("满多少包邮？", "荔枝坏了怎么赔？", "几点发货？")
ACCOUNTS = ("wkAAAAshop", "wkAAAAother")
CORP = {
    "SECRET": secrets.token_hex(16),
    "TOKEN": secrets.token_hex(8),
    "ENCODING_AES_KEY": secrets.token_hex(22)[:43],
}


class Examined(World):
    """A world whose platform is the conformance run that a test starts later."""

    async def __aenter__(self) -> Examined:
        await super().__aenter__()
        return self

    async def _start_simulator(self) -> None:
        self.simulator_url = f"http://127.0.0.1:{choose_free_port()}"

    async def examine(self, *options: str) -> dict[str, Any]:
        """Run the suite; the report."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "simulator", "conformance", "--json"),
            *("--clock-offset-file", str(self.clock_file), "--timeout-scale", "0.4", *options),
            *(part for question in QUESTIONS for part in ("--question", question)),
            cwd=ROOT,
            env={
                **os.environ,
                "SIMULATOR_APP_ID": "wx00demo00demo00",
                "SIMULATOR_ORIGINAL_ID": "gh_demo",
                "SIMULATOR_APP_SECRET": self._secrets["APP_SECRET"],
                "SIMULATOR_TOKEN": self._secrets["TOKEN"],
                "SIMULATOR_AES_KEY": self._secrets["ENCODING_AES_KEY"],
                "SIMULATOR_CORP_ID": "ww00demo00demo00",
                "SIMULATOR_CORP_SECRET": CORP["SECRET"],
                "SIMULATOR_CORP_TOKEN": CORP["TOKEN"],
                "SIMULATOR_CORP_AES_KEY": CORP["ENCODING_AES_KEY"],
            },
            stdout=asyncio.subprocess.PIPE,
            preexec_fn=processes.die_with(os.getpid(), signal.SIGKILL),
        )
        out, _ = await process.communicate()
        assert process.returncode in (0, 1), self.log()
        report: dict[str, Any] = json.loads(out)
        return report


def failed(report: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["note"] for check in report["checks"] if check["status"] == "fail"}


def skipped(report: dict[str, Any]) -> set[str]:
    return {check["id"] for check in report["checks"] if check["status"] == "skipped"}


OVER_API = {"45015", "45047", "42001", "40001", "40014", "one-refresh", "45009", "reset-after", "502"}


@pytest.mark.timeout(300)
async def test_answers_of_the_account_over_the_api(example_knowledge: Path, tmp_path: Path) -> None:
    settings = {"inbox": {"passive_wait_seconds": 0}}
    async with Examined(folder=tmp_path, knowledge_base=example_knowledge, settings=settings) as world:
        await world.start_bot()
        port = world.simulator_url.rsplit(":", 1)[1]
        report = await world.examine("--target", f"{world.bot_url}/callback/official", "--port", port)
    assert failed(report) == {}
    assert skipped(report) == {"official.well-formed", "official.late"}


@pytest.mark.timeout(600)
async def test_every_channel_of_one_bot(
    example_knowledge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CORP.items():
        monkeypatch.setenv(f"XIAOER_WECOM__{name}", value)
    corp_port = choose_free_port()
    wecom = {
        "enabled": True,
        "api_base": f"http://127.0.0.1:{corp_port}",
        "corp_id": "ww00demo00demo00",
        "agent_id": 1000002,
        "kefu": {"accounts": list(ACCOUNTS), "handoff": "native"},
    }
    settings = {"wecom": wecom}
    async with Examined(folder=tmp_path, knowledge_base=example_knowledge, settings=settings) as world:
        await world.start_bot()
        report = await world.examine(
            *("--channel", "all", "--target", f"{world.bot_url}/callback/official"),
            *("--corp-target", f"{world.bot_url}/callback/wecom"),
            *("--port", world.simulator_url.rsplit(":", 1)[1], "--corp-port", str(corp_port)),
            *("--corp-kefu-accounts", ",".join(ACCOUNTS)),
        )
    assert failed(report) == {}
    assert skipped(report) == {f"official.{name}" for name in OVER_API | {"late"}} | {"kefu.long"}
