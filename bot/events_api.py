"""``POST /api/v1/events``: the shop's systems tell what customers did. Signed, each event once, errors by event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

import orjson
import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from conversations.clock import Clock
from customers.events.event import CustomerEvent
from customers.events.intake import EventIntake, Taken
from customers.events.openapi import PATH, openapi
from customers.events.signature import Unsigned, check
from customers.events.wire import Refusal, read_event
from customers.settings import EventSettings
from storage.database import Database
from storage.groups import GroupCommit
from storage.times import to_ms

log = structlog.get_logger()

DESCRIPTION = "/api/v1/openapi.json"
_AT_ONCE = 20
"""Requests of one transaction."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class EventsApi:
    """``now`` and the database's time are the shop's: see ``Clock``."""

    def __init__(
        self,
        settings: EventSettings,
        database: Database,
        intake: EventIntake,
        clock: Clock,
        *,
        public_url: str,
        max_body_bytes: int,
    ) -> None:
        self._settings = settings
        self._secrets = {source: secret.get_secret_value() for source, secret in settings.secrets.items()}
        self._database = database
        self._intake = intake
        self._clock = clock
        self._max_body_bytes = max_body_bytes
        self._description = openapi(public_url=public_url, max_batch=settings.max_batch)
        self._commits: GroupCommit[Sequence[CustomerEvent], Taken] = GroupCommit(self._commit, limit=_AT_ONCE)

    @property
    def routes(self) -> Mapping[str, tuple[str, Handler]]:
        """By path: method and handler."""
        return {PATH: ("POST", self.receive), DESCRIPTION: ("GET", self.describe)}

    async def describe(self, _request: web.Request) -> web.Response:
        return web.json_response(self._description)

    async def receive(self, request: web.Request) -> web.Response:
        """Answered once what was taken is on disk."""
        if (request.content_length or 0) > self._max_body_bytes:
            return self._too_large()
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return self._too_large()
        source = check(
            request.headers,
            body,
            self._secrets,
            now=self._clock.now().timestamp(),
            window_seconds=self._settings.window_seconds,
        )
        if isinstance(source, Unsigned):
            log.warning("events.unsigned", field=source.field)
            return _problem(401, source.field, source.problem, source.cure)
        told = self._read(body)
        if isinstance(told, web.Response):
            return told
        return await self._take(told, source)

    def _read(self, body: bytes) -> Sequence[object] | web.Response:
        try:
            told = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return _problem(400, "body", f"is not JSON: {error.msg}", "Send UTF-8 JSON")
        events = told.get("events") if isinstance(told, dict) else None
        most = self._settings.max_batch
        if not isinstance(events, list) or not 1 <= len(events) <= most:
            cure = f'Send {{"events": [...]}} with 1 to {most} events'
            return _problem(400, "events", "is no list, is empty, or is too long", cure)
        return events

    async def _take(self, told: Sequence[object], source: str) -> web.Response:
        now = self._clock.now()
        read = [read_event(each, index, source, now) for index, each in enumerate(told)]
        refused = [each for each in read if isinstance(each, Refusal)]
        try:
            taken = await self._commits.submit([each for each in read if isinstance(each, CustomerEvent)])
        except SQLAlchemyError as error:
            log.error("events.database_failed", error=type(error).__name__)
            cure = "Send the same events again in a while: none is taken twice"
            return _problem(503, "database", "cannot be written just now", cure)
        counts = {"taken": taken.new, "known": taken.doubled, "nobody": taken.nobody}
        for result, count in (*counts.items(), ("refused", len(refused))):
            metrics.customer_events.labels(source=source, result=result).inc(count)
        return web.json_response({**counts, "refused": [each.as_json() for each in refused]})

    async def _commit(self, batches: Sequence[Sequence[CustomerEvent]]) -> list[Taken]:
        async with self._database.writing() as connection:
            return await self._intake.take_each(connection, batches, to_ms(self._clock.now()))

    def _too_large(self) -> web.Response:
        cure = f"Send at most {self._max_body_bytes} bytes: fewer events at a time"
        return _problem(413, "body", "is too large", cure)


def _problem(status: int, field: str, problem: str, cure: str) -> web.Response:
    headers = {"Retry-After": "5"} if status == web.HTTPServiceUnavailable.status_code else None
    error = {"field": field, "problem": problem, "cure": cure}
    return web.json_response({"error": error}, status=status, headers=headers)
