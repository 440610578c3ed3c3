"""Removes what customers asked too long ago."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base.mining.store import prune
from storage.database import Database
from storage.times import from_ms, now_ms

log = structlog.get_logger()

PAUSE_SECONDS = 6 * 3600.0


async def prune_questions(database: Database, *, days: int) -> int:
    """Remove questions older than ``days`` (in real time, as they are written); how many there were."""
    async with database.writing() as connection:
        return await prune(connection, from_ms(now_ms()) - timedelta(days=days))


async def keep_questions_young(database: Database, *, days: int) -> None:
    """Runs until cancelled. Several processes may."""
    while True:
        try:
            removed = await prune_questions(database, days=days)
            if removed:
                log.info("questions.pruned", removed=removed)
        except SQLAlchemyError as error:
            log.warning("questions.not_pruned", error=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)
