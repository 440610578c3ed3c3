"""The newest address of a conversation, read from the transcript, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import insert

from channels.aibot.response_urls import ResponseUrl, ResponseUrls
from conversations.address import Address
from storage.database import Database
from storage.schema import messages
from tests.unit.channels.aibot import bot


async def keep(
    database: Database, key: str, body: object, *, who: Address = bot.ZHANG, author: str = "customer"
) -> None:
    """``key`` is the time, too."""
    async with database.writing() as connection:
        await connection.execute(
            insert(messages).values(
                key=key,
                conversation_id=who.conversation_id,
                author=author,
                body=json.dumps(body),
                at_ms=int(key) * 1000,
            )
        )


def said(code: str | None) -> dict[str, object]:
    return bot.message(
        response_url=code and f"https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code={code}"
    )


async def test_the_newest_message_that_brought_one(database: Database) -> None:
    urls = ResponseUrls(database)
    assert await urls.newest(bot.ZHANG.conversation_id) is None
    await keep(database, "1", said("A"))
    await keep(database, "2", said("B"))
    await keep(database, "3", said(None))
    await keep(database, "4", {"type": "text", "text": "你好", "response_url": "https://x.cn"}, author="bot")
    await keep(database, "5", said("C"), who=bot.ZHANG_IN_GROUP)
    newest = await urls.newest(bot.ZHANG.conversation_id)
    assert newest == ResponseUrl(
        url=str(said("B")["response_url"]), received_at=datetime.fromtimestamp(2, UTC)
    )
