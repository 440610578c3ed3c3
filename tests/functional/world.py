"""A whole world for tests: the simulated platform and real bot processes, on loopback, in a temporary folder."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from tests.patience import PATIENCE
from tests.servers import processes
from tests.servers.forked import Program, start_bot
from tests.servers.ports import choose_free_port

ROOT = Path(__file__).parent.parent.parent
CORP_ID = "ww00demo00demo00"
AIBOT_ID = "aibotShop01"
AGENT_ID = 1_000_002


@dataclass(slots=True, kw_only=True)
class World:
    """Processes and the way to talk to them. Use ``async with``; everything is stopped at the end."""

    folder: Path
    knowledge_base: Path
    database_url: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    simulator_options: tuple[str, ...] = ()
    corp: bool = False
    """Whether there is a WeCom corp with 微信客服 too; then the configuration has the ``wecom`` section."""
    kefu_accounts: tuple[str, ...] = ("wkAAAAheyeji",)
    servicers: tuple[str, ...] = ("zhangsan", "lisi")
    """Members who receive customers in the WeCom client."""
    members: tuple[str, ...] = ()
    """Members besides the servicers."""
    aibot: str = ""
    """``callback`` or ``connection``: the corp has a 智能机器人 too, reached this way."""
    bot_port: int = field(default_factory=choose_free_port)
    simulator_url: str = ""
    corp_url: str = ""
    bots: dict[str, Program] = field(default_factory=dict)
    _log_starts: dict[str, int] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None
    _simulator: asyncio.subprocess.Process | None = None
    _secrets: dict[str, str] = field(default_factory=dict)
    _corp_secrets: dict[str, str] = field(default_factory=dict)
    _aibot_secrets: dict[str, str] = field(default_factory=dict)

    async def __aenter__(self) -> World:
        self._secrets = {
            "APP_SECRET": secrets.token_hex(16),
            "TOKEN": secrets.token_hex(8),
            "ENCODING_AES_KEY": (secrets.token_hex(22))[:43],
        }
        self._corp_secrets = {
            "SECRET": secrets.token_hex(16),
            "TOKEN": secrets.token_hex(8),
            "ENCODING_AES_KEY": (secrets.token_hex(22))[:43],
        }
        self._aibot_secrets = {
            "SECRET": secrets.token_hex(16),
            "TOKEN": secrets.token_hex(8),
            "ENCODING_AES_KEY": (secrets.token_hex(22))[:43],
        }
        self._session = aiohttp.ClientSession()
        await self._start_simulator()
        self.write_config()
        return self

    async def __aexit__(self, *_: object) -> None:
        for name in list(self.bots):
            await self.stop_bot(name)
        if self._simulator is not None and self._simulator.returncode is None:
            self._simulator.terminate()
            await self._simulator.wait()
        assert self._session is not None
        await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        assert self._session is not None
        return self._session

    @property
    def config(self) -> Path:
        return self.folder / "config.yml"

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock-offset"

    @property
    def bot_url(self) -> str:
        return f"http://127.0.0.1:{self.bot_port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {f"XIAOER_OFFICIAL__{name}": value for name, value in self._secrets.items()}
        if self.corp:
            own |= {f"XIAOER_WECOM__{name}": value for name, value in self._corp_secrets.items()}
        if self.aibot:
            own |= {f"XIAOER_AIBOT__{name}": value for name, value in self._aibot_secrets.items()}
        return {**os.environ, **own}

    def write_config(self) -> None:
        config: dict[str, Any] = {
            "web": {"host": "127.0.0.1", "port": self.bot_port, "reuse_port": True},
            "database": {"url": self.database_url or "sqlite+aiosqlite:///xiaoer.db"},
            "knowledge_base": {"path": str(self.knowledge_base)},
            "official": {
                "api_base": self.simulator_url,
                "app_id": "wx00demo00demo00",
                "original_id": "gh_demo",
                "handoff": "desk",
            },
            "mall": {"orders": "demo"},
            "desk": {"recommend_share": 0},
            "service": {
                "shop_name": "禾野集",
                "hours": "9:00–21:00",
                "sample_questions": ["满多少包邮？", "荔枝坏了怎么赔？", "我的订单到哪了"],
            },
            "demo": {"enabled": True, "clock_offset_file": str(self.clock_file)},
        }
        if self.corp:
            config["wecom"] = {
                "enabled": True,
                "api_base": self.corp_url,
                "corp_id": CORP_ID,
                "agent_id": AGENT_ID,
                "kefu": {"accounts": list(self.kefu_accounts), "handoff": "native"},
            }
        if self.aibot:
            config["aibot"] = {
                "enabled": True,
                "mode": self.aibot,
                "bot_id": AIBOT_ID,
                "api_base": self.corp_url,
                "url": self.corp_url.replace("http://", "ws://") + "/aibot/connect",
            }
        for section, values in self.settings.items():
            config[section] = {**config.get(section, {}), **values}
        self.config.write_text(yaml.safe_dump(config, allow_unicode=True))

    async def _start_simulator(self) -> None:
        self._simulator = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "simulator", "--port", "0"),
            *("--callback-url", f"{self.bot_url}/callback/official"),
            *("--clock-offset-file", str(self.clock_file)),
            *self.simulator_options,
            cwd=ROOT,
            env={
                **os.environ,
                "SIMULATOR_APP_ID": "wx00demo00demo00",
                "SIMULATOR_ORIGINAL_ID": "gh_demo",
                "SIMULATOR_APP_SECRET": self._secrets["APP_SECRET"],
                "SIMULATOR_TOKEN": self._secrets["TOKEN"],
                "SIMULATOR_AES_KEY": self._secrets["ENCODING_AES_KEY"],
                **self._corp_environment(),
            },
            stdout=asyncio.subprocess.PIPE,
            preexec_fn=processes.die_with(os.getpid(), signal.SIGKILL),
        )
        assert self._simulator.stdout is not None
        line = await asyncio.wait_for(self._simulator.stdout.readline(), PATIENCE)
        told = json.loads(line)
        self.simulator_url, self.corp_url = told["url"], told.get("corp_url", "")

    def _corp_environment(self) -> dict[str, str]:
        if not self.corp:
            return {}
        bot = {
            "SIMULATOR_CORP_AIBOT_ID": AIBOT_ID,
            "SIMULATOR_CORP_AIBOT_SECRET": self._aibot_secrets["SECRET"],
            "SIMULATOR_CORP_AIBOT_TOKEN": self._aibot_secrets["TOKEN"],
            "SIMULATOR_CORP_AIBOT_AES_KEY": self._aibot_secrets["ENCODING_AES_KEY"],
            "SIMULATOR_CORP_AIBOT_CALLBACK_URL": f"{self.bot_url}/callback/aibot",
        }
        return (bot if self.aibot else {}) | {
            "SIMULATOR_CORP_ID": CORP_ID,
            "SIMULATOR_CORP_AGENT_ID": str(AGENT_ID),
            "SIMULATOR_CORP_SECRET": self._corp_secrets["SECRET"],
            "SIMULATOR_CORP_TOKEN": self._corp_secrets["TOKEN"],
            "SIMULATOR_CORP_AES_KEY": self._corp_secrets["ENCODING_AES_KEY"],
            "SIMULATOR_CORP_CALLBACK_URL": f"{self.bot_url}/callback/wecom",
            "SIMULATOR_CORP_KEFU_ACCOUNTS": ",".join(self.kefu_accounts),
            "SIMULATOR_CORP_SERVICERS": ",".join(self.servicers),
            "SIMULATOR_CORP_MEMBERS": ",".join(self.members),
        }

    async def start_bot(
        self,
        name: str = "bot",
        *,
        role: str = "all",
        environment: Mapping[str, str] | None = None,
        ready: bool = True,
    ) -> Program:
        """Starts ``python -m bot serve``; waits until it is ready when it has a web side and ``ready`` is set."""
        log = self.folder / f"{name}.log"
        log.touch()
        self._log_starts[name] = log.stat().st_size
        process = start_bot(
            *("serve", "--config", str(self.config), "--role", role),
            environment={**self.environment, **(environment or {})},
            out=log,
            err=log,
        )
        self.bots[name] = process
        if ready and role != "worker":
            await self.wait_ready(name)
        return process

    async def wait_ready(self, name: str = "bot") -> None:
        async with asyncio.timeout(PATIENCE):
            while not await self._is_ready():
                assert self.bots[name].returncode is None, self.log(name)
                await asyncio.sleep(0.1)

    async def wait_working(self, name: str) -> None:
        """Waits until the process last started under this name says that it works; workers too."""
        process = self.bots[name]
        log = self.folder / f"{name}.log"
        async with asyncio.timeout(PATIENCE):
            while b"serve.ready" not in log.read_bytes()[self._log_starts[name] :]:
                assert process.returncode is None, self.log(name)
                await asyncio.sleep(0.05)

    async def _is_ready(self) -> bool:
        try:
            async with self.session.get(f"{self.bot_url}/readyz") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def log(self, name: str = "bot") -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]

    async def kill_bot(self, name: str = "bot") -> None:
        """SIGKILL: no goodbye."""
        process = self.bots.pop(name)
        process.kill()
        await process.wait()

    async def stop_bot(self, name: str = "bot") -> int:
        """SIGTERM, and the exit code."""
        process = self.bots.pop(name)
        if process.returncode is None:
            process.terminate()
        try:
            return await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            return await process.wait()

    async def sim(self, method: str, path: str, body: object = None) -> Any:
        """One call of the simulator's control API."""
        async with self.session.request(method, f"{self.simulator_url}/_sim/{path}", json=body) as response:
            answer = await response.json()
            assert response.status < 300, answer
            return answer

    async def says(self, shopper: str, text: str, *, wait: bool = True) -> str | None:
        """The shopper types; returns the next thing heard (None when nobody spoke in time), or at once."""
        query = f"?wait=answer&timeout={PATIENCE}" if wait else ""
        answer = await self.sim("POST", f"shoppers/{shopper}/say{query}", {"text": text})
        if not wait or answer["heard"] is None:
            return None
        return str(line_text(answer["heard"]))

    async def heard(self, shopper: str) -> list[str]:
        """Everything that the shopper has heard so far, failure notices included."""
        answer = await self.sim("GET", f"shoppers/{shopper}/transcript")
        return [line_text(line) for line in answer["lines"] if line["direction"] == "heard"]

    async def customer_does(self, customer: str, act: str, **data: object) -> Any:
        """An act of a customer of 微信客服: enter, say, image, click, recall … (see ``/_sim/kefu``)."""
        return await self.sim("POST", f"kefu/customers/{customer}/{act}", data)

    async def customer_says(self, customer: str, text: str, *, wait: bool = True) -> str | None:
        """A customer of 微信客服 types; returns what their phone shows next (None: nothing came), or at once."""
        query = f"?wait=answer&timeout={PATIENCE}" if wait else ""
        answer = await self.sim("POST", f"kefu/customers/{customer}/say{query}", {"text": text})
        if not wait or answer["heard"] is None:
            return None
        return str(answer["heard"]["text"])

    async def customer_heard(self, customer: str) -> list[str]:
        """The texts that came on a customer's phone so far, from the bot and from people."""
        answer = await self.sim("GET", f"kefu/customers/{customer}/transcript")
        return [str(line["text"]) for line in answer["lines"] if line["direction"] == "heard"]

    async def customer_state(self, customer: str) -> int:
        """``service_state`` of the customer's session with the first account."""
        answer = await self.sim("GET", f"kefu/customers/{customer}")
        found = [item["state"] for item in answer["sessions"] if item["open_kfid"] == self.kefu_accounts[0]]
        return int(found[0])

    async def servicer_does(self, userid: str, act: str, **data: object) -> Any:
        """An act of a member in the WeCom client: take, say, transfer, end, start, stop …"""
        return await self.sim("POST", f"kefu/servicers/{userid}/{act}", data)


def line_text(line: Mapping[str, Any]) -> str:
    return str(line["content"].get("text", ""))
