"""The work of a worker: every loop that runs for ever, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from bot.callbacks_seen import CallbacksSeen
from bot.code_lane import CodeLane
from bot.delivery import Delivery
from bot.delivery_store import DeliveryStore
from bot.pulling.puller import Puller
from bot.pulling.store import PullStore
from bot.pulling.watch import SessionWatch
from bot.turn_store import TurnStore
from bot.wiring import Foundation, process_name, reception, thinker
from bot.worker import Worker
from channels.aibot.line import AibotLine, PassiveAnswer
from channels.kefu.client import KefuClient
from channels.kefu.session_store import SessionStore
from channels.media.folder import MediaFolder
from channels.media.keeper import MediaKeeper
from channels.media.store import MediaStore
from channels.sealing import OpenedCallback
from conversations.address import Channel
from handlers.at_once import at_once
from knowledge_base.service import KnowledgeBase

_REFRESH_SECONDS = 2.0


@asynccontextmanager
async def working(base: Foundation, knowledge: KnowledgeBase) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Turns and delivery run while the block does; at its end what is under way is finished.

    Gives the tasks: none of them ends by itself, unless by an error that nobody foresaw.
    """
    name = process_name()
    think = await thinker(
        base.settings, clock=base.clock, database=base.database, channels=base.channels, knowledge=knowledge
    )
    turns = TurnStore(base.database, worker=name, retry_window_ms=base.retry_window_ms)
    deliveries = DeliveryStore(
        base.database,
        worker=name,
        clock=base.clock,
        port=lambda address: base.channels[address.channel],
    )
    tasks = [
        asyncio.create_task(Worker(turns, think, base.board, base.wakeups).run(), name="turns"),
        asyncio.create_task(Delivery(deliveries, base.channels, base.wakeups).run(), name="delivery"),
        asyncio.create_task(
            CodeLane(base.database, base.channels, base.wakeups, base.clock).run(), name="codes"
        ),
        asyncio.create_task(_keep_fresh(knowledge), name="index refresh"),
        asyncio.create_task(_media_keeper(base).run(), name="media"),
    ]
    if base.platforms.kefu is not None and Channel.KEFU in base.channels:
        tasks.append(asyncio.create_task(_puller(base, base.platforms.kefu, name).run(), name="pulling"))
        if base.settings.wecom.kefu.handoff == "native":
            sessions = SessionStore(base.database, base.clock)
            watch = SessionWatch(base.database, base.platforms.kefu, sessions, base.clock)
            tasks.append(asyncio.create_task(watch.run(), name="session watch"))
    if base.platforms.aibot_line is not None:
        line = base.platforms.aibot_line
        tasks.append(asyncio.create_task(_listen(base, line), name="AI bot connection"))
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            await asyncio.wait({task})


def _media_keeper(base: Foundation) -> MediaKeeper:
    folder = MediaFolder(base.settings.media.path)
    return MediaKeeper(MediaStore(base.database), folder, base.platforms.files)


def _puller(base: Foundation, kefu: KefuClient, worker: str) -> Puller:
    settings = base.settings
    store = PullStore(
        base.database,
        worker=worker,
        accounts=settings.wecom.kefu.accounts,
        reconcile_ms=int(settings.wecom.kefu.reconcile_seconds * 1000),
    )
    return Puller(
        store,
        kefu,
        base.channels[Channel.KEFU],
        base.wakeups,
        base.clock,
        at_once=at_once(shop_name=settings.service.shop_name, samples=settings.service.sample_questions),
    )


async def _keep_fresh(knowledge: KnowledgeBase) -> None:
    """Swaps the index when a new version was published. A shared folder may be away for a while."""
    while True:
        await asyncio.sleep(_REFRESH_SECONDS)
        with contextlib.suppress(OSError):
            await knowledge.refresh()


async def _listen(base: Foundation, line: AibotLine) -> None:
    """The AI bot's long connection: its callbacks are taken in like any other's."""
    taken = reception(base, Channel.AIBOT, CallbacksSeen(base.database))

    async def receive(opened: OpenedCallback) -> PassiveAnswer | None:
        heard = await taken.take(opened)
        if heard.text is None:
            return None
        return PassiveAnswer(body=heard.text, written=partial(taken.written, heard))

    await line.run(receive)
    # Refused for good: the other channels are served all the same.
    await asyncio.Event().wait()
