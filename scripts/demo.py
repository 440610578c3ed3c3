"""``make demo``: a simulated WeChat, the example shop and the bot, on this machine; Ctrl-C stops all of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml
from rich.console import Console

from bot.config import load_settings
from conversations.address import Address, Channel
from conversations.clock import SystemClock
from mall.demo import seed
from storage.database import Database
from storage.migrate import migrate

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "var" / "demo"
SHOP_FILES = sorted((ROOT / "knowledge_base" / "example_shop").glob("*.yml"))
APP_ID = "wx00demo00demo00"
ORIGINAL_ID = "gh_demo"
SHOPPERS = {"first": ("xiaolin", "小林"), "second": ("achen", "阿晨")}
"""The customers named in ``mall/demo_orders.yml``: id and nickname on the simulated phones."""
READY_SECONDS = 90.0

console = Console(stderr=True)


class DemoFailed(RuntimeError):
    """Something did not start; the text says what, and where its log is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    bot: int
    simulator: int


def main() -> int:
    try:
        asyncio.run(_demo())
    except DemoFailed as error:
        console.print(f"[red]✗[/red] {error}")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


async def _demo() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    ports = Ports(bot=_free_port(8080), simulator=_free_port(9300))
    keys = _secrets()
    config = _write_config(ports)
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(_simulator(ports, keys))
        http = await stack.enter_async_context(aiohttp.ClientSession(f"http://127.0.0.1:{ports.simulator}"))
        await _until(http, "/_sim/state", simulator, "simulator")
        owners = await _shoppers(http)
        await _knowledge(config)
        await _orders(config, owners)
        bot = await stack.enter_async_context(_bot(config, keys))
        front = await stack.enter_async_context(aiohttp.ClientSession(f"http://127.0.0.1:{ports.bot}"))
        with console.status("启动店小二 · starting the bot"):
            await _until(front, "/readyz", bot, "bot")
        await _verify(http)
        _welcome(ports)
        await _until_stopped(stop, {"simulator": simulator, "bot": bot})
        console.print("正在停止 · stopping")


def _free_port(preferred: int) -> int:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _secrets() -> dict[str, str]:
    """Made once, by chance: even the demo has no secret that anybody could know."""
    file = FOLDER / "secrets.json"
    if not file.exists():
        made = {
            "APP_SECRET": secrets.token_hex(16),
            "TOKEN": secrets.token_hex(12),
            "ENCODING_AES_KEY": secrets.token_hex(22)[:43],
        }
        file.touch(mode=0o600)
        file.write_text(json.dumps(made))
    stored: dict[str, str] = json.loads(file.read_text())
    return stored


def _write_config(ports: Ports) -> Path:
    config = FOLDER / "config.yml"
    content = {
        "web": {
            "host": "127.0.0.1",
            "port": ports.bot,
            "public_url": f"http://127.0.0.1:{ports.bot}",
        },
        "database": {"url": "sqlite+aiosqlite:///xiaoer.db"},
        "knowledge_base": {"path": "kb"},
        "official": {
            "api_base": f"http://127.0.0.1:{ports.simulator}",
            "app_id": APP_ID,
            "original_id": ORIGINAL_ID,
            "handoff": "desk",
        },
        "mall": {"orders": "demo"},
        "service": {
            "shop_name": "禾野集",
            "hours": "9:00–21:00",
            "sample_questions": ["满多少包邮？", "荔枝坏了怎么赔？", "我的订单到哪了"],
        },
        "demo": {"enabled": True, "clock_offset_file": "clock-offset"},
    }
    text = "# Written by `make demo` at each start.\n" + yaml.safe_dump(content, allow_unicode=True)
    config.write_text(text, encoding="utf-8")
    return config


@asynccontextmanager
async def _simulator(ports: Ports, keys: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        "SIMULATOR_APP_ID": APP_ID,
        "SIMULATOR_ORIGINAL_ID": ORIGINAL_ID,
        "SIMULATOR_APP_SECRET": keys["APP_SECRET"],
        "SIMULATOR_TOKEN": keys["TOKEN"],
        "SIMULATOR_AES_KEY": keys["ENCODING_AES_KEY"],
        "SIMULATOR_ACCOUNT_NAME": "禾野集",
    }
    arguments = [
        *("--port", str(ports.simulator)),
        *("--callback-url", f"http://127.0.0.1:{ports.bot}/callback/official"),
        *("--clock-offset-file", str(FOLDER / "clock-offset")),
    ]
    async with _process("simulator", ["-m", "simulator", *arguments], environment) as process:
        yield process


