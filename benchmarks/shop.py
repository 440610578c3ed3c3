"""The bot under measurement: its folder, its configuration, its processes, and what they cost."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import yaml

from benchmarks.processes import Usage, usage
from simulator.crypto import MessageCipher, decode_aes_key
from simulator.envelope import BodyFormat, Envelope, Mode
from tests.servers.ports import choose_free_port
from tests.servers.processes import die_with

ROOT = Path(__file__).parent.parent
EXAMPLE_SHOP = ROOT / "knowledge_base" / "example_shop"
APP_ID = "wxbenchmark000000"
ORIGINAL_ID = "gh_benchmark"
_READY_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_SETTLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The 公众号 that both sides know, with secrets made for this run."""

    app_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    token: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)
    aes_key: str = field(default_factory=lambda: secrets.token_hex(22)[:43], repr=False)

    @property
    def envelope(self) -> Envelope:
        """The platform's side of the account."""
        cipher = MessageCipher(key=decode_aes_key(self.aes_key), receive_id=APP_ID)
        return Envelope(token=self.token, cipher=cipher, mode=Mode.SECURE, body_format=BodyFormat.XML)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "XIAOER_OFFICIAL__APP_SECRET": self.app_secret,
            "XIAOER_OFFICIAL__TOKEN": self.token,
            "XIAOER_OFFICIAL__ENCODING_AES_KEY": self.aes_key,
        }


@dataclass(slots=True, kw_only=True)
class Shop:
    """A bot of its own in ``folder``: embedded Redis, loopback only, SQLite unless ``database_url`` names another.

    ``roles``: one process for each. ``environment``: settings beside those that are the same for all.
    """

    folder: Path
    knowledge_base: Path
    api_base: str
    roles: tuple[str, ...] = ("all",)
    passive_wait_seconds: float | None = None
    database_url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    port: int = field(default_factory=choose_free_port)
    _processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.folder / "xiaoer.db"

    async def start(self) -> float:
        """Seconds from the start of the processes until every part says that it is ready."""
        self._write_config()
        began = time.perf_counter()
        for number, role in enumerate(self.roles):
            with (self.folder / f"bot-{number}.log").open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "bot", "serve", "--config", str(self._config), "--role", role),
                    cwd=ROOT,
                    # The embedded Redis keeps its socket in the temporary folder: ours, so that it goes with us.
                    env={
                        **os.environ,
                        **self.account.environment,
                        **self.environment,
                        "TMPDIR": str(self.folder),
                    },
                    stdout=log,
                    stderr=log,
                    preexec_fn=die_with(os.getpid(), signal.SIGKILL),
                )
            self._processes.append(process)
        async with asyncio.timeout(_READY_SECONDS), aiohttp.ClientSession() as session:
            while not await self._is_ready(session):
                if any(process.returncode is not None for process in self._processes):
                    raise RuntimeError(f"the bot ended:\n{self.log()}")
                await asyncio.sleep(_LOOK_SECONDS)
        return time.perf_counter() - began

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Started and settled; stopped at the end."""
        try:
            await self.start()
            await asyncio.sleep(_SETTLE_SECONDS)
            yield
        finally:
            await self.stop()

    async def stop(self) -> None:
        for process in self._processes:
            if process.returncode is None:
                process.terminate()
        for process in self._processes:
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()
        self._processes.clear()

    def usage(self) -> Usage:
        """What the processes have used so far, the embedded Redis included."""
        return usage([process.pid for process in self._processes])

    def stored(self) -> int:
        """Callbacks in the database, answered or not."""
        with closing(sqlite3.connect(self.database)) as connection:
            return int(connection.execute("SELECT count(*) FROM inbox").fetchone()[0])

    def log(self) -> str:
        """The end of what the processes wrote."""
        return "\n".join(
            path.read_text(errors="replace")[-2000:] for path in sorted(self.folder.glob("*.log"))
        )

    @property
    def _config(self) -> Path:
        return self.folder / "config.yml"

    def _write_config(self) -> None:
        config = {
            "web": {"port": self.port, "reuse_port": len(self.roles) > 1},
            "database": {"url": self.database_url or f"sqlite+aiosqlite:///{self.database}"},
            "redis": {"url": "embedded"},
            "knowledge_base": {"path": str(self.knowledge_base)},
            "official": {"api_base": self.api_base, "app_id": APP_ID, "original_id": ORIGINAL_ID},
            "logs": {"level": "INFO"},
        }
        if self.passive_wait_seconds is not None:
            config["inbox"] = {"passive_wait_seconds": self.passive_wait_seconds}
        self._config.write_text(yaml.safe_dump(config))

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        """A worker alone has no page that says so; it counts as ready when it has said so in its log."""
        logs = [(self.folder / f"bot-{number}.log").read_text() for number in range(len(self.roles))]
        if not all("serve.ready" in log for log in logs):
            return False
        try:
            async with session.get(f"http://127.0.0.1:{self.port}/readyz") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False


@contextmanager
def new_folder() -> Iterator[Path]:
    """An empty folder on disk, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as name:
        yield Path(name)


async def build_knowledge_base(folder: Path) -> Path:
    """The example shop's knowledge base, imported with the product's own command."""
    config = folder / "import.yml"
    config.write_text(yaml.safe_dump({"knowledge_base": {"path": str(folder / "kb")}}))
    files = [str(path) for path in sorted(EXAMPLE_SHOP.glob("*.yml"))]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "kb", "import", *files, "--config", str(config), "--json"),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
    )
    if await process.wait() != 0:
        raise RuntimeError("kb import failed")
    return folder / "kb"
