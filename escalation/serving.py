"""What people do with services, each in the caller's transaction: claim, hand on, give back, end.

Every one holds the conversation's row first, so two people cannot change the same one at once; then the service, the
ownership, the case and the record of what happened change together or not at all. All of them may be repeated: what
is done is found done. They raise ``NotNow`` with a reason, and ``Unknown`` for a conversation that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.ownership import Owner, to_agent, to_bot, to_queue
from conversations.replies import ReplyKind, TextReply, to_stored
from escalation import ownership, roster, satisfaction, service_store
from escalation.ownership import Busy, Taken
from escalation.routing import Tier
from escalation.service import (
    Ending,
    NotNow,
    Service,
    ServiceState,
    claimed,
    deferred,
    ended,
    given_back,
    handed_on,
    queued,
    snoozed,
)
from escalation.service_store import CLOCK, EventKind
from escalation.store import BY_CUSTOMER, close_case, take_case
from escalation.survey import NO_SURVEY, Survey
from storage.outbox import OutboxDraft, say_once
from storage.people_schema import agents
from storage.times import to_ms

NOBODY_WAITS = "nobody is to be served here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """``now``: business time, aware; ``real_ms``: real time, by which leases run and
    transcripts are written."""

    now: datetime
    real_ms: int


async def enter(connection: AsyncConnection, service: Service, *, real_ms: int) -> Service:
    """A turn found that a person is needed; its transaction holds the conversation and writes the owner.

    Gives the service that is under way: an earlier wish counts, and keeps its place.
    """
    if await service_store.add(connection, service):
        await service_store.note(connection, service, EventKind.WANTED, BY_CUSTOMER, real_ms)
        return service
    there = await service_store.under_way(connection, service.conversation_id)
    if there is None:
        return service
    await service_store.note(connection, there, EventKind.WANTED_AGAIN, BY_CUSTOMER, real_ms)
    return there


async def queue_now(connection: AsyncConnection, conversation_id: ConversationId, at: Moment) -> bool:
    """The time of a service for later has come. False: there is none, or not yet."""
    held = await ownership.hold(connection, conversation_id)
    service = await service_store.under_way(connection, conversation_id)
    if service is None or service.state is not ServiceState.LATER:
        return False
    if service.due_at is not None and service.due_at > at.now:
        return False
    await service_store.put(connection, queued(service, at.now))
    await service_store.note(connection, service, EventKind.QUEUED, CLOCK, at.real_ms)
    if held.ownership.owner is Owner.BOT:
        await ownership.change(connection, conversation_id, to_queue(held.ownership))
    return True


async def put_off(
    connection: AsyncConnection, conversation_id: ConversationId, *, until: datetime, text: str, at: Moment
) -> bool:
    """Nobody is there (any more): the bot goes on with the customer, who hears ``text``. False: they do not wait."""
    held = await ownership.hold(connection, conversation_id)
    service = await service_store.under_way(connection, conversation_id)
    if service is None or service.state is not ServiceState.WAITING:
        return False
    await service_store.put(connection, deferred(service, until))
    await service_store.note(connection, service, EventKind.PUT_OFF, CLOCK, at.real_ms)
    if held.ownership.owner is Owner.QUEUE:
        after = to_bot(held.ownership)
        await ownership.change(connection, conversation_id, after)
        await say_once(connection, _told(service, text, after.epoch, at.real_ms))
    return True


async def call_off(connection: AsyncConnection, conversation_id: ConversationId, at: Moment) -> bool:
    """The customer does without a person; their turn's transaction writes the owner. False: nobody is awaited."""
    service = await service_store.under_way(connection, conversation_id)
    if service is None or service.state is ServiceState.SERVING:
        return False
    await service_store.put(connection, ended(service, BY_CUSTOMER, Ending.CALLED_OFF, at.now))
    await service_store.note(connection, service, EventKind.ENDED, BY_CUSTOMER, at.real_ms)
    return True


