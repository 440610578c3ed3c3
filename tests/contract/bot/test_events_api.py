"""``POST /api/v1/events`` on real databases: signed, each event once, wrong ones by themselves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select, text

from bot.events_api import EventsApi
from bot.web import create_app
from conversations.clock import ManualClock
from customers.events.intake import EventIntake
from customers.events.signature import signed_headers
from customers.identity.store import IdentityStore
from customers.settings import EventSettings
from storage.customers_schema import events
from storage.database import Database

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
SECRET = "s" * 32
Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(database: Database) -> AsyncIterator[Client]:
    settings = EventSettings.model_validate({"secrets": {"mall": SECRET}, "max_batch": 3})
    api = EventsApi(
        settings,
        database,
        EventIntake(IdentityStore(None)),
        ManualClock(NOW),
        public_url="https://bot.example.com",
        max_body_bytes=10_000,
    )

    async def nothing() -> None:
        return None

    app = create_app(max_body_bytes=10_000, webhooks={}, checks={}, before_metrics=nothing, events=api.routes)
    async with TestClient(TestServer(app)) as client:
        yield client


def event(name: str, **about: Any) -> dict[str, Any]:
    return {"id": name, "kind": "click", "at": "2026-11-03T10:00:00+08:00", "who": {"mall_id": "M7"}, **about}


async def tell(client: Client, body: object, **headers: str) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {**signed_headers(SECRET, "mall", AT, raw), **headers}
    async with client.post("/api/v1/events", data=raw, headers=sent) as response:
        return response.status, await response.json()


async def kept(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(events))).scalar_one())


async def test_events_are_taken_once(client: Client, database: Database) -> None:
    first = await tell(client, {"events": [event("a"), event("b"), event("a")]})
    assert first == (200, {"taken": 2, "known": 1, "nobody": 0, "refused": []})
    again = await tell(client, {"events": [event("b"), event("c")]})
    assert again == (200, {"taken": 1, "known": 1, "nobody": 0, "refused": []})
    assert await kept(database) == 3


async def test_a_wrong_event_is_named_and_the_others_are_taken(client: Client, database: Database) -> None:
    wrong = event("b", kind="pay", amount_fen=0, order_no="o")
    phone = event("c", who={"phone": "+86 138 0013 8000"})
    status, said = await tell(client, {"events": [event("a"), wrong, phone]})
    assert (status, said["taken"], said["nobody"]) == (200, 1, 1)
    assert said["refused"] == [
        {
            "index": 1,
            "id": "b",
            "field": "amount_fen",
            "problem": "input should be greater than or equal to 1",
            "cure": "Write whole fen above 0; pay and refund need it",
        }
    ]
    assert await kept(database) == 1


async def test_nothing_is_taken_of_a_request_that_is_wrong(client: Client, database: Database) -> None:
    good = {"events": [event("a")]}
    raw = json.dumps(good).encode()
    found = {
        "another body": await tell(client, raw + b" ", **signed_headers(SECRET, "mall", AT, raw)),
        "another source": await tell(client, good, **{"X-Xiaoer-Source": "crm"}),
        "another secret": await tell(client, raw, **signed_headers("t" * 32, "mall", AT, raw)),
        "old": await tell(client, raw, **signed_headers(SECRET, "mall", AT - 301, raw)),
        "no time": await tell(client, raw, **{"X-Xiaoer-Time": "soon"}),
        "no JSON": await tell(client, b"{"),
        "no list": await tell(client, {"event": event("a")}),
        "nothing": await tell(client, {"events": []}),
        "too many": await tell(client, {"events": [event(str(number)) for number in range(4)]}),
        "too large": await tell(client, {"events": [event("a", text="好" * 9_000)]}),
    }
    assert {name: (status, said["error"]["field"]) for name, (status, said) in found.items()} == {
        "another body": (401, "X-Xiaoer-Signature"),
        "another source": (401, "X-Xiaoer-Signature"),
        "another secret": (401, "X-Xiaoer-Signature"),
        "old": (401, "X-Xiaoer-Time"),
        "no time": (401, "X-Xiaoer-Time"),
        "no JSON": (400, "body"),
        "no list": (400, "events"),
        "nothing": (400, "events"),
        "too many": (400, "events"),
        "too large": (413, "body"),
    }
    assert await kept(database) == 0


async def test_requests_at_once_share_transactions_and_tell_each_what_was_new(
    client: Client, database: Database
) -> None:
    bodies = [{"events": [event(f"e{number}"), event("shared")]} for number in range(30)]
    said = await asyncio.gather(*(tell(client, body) for body in bodies))
    assert {status for status, _ in said} == {200}
    assert sum(answer["taken"] for _, answer in said) == 31 == await kept(database)
    assert sum(answer["known"] for _, answer in said) == 29


async def test_a_database_that_is_away_is_told_and_the_same_again_is_taken(
    client: Client, database: Database
) -> None:
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE customer_events RENAME TO gone"))
    status, said = await tell(client, {"events": [event("a")]})
    assert (status, said["error"]["field"]) == (503, "database")
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE gone RENAME TO customer_events"))
    assert (await tell(client, {"events": [event("a")]}))[1]["taken"] == 1


async def test_the_description_fits_what_is_taken(client: Client) -> None:
    async with client.get("/api/v1/openapi.json") as response:
        described = await response.json()
    batch = described["components"]["schemas"]["Batch"]["properties"]["events"]
    assert batch["maxItems"] == 3
    assert set(described["components"]["schemas"]["Event"]["required"]) == {"id", "kind", "at", "who"}
    references = set(_references(described))
    assert references
    assert {name.rpartition("/")[2] for name in references} <= described["components"]["schemas"].keys()


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [name for each in part.values() for name in _references(each)]
    return [name for each in part for name in _references(each)] if isinstance(part, list) else []
