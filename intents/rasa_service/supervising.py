"""Keeps one Rasa running: started, found ready, looked after, started again when it ended."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from intents.rasa_service import environment
from intents.rasa_service.health import RasaAway, look, warm_up
from intents.rasa_service.launching import Service, command, variables
from intents.rasa_service.process import running
from intents.rasa_service.restarts import Restarts
from intents.rasa_service.trackers import forget_older

Say = Callable[[str], None]

DAY_SECONDS = 86_400.0


class CannotServe(Exception):
    """Starting Rasa again would not help. A sentence for whoever runs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``start``: until it must be ready. It is looked at every ``look``, and that must be answered within ``answer``;
    it is started again after ``misses`` times without. All but ``misses`` in seconds.
    """

    start: float = 90.0
    look: float = 10.0
    answer: float = 10.0
    misses: int = 3
    poll: float = 0.25


class Supervisor:
    """Runs until it is cancelled; Rasa is gone when ``run`` ends, whatever ended it."""

    def __init__(
        self, service: Service, *, keep_days: float, say: Say, patience: Patience | None = None
    ) -> None:
        """Trackers are forgotten when nothing was said in them for ``keep_days``."""
        self._service = service
        self._keep_days = keep_days
        self._say = say
        self._patience = patience or Patience()

    async def run(self) -> None:
        """Raises CannotServe."""
        restarts = Restarts()
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            await stack.enter_async_context(_beside(self._keep_trackers_young()))
            while not restarts.is_hopeless:
                await asyncio.sleep(restarts.pause_seconds)
                restarts = restarts.after(await self._once(session))
        raise CannotServe(f"{restarts.in_vain} starts of Rasa in a row came to nothing; its log says why")

    async def _once(self, session: aiohttp.ClientSession) -> float | None:
        """From a start to the end of it. For how many seconds it was ready; None when it never was."""
        service = self._service
        if not service.model.is_file():
            raise CannotServe(f"the model {service.model} is gone")
        async with running(
            command(service),
            directory=environment.ROOT,
            environment=variables(service, environment.variables()),
        ) as process:
            self._say(f"starting Rasa (process {process.pid}) with {service.model.name}")
            if not await self._gets_ready(session, process):
                return None
            began = time.monotonic()
            self._say(f"ready: {service.url}, {service.model.name}")
            self._say(f"{await self._watch(session, process)}; starting it again")
            return time.monotonic() - began

    async def _gets_ready(self, session: aiohttp.ClientSession, process: asyncio.subprocess.Process) -> bool:
        problem = ""
        deadline = time.monotonic() + self._patience.start
        while time.monotonic() < deadline:
            if process.returncode is not None:
                self._say(f"Rasa ended while it started{_how(process.returncode)}")
                return False
            try:
                await self._look(session)
                await warm_up(
                    session, self._service.url, token=self._service.token, seconds=self._patience.start
                )
            except RasaAway as away:
                problem = str(away)
            else:
                return process.returncode is None
            await asyncio.sleep(self._patience.poll)
        self._say(f"Rasa was not ready after {self._patience.start:g} s: {problem}")
        return False

    async def _watch(self, session: aiohttp.ClientSession, process: asyncio.subprocess.Process) -> str:
        """Returns when it has ended, or answers no more, and says which."""
        misses = 0
        while misses < self._patience.misses:
            try:
                async with asyncio.timeout(self._patience.look):
                    await process.wait()
            except TimeoutError:
                pass
            else:
                return f"Rasa ended{_how(process.returncode)}"
            try:
                await self._look(session)
            except RasaAway:
                misses += 1
            else:
                misses = 0
        return f"Rasa did not answer {misses} times in a row"

    async def _look(self, session: aiohttp.ClientSession) -> None:
        """Raises RasaAway, and CannotServe: a Rasa that does not find its model silently takes another one."""
        service = self._service
        health = await look(session, service.url, token=service.token, seconds=self._patience.answer)
        if health.model != service.model.name:
            raise CannotServe(f"Rasa has loaded {health.model}, not {service.model.name}")

    async def _keep_trackers_young(self) -> None:
        while True:
            before = time.time() - self._keep_days * DAY_SECONDS
            try:
                forgotten = await forget_older(self._service.database, before=before)
            except (SQLAlchemyError, OSError) as error:
                self._say(f"old trackers could not be forgotten ({type(error).__name__}); tomorrow again")
            else:
                if forgotten:
                    self._say(f"forgot {forgotten} trackers that were silent for {self._keep_days:g} days")
            await asyncio.sleep(DAY_SECONDS)


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _how(returncode: int | None) -> str:
    if returncode is None:
        return ""
    return f" (exit code {returncode})" if returncode >= 0 else f" ({signal.Signals(-returncode).name})"
