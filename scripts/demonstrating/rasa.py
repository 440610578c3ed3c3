"""Rasa beside the demo: installed, trained and started once the bot is open; nobody waits for it.

The bot answers without it, and uses it as soon as it is there. What goes wrong here is told, and ends nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from intents.rasa_service.environment import is_installed
from intents.rasa_service.training import model_path
from scripts.demonstrating.problem import DemoFailed
from scripts.demonstrating.programs import Program, running

INSTALL = ("-m", "scripts.installing.rasa_packages")
TRAIN = ("-m", "intents.rasa_service", "train")
SERVE = ("-m", "intents.rasa_service", "serve")
STAND_IN = ("-m", "intents.fallback_training")
"""Trains what stands in for Rasa; last, for with Rasa there nobody waits for it."""

PREPARING = (
    "Rasa 正在准备 · preparing Rasa, about 5 minutes the first time; the bot already answers without it"
)
TRAINING = "Rasa 正在训练 · training Rasa, about a minute"
STARTING = "Rasa 正在启动 · starting Rasa, about half a minute; the bot already answers without it"
READY = "Rasa 准备好了 · Rasa understands and guides now; try：我要退货 / 帮我改收货地址"
AWAY = "Rasa 没有准备好，机器人照常回答 · Rasa is not there; the bot answers without it"

Say = Callable[[str], None]
Ready = Callable[[], Awaitable[bool]]

_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RasaBeside:
    """``environment`` carries the two secrets; ``arguments`` are those of ``serve``; ``directory``: the checkout."""

    directory: Path
    logs: Path
    arguments: Sequence[str]
    environment: Mapping[str, str]
    install: Sequence[str] = INSTALL
    train: Sequence[str] = TRAIN
    serve: Sequence[str] = SERVE
    stand_in: Sequence[str] = STAND_IN


@asynccontextmanager
async def rasa_beside(rasa: RasaBeside, *, ready: Ready, say: Say) -> AsyncIterator[None]:
    """It is prepared and runs while the block does, and is gone afterwards. ``ready``: whether the bot can use it."""
    work = asyncio.create_task(_told(rasa, ready, say))
    try:
        yield
    finally:
        work.cancel()
        await asyncio.wait({work})


async def _told(rasa: RasaBeside, ready: Ready, say: Say) -> None:
    try:
        await _prepare(rasa, say)
        await _run(rasa, ready, say)
    except (DemoFailed, OSError) as problem:
        say(f"{AWAY}\n  {problem}")


async def _prepare(rasa: RasaBeside, say: Say) -> None:
    new = not is_installed()
    say(PREPARING if new or model_path() is None else STARTING)
    await _step("rasa-install", rasa, rasa.install)
    if model_path() is None:
        say(TRAINING)
        await _step("rasa-train", rasa, rasa.train)


async def _step(name: str, rasa: RasaBeside, arguments: Sequence[str]) -> None:
    log = rasa.logs / f"{name}.log"
    async with running(name, arguments, directory=rasa.directory, log=log, in_background=True) as step:
        if await step.process.wait() != 0:
            raise step.failed("没有完成 · did not finish")


async def _run(rasa: RasaBeside, ready: Ready, say: Say) -> None:
    """Raises DemoFailed when it ends by itself."""
    async with running(
        "rasa",
        [*rasa.serve, *rasa.arguments],
        directory=rasa.directory,
        log=rasa.logs / "rasa.log",
        environment=rasa.environment,
    ) as program:
        if await _gets_ready(program, ready):
            say(READY)
            await _step("fallback-train", rasa, rasa.stand_in)
        await program.process.wait()
        raise program.failed("自己停了 · stopped by itself")


async def _gets_ready(program: Program, ready: Ready) -> bool:
    while not program.ended:
        if await ready():
            return True
        await asyncio.sleep(_POLL_SECONDS)
    return False
