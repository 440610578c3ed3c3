"""Hands a session to the account's servicers: what is asked, in which order, and what each answer means.

WeCom 94669 分配客服会话. Every step may be repeated: the first look finds a transfer that was done already.
"""

from __future__ import annotations

from channels.calls import Answered, Budget
from channels.kefu import sending
from channels.kefu.client import KefuClient, failed
from channels.kefu.desk import Servicers, Session
from channels.kefu.errcodes import ILLEGAL_CHANGE, NOT_A_SERVICER, SERVICER_STOPPED
from channels.kefu.events import UNKNOWN_SERVICER
from channels.kefu.fields import JsonReader
from channels.kefu.sessions import Sessions
from channels.kefu.states import SessionState, Told, code_life, code_of, held_by, told_by_errcode
from channels.outcomes import (
    NobodyReceiving,
    NotSent,
    OutcomeUnknown,
    SendOutcome,
    Sent,
    Transferred,
    WindowClosed,
)
from conversations.address import Address
from conversations.clock import Clock
from conversations.ownership import Owner
from conversations.replies import EventCode, TextReply, TransferReply

_LOOK_AGAIN_SECONDS = 1.0
_CONNECTING = "/connecting"


class Transfers:
    """Carries out TransferReplies; never raises for what the network or the platform does."""

    def __init__(self, client: KefuClient, sessions: Sessions, clock: Clock) -> None:
        self._client = client
        self._sessions = sessions
        self._clock = clock

    async def carry_out(self, reply: TransferReply, to: Address, *, key: str, budget: Budget) -> SendOutcome:
        """One attempt. ``key`` names the transfer for ever."""
        looked = await self._client.service_state(to, seconds=budget.left())
        if not isinstance(looked, Session):
            return looked
        await self._sessions.learn(to, Told(state=looked.state, servicer=looked.servicer))
        if looked.state is SessionState.ENDED:
            return WindowClosed(reason="the session has ended")
        return held_outcome(looked) or await self._hand_over(reply, to, key, budget)

    async def _hand_over(self, reply: TransferReply, to: Address, key: str, budget: Budget) -> SendOutcome:
        servicers = await self._client.servicers(to.account, seconds=budget.left())
        if not isinstance(servicers, Servicers):
            return servicers
        if not servicers.somebody_receives:
            return NobodyReceiving(reason="no servicer of the account receives now")
        told = await self._tell(reply, to, key, budget)
        if not isinstance(told, bool):
            return told
        for state, agent in targets(reply, servicers):
            outcome = await self._change(to, state, agent, told, budget)
            if outcome is not None:
                return outcome
        return NobodyReceiving(reason="the platform lets nobody of the account receive")

    async def _tell(self, reply: TransferReply, to: Address, key: str, budget: Budget) -> bool | SendOutcome:
        """Says ``connecting`` before the change, where the change will bring no code to say it with.

        True: the person has read it. Any outcome but a bool ends this attempt, and the next one repeats it safely.
        """
        known = await self._sessions.read(to)
        if not reply.connecting or known is None or not known.code_granted:
            return False
        name = key + _CONNECTING
        result = await self._client.send(
            TextReply(text=reply.connecting), to, key=name, seconds=budget.left()
        )
        if sending.refused_for_state(result):
            await self._sessions.learn(to, Told(state=None))
            return NotSent(reason="the session's state has changed", retry_after=_LOOK_AGAIN_SECONDS)
        outcome = sending.outcome(result, msgid=sending.msgid_of(name))
        if isinstance(outcome, NotSent | OutcomeUnknown):
            return outcome
        # Refused, or the count is used up: the person shall be served all the same.
        return isinstance(outcome, Sent)

    async def _change(
        self, to: Address, state: SessionState, agent: str | None, told: bool, budget: Budget
    ) -> SendOutcome | None:
        """Changes the session to ``state``. None: this servicer cannot receive, somebody else may."""
        result = await self._client.transfer(to, state, agent, seconds=budget.left())
        if isinstance(result, Answered):
            if result.code == 0:
                code = self._code(result, state)
                told_now = Told(state=state, servicer=agent)
                await self._sessions.learn(to, told_now, code_granted=code is not None)
                owner = Owner.QUEUE if agent is None else Owner.AGENT
                return Transferred(owner=owner, agent=agent, code=code, told=told)
            if result.code in (NOT_A_SERVICER, SERVICER_STOPPED):
                return None
            if told_here := told_by_errcode(result.code):
                await self._sessions.learn(to, told_here)
            if result.code == ILLEGAL_CHANGE:
                return NotSent(reason="the session has changed meanwhile", retry_after=_LOOK_AGAIN_SECONDS)
        return result if isinstance(result, OutcomeUnknown) else failed(result)

    def _code(self, result: Answered, state: SessionState) -> EventCode | None:
        """The code that the change granted; the platform gives one on the first change only."""
        code = JsonReader(result.body).optional_token("msg_code")
        kind = code_of(state)
        if code is None or kind is None:
            return None
        return EventCode(code=code, expires_at=self._clock.now() + code_life(kind))


def targets(reply: TransferReply, servicers: Servicers) -> tuple[tuple[SessionState, str | None], ...]:
    """What is tried in turn: the named agent, if receiving, then the pool, from which whoever is free takes."""
    pool = (SessionState.POOL, None)
    if reply.agent is not None and servicers.receives(reply.agent):
        return (SessionState.SERVED, reply.agent), pool
    return (pool,)


def held_outcome(session: Session) -> Transferred | None:
    """The transfer that people or an earlier attempt have made already; None while the API has the session."""
    match held_by(session.state):
        case None:
            return None
        case Owner.AGENT:
            return Transferred(owner=Owner.AGENT, agent=session.servicer or UNKNOWN_SERVICER)
        case owner:
            return Transferred(owner=owner)
