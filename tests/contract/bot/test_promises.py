"""Warnings of after-sales reach the WeCom app once, however often the watch looks and in how many processes."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from bot.config import Settings
from bot.promises import PromiseWatch, promises_of
from channels.wecom.settings import WecomSettings
from conversations.address import Address, Channel
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from conversations.clock import ManualClock
from escalation.after_sales.case import AfterSalesKey
from escalation.after_sales.opening import open_by_turn
from escalation.settings import StaffSettings
from storage.database import Database
from storage.schema import conversations, outbox

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


async def test_members_hear_once_of_a_case_that_nobody_takes(database: Database) -> None:
    settings = Settings().model_copy(
        update={
            "wecom": WecomSettings(agent_id=1000002).model_copy(update={"enabled": True}),
            "staff": StaffSettings(members=("zhang", "li")),
        }
    )
    clock = ManualClock(START + timedelta(minutes=17))
    where = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang").conversation_id
    wish = AfterSalesWish(kind=AfterSalesKind.TROUBLE, order_no="HY1")
    async with database.writing() as connection:
        await connection.execute(
            insert(conversations).values(
                id=where, channel="official", account="gh_shop", peer="wang", first_seen_ms=0
            )
        )
        await open_by_turn(connection, AfterSalesKey("m:after"), where, wish, promises_of(settings), START)
    watches = [PromiseWatch(database, settings, clock) for _ in range(2)]
    for _ in range(2):
        await asyncio.gather(*(watch.round() for watch in watches))
    async with database.reading() as connection:
        rows = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
    assert [row.conversation_id for row in rows] == ["wecom:1000002:zhang", "wecom:1000002:li"]
    text = json.loads(rows[0].body)["text"]
    assert "还没人处理，还剩 3 分钟" in text
    assert text.endswith("/console/after-sales/1")
