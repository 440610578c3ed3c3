"""The editors' part of a console, on a copy of the example shop's knowledge base."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from yarl import URL

from console.audit.log import AuditLog
from console.knowledge.desk import EditorsDesk
from console.knowledge.pages import knowledge_pages
from knowledge_base.entry import Entry
from knowledge_base.service import KnowledgeBase
from knowledge_base.settings import KnowledgeBaseSettings
from storage.database import Database
from tests.functional.console.serving import ConsoleServer, Seen, Visitor, Watch, serving
from tests.patience import PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Editors:
    """A console with the editors' part; ``live``: what customers ask."""

    console: ConsoleServer
    desk: EditorsDesk
    live: KnowledgeBase


@asynccontextmanager
async def editing(
    database: Database, example: Path, folder: Path, *, watch: Watch | None = None
) -> AsyncIterator[Editors]:
    """``folder``: where the copy goes."""
    shutil.copytree(example, folder)
    settings = KnowledgeBaseSettings(path=folder)
    live = await KnowledgeBase.open(settings)
    desk = EditorsDesk(settings, live)
    try:
        parts = (knowledge_pages(desk, AuditLog(database, now=watch or Watch())),)
        async with serving(database, more=parts, watch=watch) as console:
            yield Editors(console=console, desk=desk, live=live)
    finally:
        desk.close()
        await live.close()


def entry_of(editors: Editors, entry_id: str) -> Entry:
    """As it is stored."""
    return next(entry for entry in editors.desk.bench.ledger.entries() if entry.id == entry_id)


async def settled(visitor: Visitor, location: str) -> Seen:
    """The page of a proposal once it is tried or published."""
    async with asyncio.timeout(PATIENCE):
        while True:
            run = await visitor.get(f"{location}/run")
            if "every 1s" not in run.raw:
                return await visitor.get(location)
            await asyncio.sleep(0.1)


async def uploaded(editors: Editors, visitor: Visitor, name: str, content: bytes) -> Seen:
    """What came of a file that the visitor sent: its preview, or why there is none."""
    form = aiohttp.FormData({"csrf": visitor.csrf}, quote_fields=False)
    form.add_field("file", io.BytesIO(content), filename=name)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(editors.console.url, cookie_jar=jar) as session:
        jar.update_cookies({"xiaoer_console": visitor.cookie}, URL(editors.console.url))
        async with session.post("/console/knowledge/files", data=form, allow_redirects=False) as answer:
            text = await answer.text()
            seen = Seen(status=answer.status, text=text, raw=text, headers=answer.headers.copy())
    return await visitor.get(seen.location) if seen.location else seen
