"""The client of the shop's systems against the real interface: batches, lost answers, refusals, wrong secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from bot.events_api import EventsApi
from conversations.clock import ManualClock
from customers.events.client import (
    ATTEMPTS,
    MOST_BYTES,
    EventClient,
    NotAccepted,
    NotReached,
    NotSigned,
    Sent,
)
from customers.events.intake import EventIntake
from customers.events.openapi import PATH
from customers.identity.store import IdentityStore
from customers.settings import EventSettings
from storage.customers_schema import events
from storage.database import Database

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
SECRET = "s" * 32


class Platform:
    """The interface behind a network with ``troubles``: what happens to the next requests, one each.

    ``lost``: the request arrives, the answer does not. A number: the answer of something before the bot.
    """

    def __init__(self, api: EventsApi) -> None:
        self._api = api
        self.troubles: list[int | str] = []
        self.requests = 0

    async def receive(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        trouble = self.troubles.pop(0) if self.troubles else ""
        if isinstance(trouble, int):
            return web.Response(status=trouble, headers={"Retry-After": "7"})
        answer = await self._api.receive(request)
        if trouble == "lost":
            assert request.transport is not None
            request.transport.close()
        return answer


@pytest.fixture
def platform(database: Database) -> Platform:
    settings = EventSettings.model_validate({"secrets": {"mall": SECRET}})
    intake = EventIntake(IdentityStore(None))
    api = EventsApi(
        settings, database, intake, ManualClock(NOW), public_url="https://b.example", max_body_bytes=1_000_000
    )
    return Platform(api)


class Mall:
    """A system of the shop; ``pauses``: how long it waited, without waiting."""

    def __init__(self, url: str, session: ClientSession) -> None:
        self._url, self._session = url, session
        self.pauses: list[float] = []

    def client(self, secret: str = SECRET, most_events: int = 500) -> EventClient:
        return EventClient(
            self._session,
            self._url,
            "mall",
            secret,
            most_events=most_events,
            pause=self._pause,
            clock=NOW.timestamp,
        )

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
async def mall(platform: Platform) -> AsyncIterator[Mall]:
    app = web.Application(client_max_size=1_000_000)
    app.router.add_post(PATH, platform.receive)
    async with TestServer(app) as server, ClientSession() as session:
        yield Mall(str(server.make_url("/")), session)


def told(name: str, **about: Any) -> dict[str, Any]:
    return {"id": name, "kind": "click", "at": "2026-11-03T10:00:00+08:00", "who": {"mall_id": "M7"}, **about}


async def kept(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(events))).scalar_one())


async def test_batches_and_refusals_by_their_place(
    mall: Mall, platform: Platform, database: Database
) -> None:
    every = [told(f"e{number}", **({"kind": "pay"} if number in (1, 5) else {})) for number in range(7)]
    sent = await mall.client(most_events=3).send(iter(every))
    assert (sent.taken, sent.known, sent.nobody) == (5, 0, 0)
    assert [(each.index, each.id, each.field) for each in sent.refused] == [
        (1, "e1", "order_no"),
        (5, "e5", "order_no"),
    ]
    assert (platform.requests, await kept(database)) == (3, 5)
    assert await mall.client().send([]) == Sent()
    assert await mall.client().send(every[:1]) == Sent(known=1)


async def test_no_body_grows_too_large(mall: Mall, platform: Platform) -> None:
    large = {f"k{number}": "字" * 200 for number in range(10)}
    every = [told(f"e{number}", extra=large) for number in range(200)]
    assert (await mall.client().send(every)).taken == 200
    assert platform.requests == 2, f"{MOST_BYTES} bytes each"


async def test_a_lost_answer_takes_nothing_twice(mall: Mall, platform: Platform, database: Database) -> None:
    platform.troubles = [502, 429, "lost"]
    sent = await mall.client().send([told("a"), told("b")])
    assert sent == Sent(known=2), "what was taken with the lost answer is known"
    assert await kept(database) == 2
    assert mall.pauses == [7.0, 7.0, 2.0], "as long as told, and longer each time"


async def test_it_gives_up(mall: Mall, platform: Platform) -> None:
    platform.troubles = [500] * ATTEMPTS
    with pytest.raises(NotReached, match="500"):
        await mall.client().send([told("a")])
    assert (platform.requests, len(mall.pauses), max(mall.pauses)) == (ATTEMPTS, ATTEMPTS - 1, 30.0)


async def test_what_is_of_no_use_to_repeat_is_told_at_once(mall: Mall, platform: Platform) -> None:
    with pytest.raises(NotSigned, match="X-Xiaoer-Signature"):
        await mall.client(secret="x" * 32).send([told("a")])
    platform.troubles = [404]
    with pytest.raises(NotAccepted, match="404"):
        await mall.client().send([told("a")])
    assert (platform.requests, mall.pauses) == (2, [])
