"""Table media: which files are to be fetched, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, update

from channels.media.kinds import MediaKind
from conversations.address import Address, Channel, ConversationId
from storage.database import Database
from storage.schema import media
from storage.times import now_ms

LEASE_MS = 120_000
"""Longer than any download may take; after it, a file whose fetcher died is fetched by somebody else."""


class MediaState(StrEnum):
    """Values are stored; never rename them. WAITING is the only one that changes again."""

    WAITING = "waiting"
    KEPT = "kept"
    REFUSED = "refused"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMedia:
    """A file to fetch. ``attempts`` counts this one."""

    id: int
    channel: Channel
    media_id: str
    kind: MediaKind
    attempts: int
    created_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMedia:
    """``file`` is its name below the folder; ``size`` in bytes."""

    file: str
    content_type: str
    size: int


class MediaStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, limit: int) -> list[WaitingMedia]:
        """Up to ``limit`` files that are due, the oldest first, each for this caller alone."""
        now = now_ms()
        table = media.c
        due = (
            select(
                table.id, table.conversation_id, table.media_id, table.kind, table.attempts, table.created_ms
            )
            .where(table.state == MediaState.WAITING, table.due_ms <= now)
            .order_by(table.due_ms, table.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing() as connection:
            rows = (await connection.execute(due)).all()
            if rows:
                await connection.execute(
                    update(media)
                    .where(table.id.in_([row.id for row in rows]))
                    .values(due_ms=now + LEASE_MS, attempts=table.attempts + 1)
                )
        return [
            WaitingMedia(
                id=row.id,
                channel=Address.parse(row.conversation_id).channel,
                media_id=row.media_id,
                kind=MediaKind(row.kind),
                attempts=row.attempts + 1,
                created_ms=row.created_ms,
            )
            for row in rows
        ]

    async def keep(self, waiting: WaitingMedia, kept: KeptMedia) -> None:
        await self._settle(
            waiting,
            state=MediaState.KEPT,
            file=kept.file,
            content_type=kept.content_type,
            bytes=kept.size,
            error=None,
        )

    async def give_up(self, waiting: WaitingMedia, state: MediaState, error: str) -> None:
        """``state`` is REFUSED or LOST."""
        await self._settle(waiting, state=state, error=error)

    async def later(self, waiting: WaitingMedia, seconds: float, error: str) -> None:
        await self._settle(waiting, due_ms=now_ms() + int(seconds * 1000), error=error)

    async def kept(self, conversation: ConversationId) -> dict[str, KeptMedia]:
        """The files of one conversation that we have, by the keys of their messages."""
        table = media.c
        query = select(table.key, table.file, table.content_type, table.bytes).where(
            table.conversation_id == conversation, table.state == MediaState.KEPT
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return {
            row.key: KeptMedia(file=row.file, content_type=row.content_type, size=row.bytes) for row in rows
        }

    async def _settle(self, waiting: WaitingMedia, **values: object) -> None:
        """Whoever took over meanwhile has counted an attempt; what it decides stands."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(media)
                .where(
                    media.c.id == waiting.id,
                    media.c.state == MediaState.WAITING,
                    media.c.attempts == waiting.attempts,
                )
                .values(**values)
            )
