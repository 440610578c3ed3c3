"""Keeps customers' profiles in step, for ever."""

from __future__ import annotations

import asyncio
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from conversations.clock import Clock
from customers.profile.profiler import Profiler

log = structlog.get_logger()

_IDLE_SECONDS = 0.3
_TROUBLED_SECONDS = 2.0
_LINE_SECONDS = 5.0
_LINE_SHARE = 20
"""Finding the line takes at most one part in so many of the time."""


async def keep_profiles(profiler: Profiler, clock: Clock) -> None:
    """Ends never. Whoever is due is judged; then the line is moved; then, once a day, everybody is judged again."""
    line_due = 0.0
    while True:
        try:
            judged = await profiler.round(clock.now())
            began = time.monotonic()
            if began >= line_due:
                await profiler.move_line(clock.now())
                took = time.monotonic() - began
                line_due = began + took + max(_LINE_SECONDS, took * _LINE_SHARE)
            if not judged:
                judged = await profiler.walk(clock.now())
            metrics.profiles_made.inc(judged)
            await asyncio.sleep(0 if judged else _IDLE_SECONDS)
        except SQLAlchemyError as error:
            log.warning("profiles.database_failed", error=type(error).__name__)
            await asyncio.sleep(_TROUBLED_SECONDS)
