"""The keeper: fetches files that people sent, checks them, and keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from channels import metrics
from channels.calls import DownloadResult
from channels.errcodes import ErrcodeTable
from channels.media.folder import MediaFolder
from channels.media.judging import GiveUp, Keep, Later, judge, pause_seconds
from channels.media.kinds import max_bytes
from channels.media.store import KeptMedia, MediaState, MediaStore, WaitingMedia
from conversations.address import Channel
from storage.times import now_ms

log = structlog.get_logger()

_LIFE_MS = 3 * 24 * 3600 * 1000
"""How long the platforms keep a file (WeCom 94670, 90254)."""
_AT_A_TIME = 4
_POLL_SECONDS = 1.0
_UNSERVED_SECONDS = 1800.0


class Download(Protocol):
    """One platform's media/get."""

    async def __call__(self, media_id: str, *, max_bytes: int) -> DownloadResult: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where one channel's files come from, and what its errcodes mean."""

    download: Download
    errcodes: ErrcodeTable


class MediaKeeper:
    """Fetches what is due, ``_AT_A_TIME`` files at once. Several processes may each run one."""

    def __init__(self, store: MediaStore, folder: MediaFolder, sources: Mapping[Channel, Source]) -> None:
        self._store = store
        self._folder = folder
        self._sources = sources

    async def run(self) -> None:
        """Runs until cancelled; a file under way then is fetched again after its lease."""
        while True:
            try:
                busy = await self.round()
            except SQLAlchemyError as error:
                log.warning("media.round_failed", error=type(error).__name__)
                busy = False
            if not busy:
                await asyncio.sleep(_POLL_SECONDS)

    async def round(self) -> bool:
        """Fetches what is due now, up to a handful. False when nothing was. Raises SQLAlchemyError."""
        waiting = await self._store.claim(_AT_A_TIME)
        await asyncio.gather(*(self._fetch(item) for item in waiting))
        return bool(waiting)

    async def _fetch(self, waiting: WaitingMedia) -> None:
        source = self._sources.get(waiting.channel)
        if source is None:
            decision: Keep | Later | GiveUp = Later(
                reason="the channel is not served", seconds=_UNSERVED_SECONDS
            )
        else:
            most = max_bytes(waiting.channel, waiting.kind)
            result = await source.download(waiting.media_id, max_bytes=most)
            decision = judge(waiting.kind, result, source.errcodes)
        outcome = await self._carry_out(waiting, decision)
        metrics.media.labels(kind=waiting.kind, outcome=outcome).inc()

    async def _carry_out(self, waiting: WaitingMedia, decision: Keep | Later | GiveUp) -> str:
        if isinstance(decision, Keep):
            try:
                name = await self._folder.keep(decision.content)
            except OSError as error:
                decision = Later(reason=f"cannot write: {type(error).__name__}")
            else:
                kept = KeptMedia(file=name, content_type=decision.content_type, size=len(decision.content))
                await self._store.keep(waiting, kept)
                return "kept"
        if isinstance(decision, Later) and now_ms() - waiting.created_ms >= _LIFE_MS:
            decision = GiveUp(state=MediaState.LOST, reason=f"not fetched in three days: {decision.reason}")
        log.warning("media.not_kept", media=waiting.id, kind=waiting.kind, reason=decision.reason)
        if isinstance(decision, GiveUp):
            await self._store.give_up(waiting, decision.state, decision.reason)
            return str(decision.state)
        seconds = pause_seconds(waiting.attempts) if decision.seconds is None else decision.seconds
        await self._store.later(waiting, seconds, decision.reason)
        return "later"
