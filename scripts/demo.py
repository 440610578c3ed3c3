"""``make demo``: a simulated WeChat, the example shop and the bot, on this machine; Ctrl-C stops all of it.

``--folder DIR`` keeps the demo's files elsewhere than in ``var/demo``; demos with different folders do not meet.
Rasa comes later: installed, trained and started while the bot is open; ``--without-rasa`` leaves it out (it takes
0.8 GB of memory).
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import hashlib
import os
import signal
import sys
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, suppress
from pathlib import Path

import aiohttp
from pydantic import SecretStr
from rich.console import Console

from bot.config import load_settings
from bot.logs import set_up_logs
from bot.settings import LogSettings
from conversations.address import Address, Channel
from conversations.clock import SystemClock
from knowledge_base.embedder.files import default_folder, read_manifest
from knowledge_base.index.manifest import FORMAT
from mall.demo import seed
from scripts.demonstrating.canned import fill_canned
from scripts.demonstrating.configuration import (
    AGENT_ID,
    APP_ID,
    CLOCK_OFFSET,
    CORP_ID,
    KEFU_ACCOUNT,
    MEMBERS,
    ORIGINAL_ID,
    Ports,
    made_secrets,
    write_config,
)
from scripts.demonstrating.customers.seeding import seed_demo_customers
from scripts.demonstrating.people import let_in
from scripts.demonstrating.ports import claimed_port
from scripts.demonstrating.problem import DemoFailed
from scripts.demonstrating.programs import Program, running
from scripts.demonstrating.questions import ask_before
from scripts.demonstrating.rasa import RasaBeside, rasa_beside
from storage.database import Database
from storage.migrate import migrate

ROOT = Path(__file__).resolve().parent.parent
SHOP_FILES = sorted((ROOT / "knowledge_base" / "example_shop").glob("*.yml"))
SHOPPERS = {"first": ("ayue", "阿月"), "second": ("achen", "阿晨")}
"""The customers named in ``mall/demo_orders.yml``: id and nickname on the simulated phones."""
READY_SECONDS = 90.0

console = Console(stderr=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo", help="where its files are")
    parser.add_argument("--without-rasa", action="store_true", help="no guided conversations")
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    _forget_settings_of_the_shell()
    set_up_logs(LogSettings(level="WARNING"))
    try:
        with _alone(folder):
            asyncio.run(_until_told(_demo(folder, with_rasa=not options.without_rasa)))
    except DemoFailed as error:
        console.print(f"✗ {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    return 0


def _forget_settings_of_the_shell() -> None:
    """The shell may hold a real shop's settings, its database for one; the demo has its own."""
    for name in [name for name in os.environ if name.startswith(("XIAOER_", "SIMULATOR_"))]:
        del os.environ[name]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoFailed(
                f"演示已经在运行 · a demo runs in {folder} already; stop that one first"
            ) from None
        yield


async def _until_told(work: Coroutine[None, None, None]) -> None:
    """Runs it; at Ctrl-C, or when the terminal is closed, cancels it and waits until it has tidied up."""
    asked = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, asked.set)
    working, asking = asyncio.create_task(work), asyncio.create_task(asked.wait())
    await asyncio.wait({working, asking}, return_when=asyncio.FIRST_COMPLETED)
    asking.cancel()
    if not working.done():
        console.print("正在停止 · stopping")
        working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def _demo(folder: Path, *, with_rasa: bool) -> None:
    keys = made_secrets(folder)
    async with AsyncExitStack() as stack:
        bot_port = stack.enter_context(claimed_port(8080))
        simulator_port = stack.enter_context(claimed_port(9300))
        corp_port = stack.enter_context(claimed_port(9301))
        rasa_port = stack.enter_context(claimed_port(5055)) if with_rasa else None
        ports = Ports(bot=bot_port, simulator=simulator_port, corp=corp_port, rasa=rasa_port)
        config = write_config(folder, ports)
        simulator = await stack.enter_async_context(_simulator(folder, ports, keys))
        platform = await stack.enter_async_context(aiohttp.ClientSession(ports.simulator_url))
        await _until_ready(platform, "/_sim/state", simulator)
        owners = await _shoppers(platform)
        await _staff(platform)
        await _knowledge(folder, config)
        await _past(config, owners, keys)
        passwords = await _people(config)
        bot = await stack.enter_async_context(_bot(folder, config, keys))
        front = await stack.enter_async_context(aiohttp.ClientSession(ports.bot_url))
        with console.status("启动店小二 · starting the bot"):
            await _until_ready(front, "/readyz", bot)
        await _verify(platform, "/_sim/verify")
        await _verify(platform, "/_sim/corp/verify")
        _welcome(ports, passwords)
        if ports.rasa is not None:
            await stack.enter_async_context(_rasa(folder, ports, ports.rasa, keys, front))
        await _until_one_ends(simulator, bot)


