"""The pages about what customers ask in vain, on a log of a few questions and a small knowledge base."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.people_said import people_said
from console.audit.log import AuditLog
from console.gaps.desk import GapsDesk
from console.gaps.pages import gaps_pages
from console.knowledge.desk import EditorsDesk
from console.knowledge.pages import knowledge_pages
from conversations.questions import AskedQuestion, Reaction
from conversations.replies import TextReply, to_stored
from knowledge_base.mining.marking import Happened
from knowledge_base.mining.store import record
from knowledge_base.service import KnowledgeBase
from knowledge_base.settings import KnowledgeBaseSettings
from storage.database import Database
from storage.schema import messages
from storage.settings import DatabaseSettings
from storage.times import to_ms
from tests.functional.console.serving import ConsoleServer, Seen, Visitor, Watch, serving
from tests.patience import PATIENCE

GIFT = (
    "可以代写贺卡吗",
    "能帮我写张贺卡放进去吗",
    "生日礼物可以放一张贺卡吗",
    "贺卡可以帮忙代写吗",
    "帮写贺卡吗送人的",
)
REPLY = "可以的，下单时备注想写的话，我们手写好放进包裹里，不收费"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """A console with the pages; ``live``: what customers ask."""

    console: ConsoleServer
    desk: GapsDesk
    live: KnowledgeBase
    database: Database


@asynccontextmanager
async def minding(
    database: Database, url: str, folder: Path, *, watch: Watch | None = None
) -> AsyncIterator[Gaps]:
    """``url``: of the database; ``folder``: of a knowledge base that may be written to."""
    settings = KnowledgeBaseSettings(path=folder)
    live = await KnowledgeBase.open(settings)
    editors = EditorsDesk(settings, live)
    desk = GapsDesk(editors, database, DatabaseSettings(url=url), said=people_said)
    audit = AuditLog(database, now=watch or Watch())
    try:
        parts = (knowledge_pages(editors, audit), gaps_pages(desk, audit))
        async with serving(database, more=parts, watch=watch) as console:
            yield Gaps(console=console, desk=desk, live=live, database=database)
    finally:
        editors.close()
        await live.close()


async def ask_in_vain(gaps: Gaps, texts: Iterable[str] = GIFT, *, reply: str = REPLY) -> None:
    """Somebody asks each; the last goes to a person, who writes ``reply``."""
    now = gaps.desk.editors.now() - timedelta(hours=1)
    texts = list(texts)
    async with gaps.database.writing() as connection:
        for number, text in enumerate(texts):
            asked = AskedQuestion(text=text, reaction=Reaction.REFUSED, rule="nothing_near", version="v")
            last = number == len(texts) - 1
            turn = Happened(key=f"m-{text}", at=now, question=asked, handed_over=last)
            await record(connection, {f"official:gh_demo:p{number}": turn})
        body = json.dumps(to_stored(TextReply(text=reply)), ensure_ascii=False)
        await connection.execute(
            messages.insert(),
            [
                {
                    "key": f"said-{texts[-1]}",
                    "conversation_id": f"official:gh_demo:p{len(texts) - 1}",
                    "author": "agent:lanlan",
                    "body": body,
                    "at_ms": to_ms(now + timedelta(minutes=5)),
                }
            ],
        )


async def answered(gaps: Gaps, text: str, entry: str, *, key: str = "", rule: str = "sure") -> None:
    """Somebody asked it and was answered with the entry."""
    asked = AskedQuestion(
        text=text, reaction=Reaction.ANSWERED, rule=rule, probability=0.9, entries=(entry,), version="v"
    )
    at = gaps.desk.editors.now() - timedelta(hours=1)
    async with gaps.database.writing() as connection:
        turn = Happened(key=key or f"a-{text}", at=at, question=asked)
        await record(connection, {f"official:gh_demo:{key or text}": turn})


async def found(visitor: Visitor) -> Seen:
    """The list after it was found anew."""
    await visitor.get("/console/gaps")
    await visitor.post("/console/gaps/find")
    await _quiet(visitor, "/console/gaps/finding")
    return await visitor.get("/console/gaps")


async def studied(visitor: Visitor, path: str) -> Seen:
    """A cluster's page once its gain is known."""
    await visitor.post(f"{path}/study")
    await _quiet(visitor, f"{path}/gain")
    return await visitor.get(path)


async def _quiet(visitor: Visitor, path: str) -> None:
    """Until that part of a page asks for itself no more."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if 'hx-trigger="every' not in (await visitor.get(path)).raw:
                return
            await asyncio.sleep(0.05)
