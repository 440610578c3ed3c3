"""`make demo` after set-up: it opens, answers, stops at Ctrl-C or when a part dies, and leaves nothing running."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import pytest

from tests.functional.world import ROOT
from tests.patience import PATIENCE
from tests.servers import processes

pytestmark = pytest.mark.timeout(2400)

OPEN = "店小二已经开门"
SECONDS = 800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo at a terminal of its own; ``output`` is what it prints there."""

    process: asyncio.subprocess.Process
    folder: Path
    output: Path

    @property
    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    async def prints(self, text: str) -> None:
        async with asyncio.timeout(SECONDS):
            while text not in self.printed:
                assert self.process.returncode is None, self.printed
                await asyncio.sleep(0.1)

    async def answers(self, question: str) -> str:
        """What the first of the demo's shoppers hears."""
        found = re.search(r"phones and inspector +(http://\S+)/", self.printed)
        assert found, self.printed
        say = f"{found[1]}/_sim/shoppers/ayue/say?wait=answer&timeout={PATIENCE}"
        async with aiohttp.ClientSession() as http, http.post(say, json={"text": question}) as response:
            heard = (await response.json())["heard"]
        return str(heard["content"]["text"])

    def programs(self) -> list[psutil.Process]:
        """What it started, and what those started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    async def ends(self) -> int:
        return await asyncio.wait_for(self.process.wait(), SECONDS)


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Demo]:
    output = folder.with_name(f"{folder.name}-printed")
    environment = {"XIAOER_DATABASE__URL": "sqlite+aiosqlite:////nowhere/real-shop.db"}
    with output.open("wb") as terminal:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.demo", "--folder", str(folder), "--without-rasa"),
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=processes.die_with(os.getpid(), signal.SIGTERM),
        )
    try:
        yield Demo(process=process, folder=folder, output=output)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def test_a_shopper_is_answered_and_ctrl_c_stops_all_of_it(tmp_path: Path) -> None:
    async with demo(tmp_path / "demo") as first:
        await first.prints(OPEN)
        assert "16:00" in await first.answers("几点前下单当天发货")
        assert "顺丰速运" in await first.answers("我的订单HY20261101001到哪了")
        programs = first.programs()
        assert len(programs) >= 3, (
            programs
        )  # simulator, bot, the bot's Redis; for seconds also its fit of values
        os.killpg(first.process.pid, signal.SIGINT)
        assert await first.ends() == 0
        assert await _are_gone(programs)

    async with demo(tmp_path / "demo") as second:
        await second.prints(OPEN)
        assert "importing" not in second.printed
        assert "16:00" in await second.answers("几点前下单当天发货")
        await _does_not_start_twice(tmp_path / "demo")
        programs = second.programs()
        _the_bot(programs).kill()
        assert await second.ends() == 1
        assert "bot 自己停了 · stopped by itself (SIGKILL)" in second.printed
        assert await _are_gone(programs)


async def test_ctrl_c_works_before_the_shop_is_open(tmp_path: Path) -> None:
    async with demo(tmp_path / "demo") as early:
        await early.prints("importing the example shop")
        programs = early.programs()
        os.killpg(early.process.pid, signal.SIGINT)
        assert await early.ends() == 0
        assert OPEN not in early.printed
        assert await _are_gone(programs)


async def test_nothing_outlives_a_killed_demo(tmp_path: Path) -> None:
    async with demo(tmp_path / "demo") as killed:
        await killed.prints("importing the example shop")
        programs = killed.programs()
        assert programs
        killed.process.kill()
        await killed.ends()
        assert await _are_gone(programs)


async def _does_not_start_twice(folder: Path) -> None:
    output = folder.with_name("twice")
    with output.open("wb") as terminal:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.demo", "--folder", str(folder)),
            cwd=ROOT,
            stdout=terminal,
            stderr=terminal,
        )
    assert await asyncio.wait_for(process.wait(), SECONDS) == 1
    assert f"a demo runs in {folder} already" in output.read_text(encoding="utf-8")


async def _are_gone(programs: list[psutil.Process]) -> bool:
    _, alive = await asyncio.to_thread(psutil.wait_procs, programs, timeout=20)
    return not alive


def _the_bot(programs: list[psutil.Process]) -> psutil.Process:
    (bot,) = [program for program in programs if "serve" in program.cmdline()]
    return bot
