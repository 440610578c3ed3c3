"""The demo's canned replies."""

from __future__ import annotations

from datetime import datetime

from escalation.canned import EVERYBODYS, CannedReply, save, usable
from escalation.service import Ending
from storage.database import Database

CANNED = (
    CannedReply(name="开场", text="{称呼}好，我是禾野集的{我的名字}，我来帮您看。"),
    CannedReply(name="查物流", text="{订单号}我帮您查一下物流，两分钟内回您。"),
    CannedReply(name="要照片", text="麻烦拍一张坏果和外箱面单的照片发我，看到就给您处理。"),
    CannedReply(
        name="转售后",
        text="已经帮您开好售后单，24 小时内办完，每一步都会告诉您。",
        note="开了售后单，顾客知道 24 小时",
        ending=Ending.FOLLOWED_UP,
    ),
    CannedReply(name="道别", text="不客气，有事随时找我们，祝您用餐愉快。", ending=Ending.SOLVED),
)


async def fill_canned(database: Database, now: datetime) -> None:
    """Once: whoever changes or removes them finds it so the next time."""
    async with database.writing() as connection:
        if await usable(connection, EVERYBODYS):
            return
        for reply in CANNED:
            await save(connection, reply, by="(demo)", at=now)
