"""Live: what changes is rendered once and sent to every open desk. The truth is in SQL; a lost wake-up costs seconds.

One watcher a process looks what is new since it last looked, woken or every two seconds. Each desk has a short queue;
one that does not read is let go and comes again by itself (EventSource), and then loads its lists anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from console.desk.desk import AgentsDesk
from console.desk.rows import Row, rows_of
from escalation import mentions, roster
from storage.people_schema import service_events
from storage.schema import messages

log = structlog.get_logger()

LOOK_SECONDS = 2.0
SEEN_SECONDS = 15.0
MOST_AT_ONCE = 100
"""Of more changed conversations than these the lists are loaded anew."""
MENTION = "event: mention\ndata: {}\n\n"
RELOAD = "event: reload\ndata: {}\n\n"
_BEHIND = 300
"""Ids that are looked at again: transactions end in another order than their ids were given."""
_MOST_WAITING = 400

Render = Callable[[Row], str]


@dataclass(eq=False)
class OpenDesk:
    """One browser. ``receives`` and ``asked`` (the newest unseen mention, 0 for none): what it shows of its agent.

    ``gone``: it read too slowly, or the server ends.
    """

    login: str
    receives: bool | None = None
    asked: int | None = None
    waiting: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class Live:
    def __init__(self, desk: AgentsDesk) -> None:
        self._desk = desk
        self._open: set[OpenDesk] = set()
        self._seen: dict[str, OrderedDict[int, None]] = {"messages": OrderedDict(), "events": OrderedDict()}
        self._last = {"messages": 0, "events": 0}

    async def open(self, login: str) -> OpenDesk:
        """A desk that hears of everything from now on; what was before, it loads by itself."""
        if not self._open:
            await self._begin()
        desk = OpenDesk(login=login)
        self._open.add(desk)
        return desk

    async def close(self, desk: OpenDesk) -> None:
        """With the last desk of an agent, nobody new is given to them."""
        self._open.discard(desk)
        if any(each.login == desk.login for each in self._open):
            return
        with contextlib.suppress(SQLAlchemyError):
            async with self._desk.database.writing() as connection:
                await roster.stand_up(connection, desk.login)

    def end(self) -> None:
        """The server ends: every stream does."""
        for desk in list(self._open):
            desk.gone.set()

    async def watch(self, render: Render) -> None:
        """Ends never. With no desk open nothing is looked at."""
        seen_due = 0.0
        while True:
            await self._desk.wait(LOOK_SECONDS)
            try:
                if self._open:
                    await self._look(render)
                now = asyncio.get_running_loop().time()
                if self._open and now >= seen_due:
                    seen_due = now + SEEN_SECONDS
                    await self._are_seen()
            except SQLAlchemyError as error:
                log.warning("desk.look_failed", error=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)

    async def _begin(self) -> None:
        async with self._desk.database.reading() as connection:
            for name, table in (("messages", messages), ("events", service_events)):
                newest = (await connection.execute(select(func.max(table.c.id)))).scalar_one()
                self._last[name] = newest or 0
                known = await connection.execute(
                    select(table.c.id).where(table.c.id > self._last[name] - _BEHIND)
                )
                self._seen[name] = OrderedDict.fromkeys(known.scalars())

    async def _look(self, render: Render) -> None:
        async with self._desk.database.reading() as connection:
            changed = await self._new(connection, "messages", messages)
            happened = await self._new(connection, "events", service_events)
            self._tell_who_receives(await roster.receivers(connection))
            self._tell_who_is_asked(await mentions.newest_unseen(connection))
            names = changed | happened
            if not names:
                return
            if len(names) > MOST_AT_ONCE:
                self._tell(RELOAD)
                return
            rows = await rows_of(self._desk, connection, of=names)
        found = {row.conversation_id: row for row in rows}
        for name in sorted(names):
            row = found.get(name)
            # A conversation without a service is of no desk, unless one has just ended.
            if row is not None or name in happened:
                self._tell(_event(name, row, render))

    async def _new(self, connection: AsyncConnection, name: str, table: Any) -> set[str]:
        """Conversations with rows that were not there when it was looked last."""
        query = select(table.c.id, table.c.conversation_id).where(table.c.id > self._last[name] - _BEHIND)
        rows: Sequence[Any] = (await connection.execute(query.order_by(table.c.id))).all()
        seen = self._seen[name]
        fresh = [row for row in rows if row.id not in seen]
        for row in fresh:
            seen[row.id] = None
        if fresh:
            self._last[name] = max(self._last[name], fresh[-1].id)
        while len(seen) > 4 * _BEHIND:
            seen.popitem(last=False)
        return {row.conversation_id for row in fresh}

    def _tell_who_receives(self, receivers: set[str]) -> None:
        """Somebody who leads may have changed it, or the agent at another desk of theirs."""
        for desk in list(self._open):
            receives = desk.login in receivers
            if desk.receives is not None and desk.receives != receives:
                _put(desk, RELOAD)
            desk.receives = receives

    def _tell_who_is_asked(self, newest: dict[str, int]) -> None:
        """A colleague asks somebody to look, or they have looked."""
        for desk in list(self._open):
            asked = newest.get(desk.login, 0)
            if desk.asked is not None and desk.asked != asked:
                _put(desk, MENTION if asked > desk.asked else RELOAD)
            desk.asked = asked

    def _tell(self, event: str) -> None:
        for desk in list(self._open):
            _put(desk, event)

    async def _are_seen(self) -> None:
        logins = sorted({desk.login for desk in self._open})
        async with self._desk.database.writing() as connection:
            await roster.seen(connection, logins, real_ms=self._desk.real_ms())


def _put(desk: OpenDesk, event: str) -> None:
    try:
        desk.waiting.put_nowait(event)
    except asyncio.QueueFull:
        desk.gone.set()


def _event(conversation_id: str, row: Row | None, render: Render) -> str:
    told: dict[str, object] = {"conversation": conversation_id}
    if row is not None:
        told |= {
            "state": row.state,
            "agent": row.agent,
            "unread": row.unread,
            "order": row.order,
            "vip": row.vip,
            "html": render(row),
        }
    return f"event: row\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
