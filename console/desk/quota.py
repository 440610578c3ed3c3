"""How many messages the platform still lets an agent send to a customer. Pure but for one read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.limits import Allowed, ReplyLimits, Wait, Window, may_send
from conversations.address import ConversationId
from conversations.inbound import Trigger
from conversations.replies import ReplyKind
from storage.schema import reply_windows
from storage.times import from_ms

PLENTY = 99
ENOUGH = "不限条数"
LEFT = "还能发 {left} 条（顾客再说话就恢复）"
NONE_LEFT = "现在发不了：微信只允许在顾客说话后回 5 条、48 小时内。写下的话会等顾客下次说话时发出"


async def words_on_quota(
    connection: AsyncConnection, conversation_id: ConversationId, limits: ReplyLimits, now: datetime
) -> tuple[str, int]:
    """As agents read it, and the number; PLENTY where nothing is counted."""
    query = select(reply_windows).where(reply_windows.c.conversation_id == conversation_id)
    windows = [
        Window(trigger=Trigger(row.trigger), opened_at=from_ms(row.opened_ms), used=row.used)
        for row in await connection.execute(query)
    ]
    return told(left(limits, windows, now))


def left(limits: ReplyLimits, windows: list[Window], now: datetime) -> int:
    match may_send(limits, windows, ReplyKind.PERSON, now):
        case Allowed(left_for_kind=count):
            return min(count, PLENTY)
        case Wait():
            return 1
        case _:
            return 0


def told(count: int) -> tuple[str, int]:
    if count >= PLENTY:
        return ENOUGH, count
    return (LEFT.format(left=count) if count else NONE_LEFT), count
