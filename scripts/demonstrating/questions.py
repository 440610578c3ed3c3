"""What the demo's customers asked in vain before the visitor came, and what an agent told one of them.

The example shop has no entries about these two things; the console's page of such questions has something to show.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from conversations.address import Address, Channel
from conversations.questions import AskedQuestion, Reaction
from conversations.replies import TextReply, to_stored
from knowledge_base.mining.marking import Happened
from knowledge_base.mining.store import record
from storage.conflicts import insert_or_ignore
from storage.database import Database
from storage.schema import messages
from storage.times import to_ms

ASKED = {
    "店里可以带宠物，小型犬请牵绳或抱着，生鲜区麻烦绕开，谢谢配合": (
        "可以带狗进店吗",
        "门店让带宠物吗",
        "能抱着猫进店逛吗",
        "店里能带狗狗吗",
        "带宠物能进去吗",
        "可以带猫进店吗",
    ),
    "保温杯和餐具可以免费刻字，最多六个字，下单时备注，晚一天发货": (
        "可以在保温杯上刻字吗",
        "杯子能不能刻名字",
        "刻字要等几天",
        "刻字要加钱吗",
        "能刻个名字送人吗",
    ),
}
"""By what the agent answered, how it was asked; the last of each was handed over to the agent."""

AGENT = "lanlan"
_ANSWERED_AFTER = timedelta(minutes=4)
_APART = timedelta(hours=9)


async def ask_before(database: Database, account: str, now: datetime) -> None:
    """Writes them into a migrated database, once. ``account``: the official account that was asked."""
    at = now
    async with database.writing() as connection:
        for group, (answer, texts) in enumerate(ASKED.items()):
            for number, text in enumerate(texts):
                at -= _APART
                key = f"demo-asked-{group}-{number}"
                address = Address(channel=Channel.OFFICIAL, account=account, peer=key)
                asked = AskedQuestion(
                    text=text, reaction=Reaction.REFUSED, rule="nothing_near", version="demo"
                )
                told = text == texts[-1]
                turn = Happened(key=key, at=at, question=asked, handed_over=told)
                await record(connection, {address.conversation_id: turn})
                if told:
                    row = {
                        "key": f"{key}-answer",
                        "conversation_id": address.conversation_id,
                        "author": f"agent:{AGENT}",
                        "body": json.dumps(to_stored(TextReply(text=answer)), ensure_ascii=False),
                        "at_ms": to_ms(at + _ANSWERED_AFTER),
                    }
                    await connection.execute(insert_or_ignore(connection, messages, "key"), [row])