def _simulator(folder: Path, ports: Ports, keys: Mapping[str, str]) -> AbstractAsyncContextManager[Program]:
    environment = {
        "SIMULATOR_APP_ID": APP_ID,
        "SIMULATOR_ORIGINAL_ID": ORIGINAL_ID,
        "SIMULATOR_APP_SECRET": keys["OFFICIAL__APP_SECRET"],
        "SIMULATOR_TOKEN": keys["OFFICIAL__TOKEN"],
        "SIMULATOR_AES_KEY": keys["OFFICIAL__ENCODING_AES_KEY"],
        "SIMULATOR_ACCOUNT_NAME": "禾野集",
        "SIMULATOR_CORP_ID": CORP_ID,
        "SIMULATOR_CORP_AGENT_ID": str(AGENT_ID),
        "SIMULATOR_CORP_SECRET": keys["WECOM__SECRET"],
        "SIMULATOR_CORP_TOKEN": keys["WECOM__TOKEN"],
        "SIMULATOR_CORP_AES_KEY": keys["WECOM__ENCODING_AES_KEY"],
        "SIMULATOR_CORP_KEFU_ACCOUNTS": f"{KEFU_ACCOUNT}:禾野集客服",
        "SIMULATOR_CORP_MEMBERS": ",".join(f"{userid}:{name}" for userid, name in MEMBERS.items()),
    }
    arguments = [
        *("-m", "simulator", "--port", str(ports.simulator)),
        *("--callback-url", f"{ports.bot_url}/callback/official"),
        *("--corp-port", str(ports.corp), "--corp-callback-url", f"{ports.bot_url}/callback/wecom"),
        *("--clock-offset-file", str(folder / CLOCK_OFFSET)),
    ]
    log = folder / "simulator.log"
    return running("simulator", arguments, directory=ROOT, log=log, environment=environment)


def _bot(folder: Path, config: Path, keys: Mapping[str, str]) -> AbstractAsyncContextManager[Program]:
    environment = {f"XIAOER_{name}": value for name, value in keys.items()}
    arguments = ["-m", "bot", "serve", "--config", str(config)]
    return running("bot", arguments, directory=ROOT, log=folder / "bot.log", environment=environment)


def _rasa(
    folder: Path, ports: Ports, port: int, keys: Mapping[str, str], front: aiohttp.ClientSession
) -> AbstractAsyncContextManager[None]:
    """Rasa, prepared from now on; the bot's own readiness tells when it is there."""
    rasa = RasaBeside(
        directory=ROOT,
        logs=folder,
        arguments=[
            *("--port", str(port), "--folder", str(folder / "rasa")),
            *("--actions-url", f"{ports.bot_url}/rasa/actions"),
            *("--database", str(folder / "trackers.db")),
        ],
        environment={f"XIAOER_{name}": keys[name] for name in ("RASA__TOKEN", "RASA__ACTION_SECRET")},
    )

    async def ready() -> bool:
        with suppress(aiohttp.ClientError):
            async with front.get("/readyz") as response:
                return bool((await response.json())["checks"].get("rasa") == "ok")
        return False

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    return rasa_beside(rasa, ready=ready, say=say)


async def _until_ready(http: aiohttp.ClientSession, path: str, program: Program) -> None:
    """Waits until ``path`` answers 200."""
    with suppress(TimeoutError):
        async with asyncio.timeout(READY_SECONDS):
            while not program.ended:
                with suppress(aiohttp.ClientError):
                    async with http.get(path) as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.1)
    raise program.failed("没有启动 · did not start")


async def _shoppers(http: aiohttp.ClientSession) -> dict[str, str]:
    """Puts the demo's customers on the phones; returns who owns which orders."""
    owners: dict[str, str] = {}
    for owner, (shopper, nickname) in SHOPPERS.items():
        person = {"id": shopper, "nickname": nickname}
        async with http.post("/_sim/kefu/customers", json=person) as response:
            response.raise_for_status()
        async with http.post("/_sim/shoppers", json=person) as response:
            openid = (await response.json())["openid"]
        address = Address(channel=Channel.OFFICIAL, account=ORIGINAL_ID, peer=openid)
        owners[owner] = address.conversation_id
    return owners


