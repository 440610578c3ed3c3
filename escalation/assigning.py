"""The queue is drained: whoever waits is given to whoever is there and has room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from conversations.address import ConversationId
from conversations.clock import Clock
from escalation import roster, service_store, serving, wording
from escalation.ownership import Busy
from escalation.routing import Agent, Assignment, assign
from escalation.service import NotNow, Service
from escalation.serving import Moment
from escalation.settings import DeskSettings
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round did. ``busy``: conversations in which something was just being said; they are next."""

    claimed: tuple[Assignment, ...] = ()
    queued: int = 0
    put_off: int = 0
    busy: int = 0


class Assigner:
    """Any number of processes may run rounds at once: a claim is granted once, and room is counted again with it."""

    def __init__(
        self, database: Database, settings: DeskSettings, clock: Clock, *, real_ms: Callable[[], int]
    ) -> None:
        self._database = database
        self._clock = clock
        self._rules = settings.rules()
        self._hours = settings.service_hours()
        self._real_ms = real_ms

    async def round(self) -> Round:
        now = self._clock.now()
        waiting, there, due, anybody = await self._look(now)
        receiving = any(agent.receiving for agent in there)
        if not anybody or (not receiving and not self._hours.open_at(now)):
            return Round(put_off=await self._put_off(waiting, now))
        queued = 0
        if receiving and due:
            for conversation_id in due:
                async with self._database.writing() as connection:
                    queued += await serving.queue_now(connection, conversation_id, self._moment(now))
            waiting, there, _, _ = await self._look(now)
        claimed, busy = await self._claim(waiting, there, now)
        return Round(claimed=claimed, queued=queued, busy=busy)

    async def _look(self, now: datetime) -> tuple[list[Service], list[Agent], list[ConversationId], bool]:
        """Who waits, who is there, whose time has come, and whether a desk is open at all."""
        async with self._database.reading() as connection:
            waiting = await service_store.in_queue(connection)
            due = await service_store.due(connection, now)
            if not waiting and not due:
                return [], [], [], True
            real_ms = self._real_ms()
            there = await roster.present(connection, await service_store.loads(connection), real_ms=real_ms)
            return waiting, there, due, await roster.anybody(connection, real_ms=real_ms)

    async def _put_off(self, waiting: list[Service], now: datetime) -> int:
        """Who waits is not left with nobody at all: the bot goes on, and says so."""
        opens = self._hours.next_opening(now)
        text = wording.NOBODY_THERE if self._hours.open_at(now) else wording.off_duty(opens, now)
        count = 0
        for service in waiting:
            async with self._database.writing() as connection:
                count += await serving.put_off(
                    connection,
                    service.conversation_id,
                    until=opens or now,
                    text=wording.LEFT_ALONE + text,
                    at=self._moment(now),
                )
        return count

    async def _claim(
        self, waiting: list[Service], there: list[Agent], now: datetime
    ) -> tuple[tuple[Assignment, ...], int]:
        conversations = {str(each.key): each.conversation_id for each in waiting}
        claimed, busy = [], 0
        for each in assign([each.as_waiting for each in waiting], there, now, self._rules):
            try:
                async with self._database.writing() as connection:
                    done = await serving.claim(
                        connection,
                        conversations[each.key],
                        each.login,
                        each.tier,
                        self._moment(now),
                        within_room=True,
                    )
            except NotNow:
                continue
            if isinstance(done, Busy):
                busy += 1
            else:
                claimed.append(each)
        return tuple(claimed), busy

    def _moment(self, now: datetime) -> Moment:
        return Moment(now=now, real_ms=self._real_ms())
