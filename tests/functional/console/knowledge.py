"""The editors' part of a console, on a copy of the example shop's knowledge base."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from console.audit.log import AuditLog
from console.knowledge.desk import EditorsDesk
from console.knowledge.pages import knowledge_pages
from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.editing.workbench import Workbench
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.service import KnowledgeBase
from knowledge_base.settings import KnowledgeBaseSettings
from storage.database import Database
from tests.functional.console.serving import ConsoleServer, Watch, serving


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
    policy = Policy(calibration=shipped_calibration(), max_wrong_rate=settings.max_wrong_rate)

    def open_own() -> Embedder:
        return open_embedder(settings.embedder, threads=1)

    desk = EditorsDesk(folder, Workbench(settings, open_own, policy), live)
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
