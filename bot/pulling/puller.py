"""The puller: fetches what bells rang about, and looks by itself now and then, because bells can be lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.pulling.contents import Item, read_page
from bot.pulling.store import Pull, PullStore
from bot.retry import Jitter, backoff_seconds
from bot.wakeups import Wakeups, Work
from channels.kefu.client import Pause
from channels.kefu.items import key_of
from channels.kefu.pages import Page
from channels.port import ChannelPort
from conversations.clock import Clock
from handlers.at_once import AtOnce
from storage.times import now_ms, to_ms

log = structlog.get_logger()

_POLL_SECONDS = 0.5
PAGE_SIZE = 1000
_BAD_CURSOR_FAILURES = 3
"""After so many refusals in a row the cursor is given up: the platform has lost it, or it is from another account."""


class Pages(Protocol):
    """The platform's side: one page behind ``cursor``, or why there is none now."""

    async def sync(
        self, account: str, cursor: str, bell_token: str, limit: int = PAGE_SIZE
    ) -> Page | Pause: ...


class Puller:
    def __init__(
        self,
        store: PullStore,
        pages: Pages,
        channel: ChannelPort,
        wakeups: Wakeups,
        clock: Clock,
        *,
        at_once: AtOnce,
        jitter: Jitter = random.random,
    ) -> None:
        self._store = store
        self._pages = pages
        self._channel = channel
        self._wakeups = wakeups
        self._clock = clock
        self._at_once = at_once
        self._jitter = jitter
        self._in_flight: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Runs until cancelled; then gives the accounts back, at the next page."""
        enrolled = False
        try:
            while True:
                enrolled = enrolled or await self._enrol()
                if enrolled:
                    await self._round()
                await self._wakeups.wait(Work.PULLS, _POLL_SECONDS)
        finally:
            for task in self._in_flight:
                task.cancel()
            await asyncio.shield(asyncio.gather(*self._in_flight, return_exceptions=True))

    async def _enrol(self) -> bool:
        try:
            await self._store.enrol()
        except SQLAlchemyError as error:
            log.warning("pull.enrol_failed", error=type(error).__name__)
            return False
        return True

    async def _round(self) -> None:
        try:
            pulls = await self._store.claim(to_ms(self._clock.now()))
        except SQLAlchemyError as error:
            log.warning("pull.claim_failed", error=type(error).__name__)
            return
        for pull in pulls:
            task = asyncio.create_task(self.pull(pull))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)

    async def pull(self, pull: Pull) -> None:
        """Pages until the platform has no more; whatever goes wrong, the next pull continues behind the last page."""
        try:
            await self._to_the_end(pull)
        except asyncio.CancelledError:
            await self._store.pause(pull, seconds=0)
            raise
        except Exception as error:  # noqa: BLE001 - one account's trouble must not end the puller
            log.warning("pull.failed", account=pull.account, error=type(error).__name__)
            await self._later(pull, None)

    async def _to_the_end(self, pull: Pull) -> None:
        token = pull.bell_token
        while True:
            answer = await self._pages.sync(pull.account, pull.cursor, token)
            if isinstance(answer, Pause):
                if answer.without_token and token:
                    token = ""
                    continue
                if answer.bad_cursor and pull.cursor and pull.failures >= _BAD_CURSOR_FAILURES:
                    # What comes a second time has its key already, so nothing is answered twice.
                    log.error(
                        "pull.cursor_lost", account=pull.account, cure="pulling the last three days again"
                    )
                    pull = replace(pull, cursor="", failures=0)
                    continue
                log.warning("pull.paused", account=pull.account, reason=answer.reason)
                await self._later(pull, answer.retry_after)
                return
            kept = await self._keep(pull, answer)
            if kept is None:
                log.info("pull.overtaken", account=pull.account)
                return
            pull = kept
            if not answer.has_more:
                break
        await self._store.finish(pull)
        # A bell may have rung meanwhile.
        self._wakeups.notify(Work.PULLS)

    async def _keep(self, pull: Pull, page: Page) -> Pull | None:
        began = time.perf_counter()
        real_ms = now_ms()
        items = [self._item(item, pull.account) for item in page.items]
        read = read_page(
            items,
            first=pull.first,
            at_once=self._at_once,
            now=self._clock.now(),
            real_ms=real_ms,
        )
        kept = await self._store.keep_page(pull, read, page.next_cursor)
        if kept is not None and items:
            metrics.pulled.labels(channel="kefu").inc(len(items))
            metrics.pull_seconds.observe(time.perf_counter() - began)
            self._wakeups.notify(Work.TURNS)
            if read.said_at_once:
                self._wakeups.notify(Work.CODES)
        return kept

    def _item(self, body: Mapping[str, object], account: str) -> Item:
        return Item(body=body, inbound=self._channel.read(body, key_of(body, account)))

    async def _later(self, pull: Pull, retry_after: float | None) -> None:
        seconds = backoff_seconds(pull.failures + 1, self._jitter, retry_after=retry_after)
        try:
            await self._store.pause(pull, seconds=seconds)
        except SQLAlchemyError as error:
            # The lease runs out by itself.
            log.warning("pull.pause_failed", account=pull.account, error=type(error).__name__)
