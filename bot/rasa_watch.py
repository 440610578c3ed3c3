"""Whether Rasa is well, for ``/readyz`` and the metrics: asked at most every few seconds, whoever wants to know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp

from bot import metrics
from bot.settings import RasaSettings, secret_text
from intents.rasa_service.health import RasaAway, look

LOOK_SECONDS = 1.0
"""For how long an answer is waited for."""

FRESH_SECONDS = 5.0
"""For how long what was seen counts."""


class RasaWatch:
    """``problem`` in a few words, empty when Rasa answers with a model. Keeps the metric up to date."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        token: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._url = url
        self._token = token
        self._clock = clock
        self._problem = ""
        self._looked_at: float | None = None
        self._looking = asyncio.Lock()

    async def problem(self) -> str:
        async with self._looking:
            if self._looked_at is None or self._clock() - self._looked_at >= FRESH_SECONDS:
                self._problem = await self._look()
                self._looked_at = self._clock()
                metrics.rasa_up.set(0 if self._problem else 1)
        return self._problem

    async def _look(self) -> str:
        try:
            await look(self._session, self._url, token=self._token, seconds=LOOK_SECONDS)
        except RasaAway as away:
            return str(away)
        return ""


@asynccontextmanager
async def watching(settings: RasaSettings) -> AsyncIterator[RasaWatch | None]:
    """None without Rasa."""
    if settings.url is None:
        yield None
        return
    async with aiohttp.ClientSession() as session:
        yield RasaWatch(session, settings.url, token=secret_text(settings.token))
