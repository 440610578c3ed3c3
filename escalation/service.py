"""A service: one time that people serve a customer, from the wish for a person until somebody ends it. Pure.

later → waiting → serving → ended. Outside the shop's hours a service is for later, and the bot goes on with the
customer; waiting, the customer stands in the queue; serving, one agent has them. Each change is a function from the
service as it is to the service as it will be; one that does not fit raises ``NotNow``, which says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from conversations.address import ConversationId
from escalation.cases import CaseKey
from escalation.routing import Tier, Waiting


class ServiceState(StrEnum):
    """Values are stored; never rename them."""

    LATER = "later"
    WAITING = "waiting"
    SERVING = "serving"
    ENDED = "ended"


class Ending(StrEnum):
    """Why a service ended. Values are stored; never rename them."""

    SOLVED = "solved"
    FOLLOWED_UP = "followed_up"
    """It goes on as a case of after-sales."""
    SILENT = "silent"
    """The customer says nothing more."""
    CALLED_OFF = "called_off"
    """The customer does without a person."""
    NOT_OURS = "not_ours"
    """Advertising, a mistake, not a customer."""


class NotNow(Exception):
    """What was wanted does not fit the service as it is. ``agent``: who has it, if somebody does."""

    def __init__(self, problem: str, *, agent: str | None = None) -> None:
        super().__init__(problem)
        self.agent = agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Whom a customer needs, and how soon: what routing goes by. Fields as in ``routing.Waiting``."""

    rank: int = 0
    weight: int = 1
    skills: frozenset[str] = frozenset()
    vip: bool = False
    own: str = ""
    deputies: tuple[str, ...] = ()
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """All moments are aware, in business time.

    ``queued_at``: when the customer joined the queue, and rejoined it last. ``due_at``: when one for later joins it.
    ``replied_at``: the first words of a person. ``snoozed_until``: the agent does not want to see it before.
    """

    key: CaseKey
    conversation_id: ConversationId
    opened_at: datetime
    state: ServiceState
    need: Need = field(default_factory=Need)
    queued_at: datetime | None = None
    due_at: datetime | None = None
    agent: str | None = None
    tier: Tier | None = None
    claimed_at: datetime | None = None
    replied_at: datetime | None = None
    snoozed_until: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ending: Ending | None = None

    def __post_init__(self) -> None:
        if (self.state is ServiceState.SERVING) and (self.agent is None or self.claimed_at is None):
            raise ValueError("somebody serves, so it is known who and since when")
        if (self.state is ServiceState.WAITING) and (self.agent is not None or self.queued_at is None):
            raise ValueError("who waits has nobody yet, and has waited since a moment")
        if (self.state is ServiceState.LATER) and self.due_at is None:
            raise ValueError("a service for later has a time")
        if (self.state is ServiceState.ENDED) != (self.ended_at is not None and self.ending is not None):
            raise ValueError("exactly an ended service has an end and its reason")

    @property
    def as_waiting(self) -> Waiting:
        """For routing. Raises NotNow unless the customer waits."""
        if self.state is not ServiceState.WAITING or self.queued_at is None:
            raise NotNow("nobody waits here", agent=self.agent)
        need = self.need
        return Waiting(
            key=self.key,
            since=self.queued_at,
            rank=need.rank,
            weight=need.weight,
            skills=need.skills,
            vip=need.vip,
            own=need.own,
            deputies=need.deputies,
            last=need.last,
        )

    def is_open_to(self, login: str, *, vip: bool, now: datetime, pool_after: timedelta) -> bool:
        """Whether an agent may choose this customer: those of high value are left to their own people for
        ``pool_after``. ``vip``: the agent is of the VIP group.
        """
        if not self.need.vip or vip or login in (self.need.own, *self.need.deputies):
            return True
        return now - (self.queued_at or self.opened_at) >= pool_after


