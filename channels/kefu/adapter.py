"""微信客服 behind the port that every channel implements: every account of one app."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from channels.calls import Answered, Budget
from channels.kefu import items, sending
from channels.kefu.client import Failure, KefuClient
from channels.kefu.desk import Session
from channels.kefu.events import UNKNOWN_SERVICER
from channels.kefu.sending import Sendable
from channels.kefu.sessions import KnownSession, Sessions
from channels.kefu.states import SessionState, Told, held_by, may_speak, told_by_errcode
from channels.kefu.transfers import Transfers
from channels.limits import KEFU_LIMITS, ReplyLimits
from channels.outcomes import HeldByPeople, NotSent, Refused, SendOutcome, WindowClosed
from channels.wecom.settings import WecomSettings
from conversations.address import Address
from conversations.clock import Clock
from conversations.inbound import Inbound, MessageKey
from conversations.ownership import Owner
from conversations.replies import CardReply, CardUpdate, CodedReply, Reply, TransferReply

_TRUST_SPEAKABLE = timedelta(hours=48)
"""No session lasts longer (WeCom 94669). Until then only people change it, of which we are told, or 95018 tells."""
_TRUST_HELD = timedelta(seconds=30)
"""The platform does not tell when it takes a session out of the pool, or lets one that people had run out."""


class KefuChannel:
    """微信客服 as a ChannelPort. The account is in each address."""

    def __init__(self, settings: WecomSettings, client: KefuClient, sessions: Sessions, clock: Clock) -> None:
        self.settings = settings
        self._client = client
        self._sessions = sessions
        self._clock = clock
        self._transfers = Transfers(client, sessions, clock)

    @property
    def limits(self) -> ReplyLimits:
        return KEFU_LIMITS

    @property
    def idempotent(self) -> bool:
        return True

    @property
    def sends_here(self) -> bool:
        return True

    @property
    def hands_over(self) -> bool:
        return self.settings.kefu.handoff == "native"

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        """``body`` is a pulled item, ``key`` what ``items.key_of`` made of it."""
        return items.read(body, key, received_at=self._clock.now())

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        """Never: the callback only says that there is something to pull."""
        return None

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        budget = Budget(self.settings.send_timeout_seconds)
        match reply:
            case CodedReply():
                return await self._send_by_code(reply, key, budget)
            case TransferReply():
                return await self._transfers.carry_out(reply, to, key=key, budget=budget)
            case CardReply() | CardUpdate():
                return Refused(reason="微信客服 has no template cards")
            case _:
                return await self._send(reply, to, key, budget)

    async def _send_by_code(self, reply: CodedReply, key: str, budget: Budget) -> SendOutcome:
        """Allowed whatever the session's state, so nothing is looked up: welcome codes end after 20 s."""
        now = self._clock.now()
        if reply.code.expires_at <= now:
            return Refused(reason="the code has expired")
        body = sending.message_on_event(reply, key=key, now=now)
        result = await self._client.send_on_event(body, seconds=budget.left())
        if sending.refused_for_state(result):
            return WindowClosed(reason="the session has moved on, and what the code was for with it")
        return sending.outcome(result, msgid=sending.msgid_of(key))

    async def _send(self, reply: Sendable, to: Address, key: str, budget: Budget) -> SendOutcome:
        known = await self._sessions.read(to)
        session, fresh = trusted(known, self._clock.now()), False
        if session is None:
            looked = await self._look(to, budget)
            if not isinstance(looked, Session):
                return looked
            session, fresh = looked, True
        if not may_speak(session.state):
            return silent(session)
        result = await self._client.send(reply, to, key=key, seconds=budget.left())
        if isinstance(result, Answered) and (told := told_by_errcode(result.code)):
            await self._sessions.learn(to, told)
        if sending.refused_for_state(result):
            if fresh:
                # Said of a session that is ours: then it is the other meaning of this errcode.
                return WindowClosed(reason="over 48 h since the customer's last message, or just taken")
            return NotSent(reason="the session's state has changed", retry_after=0.0)
        return sending.outcome(result, msgid=sending.msgid_of(key))

    async def _look(self, to: Address, budget: Budget) -> Session | Failure:
        looked = await self._client.service_state(to, seconds=budget.left())
        if isinstance(looked, Session):
            await self._sessions.learn(to, Told(state=looked.state, servicer=looked.servicer))
        return looked


def trusted(known: KnownSession | None, now: datetime) -> Session | None:
    """What is remembered, when it may be relied on at ``now``; None: ask the platform. Pure."""
    if known is None or known.state is None or known.state is SessionState.ENDED:
        return None
    life = _TRUST_SPEAKABLE if may_speak(known.state) else _TRUST_HELD
    if not known.checked_at <= now < known.checked_at + life:
        return None
    return Session(state=known.state, servicer=known.servicer)


def silent(session: Session) -> SendOutcome:
    """What it means for a reply that the API may not speak in ``session``. Pure."""
    match held_by(session.state):
        case Owner.QUEUE:
            return HeldByPeople(owner=Owner.QUEUE)
        case Owner.AGENT:
            return HeldByPeople(owner=Owner.AGENT, agent=session.servicer or UNKNOWN_SERVICER)
        case _:
            return WindowClosed(reason="the session has ended")
