"""The engine's hot queries use the partial indexes made for them, also when most rows are done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, insert, text
from sqlalchemy.dialects import sqlite

from bot.delivery_sql import heads
from bot.errands.store import CLAIMABLE as ERRANDS_CLAIMABLE
from bot.turn_sql import CLAIMABLE
from storage.database import Database
from storage.errands_schema import errands
from storage.migrate import migrate
from storage.schema import conversations, inbox, outbox
from storage.settings import DatabaseSettings

ROWS = 2_000
NOW = 1_000_000


@pytest.fixture
async def busy_shop(tmp_path: Path) -> AsyncIterator[Database]:
    """Thousands of rows that are done, a few that wait."""
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    async with database.writing() as connection:
        await connection.execute(insert(conversations), [_conversation(n) for n in range(200)])
        await connection.execute(insert(inbox), [_message(n) for n in range(ROWS)])
        await connection.execute(insert(outbox), [_reply(n) for n in range(ROWS)])
        await connection.execute(insert(errands), [_errand(n) for n in range(ROWS)])
    yield database
    await database.close()


async def test_the_claim_walks_only_what_waits(busy_shop: Database) -> None:
    plan = await _plan(busy_shop, CLAIMABLE)
    assert any("inbox USING INDEX ix_inbox_line" in step for step in plan), plan
    assert _searches(plan, "earlier", "ix_inbox_waiting")
    assert _searches(plan, "behind", "ix_inbox_waiting")
    assert _nothing_is_scanned(plan)


async def test_the_delivery_walks_only_what_is_in_line(busy_shop: Database) -> None:
    plan = await _plan(busy_shop, heads())
    assert any("outbox USING INDEX ix_outbox_line" in step for step in plan), plan
    assert _searches(plan, "earlier", "ix_outbox_undelivered")
    assert _searches(plan, "inbox", "ix_inbox_waiting")
    assert _nothing_is_scanned(plan)


async def test_carrying_out_walks_only_what_is_pending(busy_shop: Database) -> None:
    plan = await _plan(busy_shop, ERRANDS_CLAIMABLE)
    assert any("errands USING INDEX ix_errands_line" in step for step in plan), plan
    assert _searches(plan, "earlier", "ix_errands_pending")
    assert _nothing_is_scanned(plan)


async def _plan(database: Database, query: Select[Any]) -> list[str]:
    spelled = query.compile(dialect=sqlite.dialect(paramstyle="named"))
    async with database.reading() as connection:
        rows = await connection.execute(
            text(f"EXPLAIN QUERY PLAN {spelled}"), {**spelled.params, "now_ms": NOW, "most": 64}
        )
        return [str(row.detail) for row in rows]


def _searches(plan: list[str], table: str, index: str) -> bool:
    return any(step.startswith(f"SEARCH {table} USING") and index in step for step in plan)


def _nothing_is_scanned(plan: list[str]) -> bool:
    """Walking a partial index from its beginning is called a scan too, and is what we want."""
    return not [step for step in plan if step.startswith("SCAN") and "_line" not in step]


def _conversation(number: int) -> dict[str, Any]:
    return {
        "id": f"official:gh_shop:{number}",
        "channel": "official",
        "account": "gh_shop",
        "peer": str(number),
        "first_seen_ms": 1,
    }


def _message(number: int) -> dict[str, Any]:
    return {
        "key": f"k{number}",
        "conversation_id": f"official:gh_shop:{number % 200}",
        "body": "{}",
        "received_ms": 1,
        "due_ms": 1,
        "decide_by_ms": 1,
        "state": "done" if number < ROWS - 5 else "waiting",
    }


def _reply(number: int) -> dict[str, Any]:
    return {
        "key": f"k{number}:0",
        "conversation_id": f"official:gh_shop:{number % 200}",
        "epoch": 0,
        "kind": "chat",
        "body": "{}",
        "due_ms": 1,
        "created_ms": 1,
        "state": "sent" if number < ROWS - 5 else "pending",
    }


def _errand(number: int) -> dict[str, Any]:
    return {
        "key": f"k{number}:errand:0",
        "conversation_id": f"official:gh_shop:{number % 200}",
        "customer_ref": f"official:gh_shop:{number % 200}",
        "kind": "cancel",
        "details": "{}",
        "due_ms": 1,
        "created_ms": 1,
        "state": "done" if number < ROWS - 5 else "pending",
    }