def wanted(
    key: CaseKey,
    conversation_id: ConversationId,
    now: datetime,
    *,
    need: Need | None = None,
    due_at: datetime | None = None,
) -> Service:
    """A customer wants a person: now, or from ``due_at`` on."""
    waits = due_at is None or due_at <= now
    return Service(
        key=key,
        conversation_id=conversation_id,
        opened_at=now,
        state=ServiceState.WAITING if waits else ServiceState.LATER,
        need=need or Need(),
        queued_at=now if waits else None,
        due_at=None if waits else due_at,
    )


def queued(service: Service, now: datetime) -> Service:
    """Its time has come, or its agent gives it back: the customer stands in the queue.

    Whoever waited before keeps the place: ``queued_at`` stays.
    """
    _under_way(service)
    if service.state is ServiceState.WAITING:
        return service
    return replace(
        service,
        state=ServiceState.WAITING,
        queued_at=service.queued_at or now,
        due_at=None,
        agent=None,
        tier=None,
        snoozed_until=None,
    )


def deferred(service: Service, until: datetime) -> Service:
    """Nobody is there (any more): it is for later, and the bot goes on with the customer. They keep their place."""
    _under_way(service)
    if service.state is ServiceState.SERVING:
        raise NotNow("a colleague serves this customer", agent=service.agent)
    return replace(service, state=ServiceState.LATER, due_at=until)


def claimed(service: Service, login: str, tier: Tier, now: datetime) -> Service:
    """``login`` serves the customer now. A repetition changes nothing; raises NotNow when a colleague does."""
    _under_way(service)
    if service.state is ServiceState.SERVING:
        if service.agent != login:
            raise NotNow("a colleague serves this customer", agent=service.agent)
        return service
    return _serving(service, login, tier, now)


def handed_on(service: Service, by: str, to: str, now: datetime) -> Service:
    """Their agent ``by``, or a supervisor who takes over, gives the customer to ``to``."""
    if service.state is not ServiceState.SERVING or service.agent != by:
        raise NotNow("this customer is not with them", agent=service.agent)
    return service if to == by else _serving(service, to, Tier.HANDED_ON, now)


def given_back(service: Service, by: str, now: datetime) -> Service:
    """Back into the queue, at the place that the customer had."""
    if service.state is not ServiceState.SERVING or service.agent != by:
        raise NotNow("this customer is not with them", agent=service.agent)
    return queued(service, now)


def replied(service: Service, login: str, now: datetime) -> Service:
    """The agent wrote: only who serves the customer may."""
    if service.state is not ServiceState.SERVING or service.agent != login:
        raise NotNow("this customer is not with them", agent=service.agent)
    return replace(service, replied_at=service.replied_at or now, snoozed_until=None)


def snoozed(service: Service, login: str, until: datetime) -> Service:
    """Out of the agent's sight until then, or until the customer writes."""
    if service.state is not ServiceState.SERVING or service.agent != login:
        raise NotNow("this customer is not with them", agent=service.agent)
    return replace(service, snoozed_until=until)


def ended(service: Service, by: str, ending: Ending, now: datetime) -> Service:
    """A repetition changes nothing. ``by``: its agent, the customer, or anybody while nobody serves them."""
    if service.state is ServiceState.ENDED:
        return service
    if service.state is ServiceState.SERVING and service.agent != by:
        raise NotNow("a colleague serves this customer", agent=service.agent)
    return replace(
        service, state=ServiceState.ENDED, ended_at=now, ended_by=by, ending=ending, snoozed_until=None
    )


def _serving(service: Service, login: str, tier: Tier, now: datetime) -> Service:
    return replace(
        service,
        state=ServiceState.SERVING,
        agent=login,
        tier=tier,
        claimed_at=now,
        queued_at=service.queued_at or now,
        due_at=None,
        snoozed_until=None,
    )


def _under_way(service: Service) -> None:
    if service.state is ServiceState.ENDED:
        raise NotNow("this service has ended", agent=None)
