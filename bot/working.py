"""The work of a worker: every loop that runs for ever, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from bot.assigning import keep_assigning
from bot.callbacks_seen import CallbacksSeen
from bot.code_lane import CodeLane
from bot.delivery import Delivery
from bot.delivery_store import DeliveryStore
from bot.errands.carrying import Carrying
from bot.errands.store import ErrandStore
from bot.group_mirror import keep_groups
from bot.profiling import keep_profiles
from bot.promises import PromiseWatch, keep_promises, promises_of
from bot.pulling.puller import Puller
from bot.pulling.store import PullStore
from bot.pulling.watch import SessionWatch
from bot.question_pruning import keep_questions_young
from bot.turn_store import TurnStore
from bot.valuing import keep_valued
from bot.wecom_tags import TagCalls, keep_tags
from bot.wiring import (
    Foundation,
    customers_of,
    mall_of,
    members_of,
    process_name,
    rasa_of,
    reception,
    thinker,
)
from bot.worker import Worker
from channels.aibot.line import AibotLine, PassiveAnswer
from channels.kefu.client import KefuClient
from channels.kefu.session_store import SessionStore
from channels.media.folder import MediaFolder
from channels.media.keeper import MediaKeeper
from channels.media.store import MediaStore
from channels.sealing import OpenedCallback
from channels.wecom.group_mirror import GroupMirror
from channels.wecom.group_store import GroupStore
from conversations.address import Channel
from customers.profile.profiler import Profiler
from customers.wecom_tags.keeping import TagKeeper
from escalation.assigning import Assigner
from handlers.at_once import at_once
from knowledge_base.service import KnowledgeBase
from storage.times import now_ms

_REFRESH_SECONDS = 2.0


@asynccontextmanager
async def working(base: Foundation, knowledge: KnowledgeBase) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Turns and delivery run while the block does; at its end what is under way is finished.

    Gives the tasks: none of them ends by itself, unless by an error that nobody foresaw.
    """
    name = process_name()
    rasa = rasa_of(base)
    think = await thinker(
        base.settings,
        clock=base.clock,
        database=base.database,
        channels=base.channels,
        knowledge=knowledge,
        rasa=rasa.client if rasa is not None else None,
    )
    customers = customers_of(base)
    turns = TurnStore(
        base.database,
        worker=name,
        retry_window_ms=base.retry_window_ms,
        take_events=customers.take,
        promises=promises_of(base.settings),
    )
    deliveries = DeliveryStore(
        base.database,
        worker=name,
        clock=base.clock,
        port=lambda address: base.channels[address.channel],
    )
    loops: dict[str, Coroutine[Any, Any, None]] = {
        "turns": Worker(turns, think, base.board, base.wakeups).run(),
        "delivery": Delivery(deliveries, base.channels, base.wakeups).run(),
        "errands": _carrying(base, name).run(),
        "codes": CodeLane(base.database, base.channels, base.wakeups, base.clock).run(),
        "index refresh": _keep_fresh(knowledge),
        "media": _media_keeper(base).run(),
        **_desk_loops(base),
        "promises": keep_promises(PromiseWatch(base.database, base.settings, base.clock), base.wakeups),
        "value": keep_valued(base.database, base.settings.database, base.clock),
        "profiles": keep_profiles(Profiler(base.database, base.settings.customers), base.clock),
        "question pruning": keep_questions_young(
            base.database, days=base.settings.knowledge_base.questions_days
        ),
        **_corp_loops(base, name),
    }
    tasks = [asyncio.create_task(loop, name=what) for what, loop in loops.items()]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            await asyncio.wait({task})


def _desk_loops(base: Foundation) -> dict[str, Coroutine[Any, Any, None]]:
    """What our desk needs of workers; nothing without the console, where the desk is."""
    if not base.settings.console.enabled:
        return {}
    assigner = Assigner(base.database, base.settings.desk, base.clock, real_ms=now_ms)
    return {"assigning": keep_assigning(assigner, base.wakeups)}


def _corp_loops(base: Foundation, name: str) -> dict[str, Coroutine[Any, Any, None]]:
    """What a WeCom corp needs beside its callbacks, as far as it is configured."""
    settings, platforms = base.settings.wecom, base.platforms
    loops: dict[str, Coroutine[Any, Any, None]] = {}
    if platforms.kefu is not None and settings.kefu.accounts:
        loops["pulling"] = _puller(base, platforms.kefu, name).run()
        if settings.kefu.handoff == "native":
            sessions = SessionStore(base.database, base.clock)
            loops["session watch"] = SessionWatch(base.database, platforms.kefu, sessions, base.clock).run()
    if platforms.groups is not None and settings.customer_groups:
        loops["customer groups"] = keep_groups(GroupMirror(platforms.groups, GroupStore(base.database)))
    if platforms.wecom_api is not None and settings.customer_tags:
        keeper = TagKeeper(base.database, TagCalls(platforms.wecom_api), group=settings.tag_group)
        loops["customers' tags"] = keep_tags(keeper)
    if platforms.aibot_line is not None:
        loops["AI bot connection"] = _listen(base, platforms.aibot_line)
    return loops


def _carrying(base: Foundation, worker: str) -> Carrying:
    store = ErrandStore(
        base.database,
        worker=worker,
        members=members_of(base.settings),
        promises=promises_of(base.settings),
        clock=base.clock,
    )
    return Carrying(store, mall_of(base.settings, base.database, base.clock), base.wakeups)


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
