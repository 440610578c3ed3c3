"""Everything about the customers of a problem, in a file: what a finished round leaves to whoever looks into it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage.schema import conversations, deliveries, inbox, outbox
from tests.chaos.storm.evidence import Evidence
from tests.chaos.storm.plan import Platform
from tests.chaos.storm.verdict import Verdict
from tests.functional.bot.watching import database_of
from tests.functional.world import World

_MOST = 20


async def keep_dossiers(world: World, evidence: Evidence, verdict: Verdict, file: Path) -> None:
    """Writes ``file`` when there are problems: for each customer whom they name the phone and the stored rows."""
    text = "\n".join(verdict.problems)
    named = [
        item.says.customer
        for number, item in evidence.asked.items()
        if number in text or f"{item.says.customer.name} " in text
    ]
    found = {}
    for customer in list(dict.fromkeys(named))[:_MOST]:
        kefu = customer.platform is Platform.KEFU
        place = "kefu/customers" if kefu else "shoppers"
        shown = await world.sim("GET", f"{place}/{customer.name}/transcript")
        peer = shown["customer"]["external_userid"] if kefu else await _openid(world, customer.name)
        found[customer.name] = {"lines": shown["lines"], **await _rows(world, peer)}
    if found:
        text = json.dumps(found, ensure_ascii=False, indent=1, default=str)
        await asyncio.to_thread(file.write_text, text)


async def _openid(world: World, name: str) -> str:
    return str((await world.sim("GET", f"shoppers/{name}"))["openid"])


async def _rows(world: World, peer: str) -> dict[str, list[dict[str, Any]]]:
    async with database_of(world) as database, database.reading() as connection:
        whose = select(conversations.c.id).where(conversations.c.peer == peer)
        queries = {
            "conversations": select(conversations).where(conversations.c.peer == peer),
            "inbox": select(inbox).where(inbox.c.conversation_id.in_(whose)).order_by(inbox.c.id),
            "outbox": select(outbox).where(outbox.c.conversation_id.in_(whose)).order_by(outbox.c.id),
            "deliveries": select(deliveries)
            .join(outbox, outbox.c.id == deliveries.c.outbox_id)
            .where(outbox.c.conversation_id.in_(whose))
            .order_by(deliveries.c.id),
        }
        return {
            name: [dict(row) for row in (await connection.execute(query)).mappings()]
            for name, query in queries.items()
        }