@asynccontextmanager
async def _bot(config: Path, keys: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {f"XIAOER_OFFICIAL__{name}": value for name, value in keys.items()}
    async with _process("bot", ["-m", "bot", "serve", "--config", str(config)], environment) as process:
        yield process


@asynccontextmanager
async def _process(
    name: str, arguments: list[str], environment: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs while the block does; its output goes to ``var/demo/NAME.log``."""
    with _log(name).open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop the others in order
        )
    try:
        yield process
    finally:
        await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()


def _log(name: str) -> Path:
    return FOLDER / f"{name}.log"


async def _until(
    http: aiohttp.ClientSession, path: str, process: asyncio.subprocess.Process, name: str
) -> None:
    """Waits until ``path`` answers 200."""
    with suppress(TimeoutError):
        async with asyncio.timeout(READY_SECONDS):
            while process.returncode is None:
                with suppress(aiohttp.ClientError):
                    async with http.get(path) as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.1)
    tail = _log(name).read_text(errors="replace").strip().splitlines()[-5:]
    raise DemoFailed(f"{name} did not start; see {_log(name).relative_to(ROOT)}\n" + "\n".join(tail))


async def _shoppers(http: aiohttp.ClientSession) -> dict[str, str]:
    """Puts the demo's customers on the phones; returns who owns which orders."""
    owners: dict[str, str] = {}
    for owner, (shopper, nickname) in SHOPPERS.items():
        async with http.post("/_sim/shoppers", json={"id": shopper, "nickname": nickname}) as response:
            openid = (await response.json())["openid"]
        address = Address(channel=Channel.OFFICIAL, account=ORIGINAL_ID, peer=openid)
        owners[owner] = address.conversation_id
    return owners


async def _knowledge(config: Path) -> None:
    """Imports the example shop and builds the index; nothing when neither has changed since."""
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in SHOP_FILES)).hexdigest()
    stamp = FOLDER / "kb" / "example-shop.sha256"
    if stamp.exists() and stamp.read_text() == digest:
        return
    console.print("导入示例商店的知识库 · importing the example shop")
    importing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "kb", "import", *map(str, SHOP_FILES), "--config", str(config)),
        cwd=ROOT,
    )
    if await importing.wait() != 0:
        raise DemoFailed("the example shop could not be imported")
    stamp.write_text(digest)


async def _orders(config: Path, owners: Mapping[str, str]) -> None:
    database = Database(load_settings(config).database)
    try:
        await migrate(database)
        await seed(database, SystemClock(), owners)
    finally:
        await database.close()


async def _verify(http: aiohttp.ClientSession) -> None:
    """The platform checks our address, as it does when a shop turns its callback on."""
    async with http.post("/_sim/verify", json={}) as response:
        if not (await response.json())["ok"]:
            raise DemoFailed("the simulated platform did not accept the bot's address")


def _welcome(ports: Ports) -> None:
    console.print()
    console.print("[bold green]店小二已经开门[/bold green] · Xiaoer is open")
    console.print(f"  手机与检查台 · phones and inspector   [bold]http://127.0.0.1:{ports.simulator}/[/bold]")
    console.print(f"  机器人状态   · the bot's health       http://127.0.0.1:{ports.bot}/readyz")
    console.print(f"  指标         · metrics                http://127.0.0.1:{ports.bot}/metrics")
    console.print("  试试问 · try：几点前下单当天发货 / 我的订单HY20261101001到哪了 / 转人工")
    console.print("  Ctrl-C 全部停止 · stops everything")
    console.print()


async def _until_stopped(stop: asyncio.Event, processes: Mapping[str, asyncio.subprocess.Process]) -> None:
    """Returns at Ctrl-C; raises when one of the processes ends by itself."""
    waits = {asyncio.create_task(process.wait()): name for name, process in processes.items()}
    stopping = asyncio.create_task(stop.wait())
    done, pending = await asyncio.wait({*waits, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    if stopping not in done:
        name = next(waits[task] for task in waits if task in done)
        raise DemoFailed(f"{name} stopped by itself; see {_log(name).relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
