"""Drives the mirror of the corp's customer groups: catches up after events, and lists all groups now and then."""

from __future__ import annotations

import asyncio
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from channels.wecom.answers import Failure
from channels.wecom.group_mirror import GroupMirror

log = structlog.get_logger()

LOOK_SECONDS = 2.0
PAUSE_SECONDS = 60.0
"""After the platform did not answer, or does not let us."""
LIST_SECONDS = 6 * 3600.0
"""Events can be lost (WeCom 92130), and whole groups with them."""


async def keep_groups(mirror: GroupMirror) -> None:
    """Runs until cancelled. Several processes may: a reading is saved only if no event came meanwhile."""
    listed: float | None = None
    while True:
        pause = LOOK_SECONDS
        try:
            due = listed is None or time.monotonic() - listed >= LIST_SECONDS
            failure = await mirror.reconcile() if due else await mirror.catch_up()
            if isinstance(failure, Failure):
                log.warning("groups.not_read", reason=failure.reason)
                pause = PAUSE_SECONDS
            elif due:
                listed, pause = time.monotonic(), 0
        except SQLAlchemyError as error:
            log.warning("groups.mirror_failed", error=type(error).__name__)
        await asyncio.sleep(pause)
