"""Gives customers who wait to agents who are there, for ever."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.wakeups import Wakeups, Work
from escalation.assigning import Assigner

log = structlog.get_logger()

_LOOK_SECONDS = 1.0
_BUSY_SECONDS = 0.1
_TROUBLED_SECONDS = 2.0


async def keep_assigning(assigner: Assigner, wakeups: Wakeups) -> None:
    """Ends never. A wake-up makes it fast; the look each second makes it certain."""
    while True:
        try:
            done = await assigner.round()
            if done.claimed or done.queued or done.put_off:
                metrics.services_assigned.inc(len(done.claimed))
                wakeups.notify(Work.SENDS if done.put_off else Work.DESK)
            await wakeups.wait(Work.QUEUE, _BUSY_SECONDS if done.busy else _LOOK_SECONDS)
        except SQLAlchemyError as error:
            log.warning("assigning.database_failed", error=type(error).__name__)
            await asyncio.sleep(_TROUBLED_SECONDS)