async def claim(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    login: str,
    tier: Tier,
    at: Moment,
    *,
    within_room: bool = False,
) -> Service | Busy:
    """``login`` serves the customer from now on, and the bot is silent.

    ``Busy``: something is just being said; ask again. ``within_room``: only while they have room for it, counted as
    things are in this transaction. Raises NotNow, with the agent who serves already if somebody does.
    """
    granted = await ownership.claim(connection, conversation_id, login, real_ms=at.real_ms)
    if isinstance(granted, Taken):
        raise NotNow("a colleague serves this customer", agent=granted.by)
    if isinstance(granted, Busy):
        return granted
    service = await service_store.under_way(connection, conversation_id)
    if service is None:
        raise NotNow(NOBODY_WAITS)
    after = claimed(service, login, tier, at.now)
    if after != service:
        if within_room and not await roster.has_room(connection, login, service.need.weight):
            raise NotNow("they have no room for it")
        await service_store.put(connection, after)
        await service_store.note(connection, after, EventKind.CLAIMED, login, at.real_ms, text=tier.value)
        await take_case(connection, service.key, login, at.now)
        await _took_on(connection, login, at.now)
    return after


async def hand_on(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    *,
    by: str,
    to: str,
    at: Moment,
    why: str = "",
    supervisor: bool = False,
) -> Service:
    """The customer goes to a colleague. A ``supervisor`` may take over from whoever serves."""
    held, service = await _held(connection, conversation_id)
    holder = service.agent if supervisor and service.agent is not None else by
    after = handed_on(service, holder, to, at.now)
    if after != service:
        await ownership.change(connection, conversation_id, to_agent(held.ownership, to))
        await service_store.put(connection, after)
        kind = EventKind.TAKEN_OVER if supervisor and to == by else EventKind.HANDED_ON
        await service_store.note(connection, after, kind, by, at.real_ms, whom=to, text=why)
        await _took_on(connection, to, at.now)
    return after


async def give_back(
    connection: AsyncConnection, conversation_id: ConversationId, *, by: str, at: Moment, why: str = ""
) -> Service:
    """Back into the queue, at the place that the customer had."""
    held, service = await _held(connection, conversation_id)
    after = given_back(service, by, at.now)
    await ownership.change(connection, conversation_id, to_queue(held.ownership))
    await service_store.put(connection, after)
    await service_store.note(connection, after, EventKind.GIVEN_BACK, by, at.real_ms, text=why)
    return after


async def end(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    *,
    by: str,
    ending: Ending,
    at: Moment,
    why: str = "",
    survey: Survey = NO_SURVEY,
) -> Service:
    """Done: the bot serves the customer again, and the case is closed. They may be asked how it was."""
    held, service = await _held(connection, conversation_id)
    after = ended(service, by, ending, at.now)
    owner = held.ownership if held.ownership.owner is Owner.BOT else to_bot(held.ownership)
    await ownership.change(connection, conversation_id, owner)
    await service_store.put(connection, after)
    await satisfaction.ask(connection, after, survey, epoch=owner.epoch, now=at.now, real_ms=at.real_ms)
    await service_store.note(connection, after, EventKind.ENDED, by, at.real_ms, text=why or ending.value)
    await close_case(connection, service.key, by, at.now)
    if service.agent is not None:
        await _took_on(connection, service.agent, at.now)
    return after


async def snooze(
    connection: AsyncConnection, conversation_id: ConversationId, *, by: str, until: datetime, at: Moment
) -> Service:
    """Out of the agent's sight until then, or until the customer writes."""
    _, service = await _held(connection, conversation_id)
    after = snoozed(service, by, until)
    await service_store.put(connection, after)
    await service_store.note(connection, after, EventKind.SNOOZED, by, at.real_ms)
    return after


async def remark(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    kind: EventKind,
    *,
    by: str,
    text: str,
    at: Moment,
    whom: str = "",
) -> None:
    """A note for colleagues, or a supervisor's whisper to the agent: the customer never sees it."""
    _, service = await _held(connection, conversation_id)
    await service_store.note(connection, service, kind, by, at.real_ms, whom=whom, text=text)


async def _held(
    connection: AsyncConnection, conversation_id: ConversationId
) -> tuple[ownership.Held, Service]:
    held = await ownership.hold(connection, conversation_id)
    service = await service_store.under_way(connection, conversation_id)
    if service is None:
        raise NotNow(NOBODY_WAITS)
    return held, service


async def _took_on(connection: AsyncConnection, login: str, now: datetime) -> None:
    """Whoever took nobody on for longest comes first, among equals."""
    await connection.execute(update(agents).where(agents.c.login == login).values(idle_ms=to_ms(now)))


def _told(service: Service, text: str, epoch: int, real_ms: int) -> OutboxDraft:
    return OutboxDraft(
        key=f"{service.key}:told:{epoch}",
        conversation_id=service.conversation_id,
        epoch=epoch,
        kind=ReplyKind.TRANSITION,
        body=to_stored(TextReply(text=text)),
        created_ms=real_ms,
    )
