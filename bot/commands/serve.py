"""``serve``: the bot against the platforms in config.yml."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvloop
from aiohttp import web

from bot.config import Settings, load_settings
from bot.logs import set_up_logs
from bot.pages import console_of
from bot.rasa_watch import RasaWatch, watching
from bot.web import Check, create_app
from bot.wiring import Foundation, events_api, foundation, rasa_of, webhooks
from bot.working import working
from conversations.errors import ConfigError, XiaoerError
from knowledge_base.decision import Verdict
from knowledge_base.entry import Entry
from knowledge_base.service import KnowledgeBase
from knowledge_base.serving import Asker

log = structlog.get_logger()

serve_app = typer.Typer()


class Role(StrEnum):
    ALL = "all"
    WEB = "web"
    WORKER = "worker"


class WorkEnded(XiaoerError):
    """A part of the running bot ended that should run for ever."""


@serve_app.command()
def serve(
    config: Annotated[Path | None, typer.Option(help="Configuration file; default: config.yml.")] = None,
    role: Annotated[Role, typer.Option(help="What this process does.")] = Role.ALL,
) -> None:
    """Run the bot against the platforms in config.yml.

    Until SIGINT or SIGTERM. Raises ConfigError for a configuration that cannot be served.
    """
    settings = load_settings(config)
    for section in (settings.official, settings.wecom, settings.aibot, settings.rasa):
        section.validate_ready()
    if not (settings.official.enabled or settings.wecom.enabled or settings.aibot.enabled):
        raise ConfigError("official.enabled", "no channel is enabled", "Enable official, wecom or aibot")
    set_up_logs(settings.logs)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, role))


async def _serve(settings: Settings, role: Role) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    tasks: list[asyncio.Task[None]] = []
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(foundation(settings))
        model = _Model(settings)
        if role is not Role.WORKER:
            checks: dict[str, Check] = {"database": base.database_problem, "redis": base.redis_problem}
            if role is Role.ALL:
                checks["knowledge_base"] = model.problem
            rasa = await stack.enter_async_context(watching(settings.rasa))
            await stack.enter_async_context(_listening(base, checks, model, rasa))
        stack.push_async_callback(model.close)
        if role is not Role.WEB:
            knowledge = await _unless_stopped(model, stop)
            if knowledge is None:
                return
            tasks = await stack.enter_async_context(working(base, knowledge))
            model.works = True
        _spare_what_stays()
        log.info("serve.ready", role=role)
        await _until_stopped(stop, tasks)
        log.info("serve.stopping")


def _spare_what_stays() -> None:
    """What has been loaded by now stays for ever: the garbage collector need not look at it again and again.

    Looking less often as well costs nothing here, because hardly anything we make refers to itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def _until_stopped(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Raises WorkEnded when one of the tasks ends by itself: better no bot than one that only takes messages in."""
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for task in tasks:
        if task in done:
            log.error("serve.work_ended", work=task.get_name(), exc_info=task.exception())
            raise WorkEnded(f"{task.get_name()} ended by an error; the log says which")


class _Model:
    """The knowledge base, which takes seconds to load while callbacks are already taken in. Where nobody answers
    customers, editors are the first to need it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._knowledge: KnowledgeBase | None = None
        self._loading = asyncio.Lock()
        self.works = False

    async def load(self) -> KnowledgeBase:
        async with self._loading:
            if self._knowledge is None:
                self._knowledge = await KnowledgeBase.open(self._settings.knowledge_base)
        return self._knowledge

    async def explain(self, text: str, *, asker: Asker | None = None) -> Verdict:
        return await (await self.load()).explain(text, asker=asker)

    def entry(self, entry_id: str) -> Entry | None:
        """Of an index that is loaded, which it is once something has been explained."""
        return self._knowledge.entry(entry_id) if self._knowledge else None

    async def refresh(self) -> bool:
        return await self._knowledge.refresh() if self._knowledge else False

    async def problem(self) -> str:
        if self._knowledge is None or not self.works:
            return "the model is being loaded"
        return "" if self._knowledge.ready else "no index: run `python -m bot kb import FILE`"

    async def close(self) -> None:
        if self._knowledge is not None:
            await self._knowledge.close()


async def _unless_stopped(model: _Model, stop: asyncio.Event) -> KnowledgeBase | None:
    loading = asyncio.create_task(model.load())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({loading, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not loading.done():
        with contextlib.suppress(asyncio.CancelledError):
            await loading
        return None
    return loading.result()


@contextlib.asynccontextmanager
async def _listening(
    base: Foundation, checks: dict[str, Check], model: _Model, rasa: RasaWatch | None
) -> AsyncIterator[None]:
    settings = base.settings.web

    async def measure() -> None:
        await base.measure()
        if rasa is not None:
            await rasa.problem()

    called = rasa_of(base)
    app = create_app(
        max_body_bytes=settings.max_body_bytes,
        webhooks=webhooks(base),
        checks=checks,
        before_metrics=measure,
        without={} if rasa is None else {"rasa": rasa.problem},
        console=console_of(base, model),
        rasa_actions=called.actions.handle if called is not None else None,
        events=events_api(base),
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, reuse_port=settings.reuse_port or None)
        try:
            await site.start()
        except OSError as error:
            raise ConfigError(
                "web.port",
                f"{settings.host}:{settings.port} cannot be used ({error.strerror})",
                "Choose another",
            ) from error
        log.info("web.listening", address=str(runner.addresses[0]))
        yield
    finally:
        await runner.cleanup()
