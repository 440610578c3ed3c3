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
import yaml

from tests.functional.knowledge import build_knowledge
from tests.functional.world import ROOT, World
from tests.servers import processes
from tests.servers.ports import choose_free_port

QUESTIONS = ("满多少包邮？", "荔枝坏了怎么赔？", "几点发货？")
LONG_QUESTION = "完整的售后规则是什么？"
ACCOUNTS = ("wkAAAAshop", "wkAAAAother")
CORP = {
    "SECRET": secrets.token_hex(16),
    "TOKEN": secrets.token_hex(8),
    "ENCODING_AES_KEY": secrets.token_hex(22)[:43],
}


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop that answers what the suite asks; one answer is longer than a message may be."""
    rule = "第 {n} 条：签收后请先拍照留证，再在订单页申请售后，客服会在一天之内回复您。"
    rules = "".join(rule.format(n=n) for n in range(1, 40))
    answers = dict.fromkeys(QUESTIONS, "亲，详情见商品页，有问题随时问我～") | {LONG_QUESTION: rules}
    entries = [
        {"id": f"e{n}", "question": question, "answer": f"{answer}（{n}）", "category": "售后"}
        for n, (question, answer) in enumerate(answers.items())
    ]
    folder = tmp_path_factory.mktemp("small-shop")
    file = folder / "shop.yml"
    file.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    build_knowledge(folder / "kb", [file])
    return folder / "kb"


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


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """One for each bot."""
    made = [tmp_path / name for name in ("passive", "api", "kefu", "members")]
    for folder in made:
        folder.mkdir()
    return made


@pytest.mark.timeout(900)
async def test_our_own_bot_holds_everything(knowledge: Path, folders: list[Path]) -> None:
    """Three bots side by side: answers of the 公众号 in callbacks, the same over the API, and the corp's channels."""
    passive, over_api, kefu, members = await asyncio.gather(
        _official(folders[0], knowledge, {}),
        _official(folders[1], knowledge, {"inbox": {"passive_wait_seconds": 0}}),
        _corp(folders[2], knowledge, "kefu"),
        _corp(folders[3], knowledge, "wecom"),
    )
    reports = (passive, over_api, kefu, members)
    assert [failed(report) for report in reports] == [{}] * 4
    assert skipped(passive) == {f"official.{name}" for name in OVER_API | {"late"}}, "checked over the API"
    assert skipped(over_api) == {"official.well-formed"}, "checked when answers are passive"
    assert skipped(kefu) == skipped(members) == set()


async def _official(folder: Path, knowledge: Path, settings: dict[str, Any]) -> dict[str, Any]:
    async with Examined(folder=folder, knowledge_base=knowledge, settings=settings) as world:
        await world.start_bot()
        port = world.simulator_url.rsplit(":", 1)[1]
        slow = ("--slow-question", QUESTIONS[0]) if settings else ()
        return await world.examine("--target", f"{world.bot_url}/callback/official", "--port", port, *slow)


async def _corp(folder: Path, knowledge: Path, channel: str) -> dict[str, Any]:
    corp_port = choose_free_port()
    wecom = {
        "enabled": True,
        "api_base": f"http://127.0.0.1:{corp_port}",
        "corp_id": "ww00demo00demo00",
        "agent_id": 1000002,
        "kefu": {"accounts": list(ACCOUNTS), "handoff": "native"},
    }
    async with Examined(folder=folder, knowledge_base=knowledge, settings={"wecom": wecom}) as world:
        await world.start_bot(environment={f"XIAOER_WECOM__{name}": value for name, value in CORP.items()})
        return await world.examine(
            *("--channel", channel, "--target", f"{world.bot_url}/callback/official"),
            *("--corp-target", f"{world.bot_url}/callback/wecom"),
            *("--port", world.simulator_url.rsplit(":", 1)[1], "--corp-port", str(corp_port)),
            *("--corp-kefu-accounts", ",".join(ACCOUNTS), "--long-question", LONG_QUESTION),
        )