async def _staff(http: aiohttp.ClientSession) -> None:
    """The shop's people may serve the 微信客服 account; none of them receives yet."""
    for userid in MEMBERS:
        path = f"/_sim/kefu/servicers/{userid}"
        async with http.put(path, json={"receiving": False, "account": KEFU_ACCOUNT}) as response:
            response.raise_for_status()


async def _knowledge(folder: Path, config: Path) -> None:
    """Imports the example shop and builds the index; nothing when what it is made of is as it was."""
    made_from = _what_the_index_is_made_of()
    stamp = folder / "kb" / "example-shop.sha256"
    if stamp.exists() and stamp.read_text() == made_from:
        return
    console.print("导入示例商店的知识库 · importing the example shop")
    arguments = ["-m", "bot", "kb", "import", *map(str, SHOP_FILES), "--config", str(config)]
    async with running("kb import", arguments, directory=ROOT) as importing:
        if await importing.process.wait() != 0:
            raise importing.failed("没有完成 · did not finish")
    stamp.write_text(made_from)


def _what_the_index_is_made_of() -> str:
    embedder = read_manifest(default_folder())
    digest = hashlib.sha256(f"{FORMAT} {embedder.identity if embedder else None}\n".encode())
    for file in SHOP_FILES:
        digest.update(file.read_bytes())
    return digest.hexdigest()


async def _past(config: Path, owners: Mapping[str, str], keys: Mapping[str, str]) -> None:
    """Orders, what customers asked in vain, and two years of what they did."""
    settings = load_settings(config)
    customers = settings.customers.model_copy(update={"key": SecretStr(keys["CUSTOMERS__KEY"])})
    database = Database(settings.database)
    try:
        await migrate(database)
        await seed(database, SystemClock(), owners)
        await ask_before(database, ORIGINAL_ID, SystemClock().now())
        with console.status("三千位顾客的两年 · two years of three thousand customers"):
            await seed_demo_customers(database, customers, SystemClock().now())
    finally:
        await database.close()


async def _people(config: Path) -> dict[str, str]:
    database = Database(load_settings(config).database)
    try:
        await fill_canned(database, SystemClock().now())
        return await let_in(database)
    finally:
        await database.close()


async def _verify(http: aiohttp.ClientSession, path: str) -> None:
    """The platform checks our address, as it does when a shop turns its callback on."""
    async with http.post(path, json={}) as response:
        if not (await response.json())["ok"]:
            raise DemoFailed("the simulated platform did not accept the bot's address")


def _welcome(ports: Ports, passwords: Mapping[str, str]) -> None:
    console.print()
    console.print("[bold green]店小二已经开门[/bold green] · Xiaoer is open")
    console.print(f"  手机与检查台 · phones and inspector   [bold]{ports.simulator_url}/[/bold]")
    console.print("  公众号、微信客服、企业微信都在这一页 · all three channels are on this page")
    console.print(f"  后台         · the console            [bold]{ports.bot_url}/console/[/bold]")
    console.print(
        f"  客服工作台   · the agents' desk       [bold]{ports.bot_url}/console/desk[/bold] （lin, mei, chen）"
    )
    for login, password in passwords.items():
        console.print(f"    登录名 · login {login:<8} 密码 · password {password}", highlight=False)
    console.print(f"  机器人状态   · the bot's health       {ports.bot_url}/readyz")
    console.print(f"  指标         · metrics                {ports.bot_url}/metrics")
    console.print("  试试问 · try：几点前下单当天发货 / 我的订单HY20261101001到哪了 / 转人工")
    if ports.rasa is not None:
        console.print("  Rasa 准备好后 · once Rasa is ready：我要退货 / 改地址 / 开发票")
    console.print("  Ctrl-C 全部停止 · stops everything")
    console.print()


async def _until_one_ends(*programs: Program) -> None:
    """Raises DemoFailed when one of them ends by itself; all the others are stopped then."""
    waits = {asyncio.create_task(program.process.wait()): program for program in programs}
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    raise waits[done.pop()].failed("自己停了 · stopped by itself")


if __name__ == "__main__":
    sys.exit(main())
