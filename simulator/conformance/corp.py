"""The corp's chapters: puts the stage up and carries the checks out, one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from simulator.app import CORP_APP, WORLD, create_app
from simulator.conformance import corp_requests, kefu_people, kefu_reading, kefu_sending, wecom_app
from simulator.conformance.check import Check, Result, carry_out
from simulator.conformance.corp_stage import CorpStage
from simulator.conformance.stage import Patience
from simulator.settings import Settings

KEFU: tuple[Check[CorpStage], ...] = (
    *corp_requests.CHECKS,
    *kefu_reading.CHECKS,
    *kefu_people.CHECKS,
    *kefu_sending.CHECKS,
)
WECOM: tuple[Check[CorpStage], ...] = (*corp_requests.CHECKS, *wecom_app.CHECKS)


@asynccontextmanager
async def stage_of(
    settings: Settings,
    questions: Sequence[str],
    patience: Patience,
    *,
    long_question: str | None = None,
    handoff: str = "转人工",
) -> AsyncIterator[CorpStage]:
    """The corp's API, serving on the corp's port; the bot must use it as its API base."""
    app = create_app(settings)
    world = app[WORLD]
    assert world.corp is not None, "settings without a corp"
    main = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)  # its start and end are the world's
    api = web.AppRunner(app[CORP_APP], access_log=None, shutdown_timeout=1.0)
    await main.setup()
    await api.setup()
    try:
        await web.TCPSite(api, settings.host, world.corp.settings.port).start()
        world.corp.base_url = f"http://{settings.host}:{api.addresses[0][1]}"
        yield CorpStage(
            world=world,
            corp=world.corp,
            questions=questions,
            long_question=long_question,
            handoff=handoff,
            patience=patience,
        )
    finally:
        await api.cleanup()
        await main.cleanup()


async def learn_the_usual(stage: CorpStage) -> None:
    """What the bot says to a customer's question when nothing goes wrong."""
    if not list(stage.corp.kefu.accounts):
        return
    customer = stage.customer()
    stage.ask(customer)
    await stage.answered(customer)
    stage.usual = await stage.silence(customer)


async def examine(
    stage: CorpStage, checks: Iterable[Check[CorpStage]], done: Callable[[Result], None]
) -> list[Result]:
    """Carry out the checks in their order."""
    await learn_the_usual(stage)
    results = []
    for check in checks:
        results.append(await carry_out(check, stage))
        done(results[-1])
    return results
