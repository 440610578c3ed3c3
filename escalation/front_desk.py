"""What a customer who needs a person gets: a place in the queue, their own agent, or an honest promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.outcomes import HandOverReason
from customers.profile.profile import Profile, Segment
from escalation import roster, service_store, stewards, wording
from escalation.cases import Case, CaseKey
from escalation.hours import ServiceHours
from escalation.routing import Agent, RoutingRules, Tier, Waiting, choose, expectation
from escalation.service import Need, Service, ServiceState, wanted
from escalation.settings import DeskSettings
from escalation.stewards import Steward
from storage.database import Database

VIP_RANK, VALUE_RANK, USUAL_RANK = -20, -10, 0
"""The lower, the sooner."""
ONLY_TO_TALK = frozenset({HandOverReason.ASKED_FOR, HandOverReason.NOT_UNDERSTOOD})
AT_STAKE = frozenset(
    {
        HandOverReason.COMPLAINT,
        HandOverReason.AFTER_SALES,
        HandOverReason.ANGRY,
        HandOverReason.GOES_PUBLIC,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """``service``: as it is to be written with the turn. ``text``: what the customer hears; unless it ``says_all``,
    after what the handler says of connecting them.

    ``again``: one is under way already, and nothing new is to be written.
    """

    service: Service
    text: str
    says_all: bool = True
    again: bool = False

    @property
    def queues(self) -> bool:
        """Whether the customer stands in the queue now, and the bot is silent."""
        return self.service.state is ServiceState.WAITING


class FrontDesk:
    """``real_ms``: real time, by which it is known whose desk is open."""

    def __init__(self, database: Database, settings: DeskSettings, *, real_ms: Callable[[], int]) -> None:
        self._database = database
        self._settings = settings
        self._hours = settings.service_hours()
        self._rules = settings.rules()
        self._real_ms = real_ms

    async def receive(
        self,
        case: Case,
        now: datetime,
        profile: Profile | None,
    ) -> Received:
        """What this wish for a person leads to. Writes nothing but a new steward, which is harmless to repeat."""
        key, conversation_id, reason = case.key, case.conversation_id, case.reason
        steward = await self._steward(profile, now)
        async with self._database.reading() as connection:
            there = await service_store.under_way(connection, conversation_id)
            if there is not None and there.key != key:
                return self._again(there, now)
            need = await self._need(connection, conversation_id, reason, now, profile, steward)
            waiting = [each.as_waiting for each in await service_store.in_queue(connection)]
            agents = await self._agents(connection)
        service = _joined(key, conversation_id, now, need, self._hours, agents)
        text = self._text(service, waiting, agents, steward, now)
        waits = service.state is ServiceState.WAITING
        says_all = (waits and steward is not None) or (not waits and reason in ONLY_TO_TALK)
        return Received(service=service, text=text, says_all=says_all)

    async def place(self, conversation_id: ConversationId) -> str:
        """What somebody who waits is told of their place; empty when they do not wait (any more)."""
        async with self._database.reading() as connection:
            service = await service_store.under_way(connection, conversation_id)
            if service is None or service.state is not ServiceState.WAITING:
                return ""
            waiting = [each.as_waiting for each in await service_store.in_queue(connection)]
            agents = await self._agents(connection)
        return wording.in_line(expectation(service.key, waiting, agents, self._settings.mean_service))

    async def _agents(self, connection: AsyncConnection) -> list[Agent]:
        loads = await service_store.loads(connection)
        return await roster.present(connection, loads, real_ms=self._real_ms())

    async def _steward(self, profile: Profile | None, now: datetime) -> Steward | None:
        if profile is None or not is_vip(profile, self._settings):
            return None
        async with self._database.reading() as connection:
            known = await stewards.of_customer(connection, profile.customer_id)
        if known is not None:
            return known
        async with self._database.writing() as connection:
            return await stewards.entrust_by_rule(connection, profile.customer_id, now)

    async def _need(
        self,
        connection: AsyncConnection,
        conversation_id: ConversationId,
        reason: HandOverReason,
        now: datetime,
        profile: Profile | None,
        steward: Steward | None,
    ) -> Need:
        since = now - self._settings.remember_agent
        vip = profile is not None and is_vip(profile, self._settings)
        return Need(
            rank=VIP_RANK if vip else VALUE_RANK if reason in AT_STAKE else USUAL_RANK,
            skills=self._settings.skills_for(reason),
            vip=vip,
            own=steward.login if steward is not None else "",
            deputies=steward.deputies if steward is not None else (),
            last=await service_store.last_agent(connection, conversation_id, since),
        )

    def _again(self, there: Service, now: datetime) -> Received:
        text = ""
        if there.state is ServiceState.LATER:
            opens = self._hours.next_opening(there.due_at or now)
            text = wording.off_duty(opens, now) if not self._hours.open_at(now) else wording.NOBODY_THERE
        return Received(service=there, text=text, again=True)

    def _text(
        self,
        service: Service,
        waiting: list[Waiting],
        agents: list[Agent],
        steward: Steward | None,
        now: datetime,
    ) -> str:
        if service.state is ServiceState.LATER:
            if self._hours.open_at(now):
                return wording.NOBODY_THERE
            return wording.off_duty(self._hours.next_opening(now), now)
        if steward is not None:
            return _named(service, agents, steward, now, self._rules)
        line = [each for each in waiting if each.key != service.key] + [service.as_waiting]
        return wording.in_line(expectation(service.key, line, agents, self._settings.mean_service))


def is_vip(profile: Profile, settings: DeskSettings) -> bool:
    """A customer of high value by the segments, or one with a tag that means it."""
    return Segment.HIGH_VALUE in profile.segments or any(
        tag.name in settings.vip_tags for tag in profile.tags
    )


def _joined(
    key: CaseKey,
    conversation_id: ConversationId,
    now: datetime,
    need: Need,
    hours: ServiceHours,
    agents: list[Agent],
) -> Service:
    """In the queue while somebody is there; else for later, so that the bot goes on with the customer."""
    opens = hours.next_opening(now)
    service = wanted(key, conversation_id, now, need=need, due_at=opens)
    if service.state is ServiceState.WAITING and not any(agent.receiving for agent in agents):
        return replace(service, state=ServiceState.LATER, due_at=now)
    return service


def _named(
    service: Service, agents: list[Agent], steward: Steward, now: datetime, rules: RoutingRules
) -> str:
    found = choose(service.as_waiting, {agent.login: agent for agent in agents}, now, rules)
    if found is not None and found.tier is Tier.OWN:
        return wording.OWN_COMES.format(name=steward.name)
    own_is_there = any(agent.receiving and agent.login == steward.login for agent in agents)
    return (wording.OWN_COMES if own_is_there else wording.OWN_IS_AWAY).format(name=steward.name)
