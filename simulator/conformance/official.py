"""The official account's chapter: puts the stage up and carries the checks out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from simulator.app import PUSHER, WORLD, create_app
from simulator.conformance import (
    official_delivery,
    official_refusals,
    official_sending,
    official_verification,
)
from simulator.conformance.check import Check, Result, carry_out
from simulator.conformance.stage import Patience, Stage
from simulator.settings import Settings
from simulator.transport import Wire

CHECKS: tuple[Check[Stage], ...] = (
    *official_verification.CHECKS,
    *official_refusals.CHECKS,
    *official_delivery.CHECKS,
    *official_sending.CHECKS,
)
_SIDE_BY_SIDE = 6


@asynccontextmanager
async def stage_of(
    settings: Settings, questions: Sequence[str], slow_question: str | None, patience: Patience
) -> AsyncIterator[Stage]:
    """The platform, serving on the settings' port; the bot must use it as its API base."""
    app = create_app(settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    wire = Wire()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        app[WORLD].base_url = f"http://{settings.host}:{runner.addresses[0][1]}"
        stage = Stage(
            world=app[WORLD],
            pusher=app[PUSHER],
            wire=wire,
            questions=questions,
            slow_question=slow_question,
            patience=patience,
        )
        yield stage
    finally:
        await wire.close()
        await runner.cleanup()


async def learn_the_usual(stage: Stage) -> None:
    """What the bot says to the question when nothing goes wrong."""
    shopper = stage.shopper()
    stage.ask(shopper)
    await stage.answered(shopper)
    stage.usual = await stage.silence(shopper)


async def examine(
    stage: Stage, checks: Iterable[Check[Stage]], done: Callable[[Result], None]
) -> list[Result]:
    """Carry out the checks: first those that disturb nobody, six at a time, then the others one by one."""
    chosen = list(checks)
    await learn_the_usual(stage)
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)
    found: dict[str, Result] = {}

    async def one(check: Check[Stage]) -> None:
        async with gate:
            found[check.id] = await carry_out(check, stage)
            done(found[check.id])

    await asyncio.gather(*(one(check) for check in chosen if not check.alone))
    for check in chosen:
        if check.alone:
            await one(check)
    return [found[check.id] for check in chosen]
