"""The platform's own human service: accounts, sessions with shoppers and the queue (docs: customservice)."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.errcodes import ApiError

IDLE_LIMIT = 1800.0
"""Seconds without a word after which a session no longer keeps messages from the bot."""


@dataclass(slots=True)
class Agent:
    """A person who serves shoppers in the platform's own client."""

    account: str
    nickname: str
    online: bool = True


@dataclass(slots=True)
class Session:
    """A shopper being served by an agent; times in epoch seconds."""

    account: str
    openid: str
    created: float
    last_word: float


@dataclass(slots=True)
class AgentDesk:
    """Who serves whom, and who waits."""

    agents: dict[str, Agent] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)

    def set_agent(self, account: str, *, nickname: str | None = None, online: bool = True) -> Agent:
        """Add an agent or change one."""
        agent = Agent(account, nickname or account.partition("@")[0], online)
        self.agents[account] = agent
        return agent

    def serving(self, openid: str, now: float) -> Session | None:
        """The session that currently takes the shopper's messages, if any."""
        session = self.sessions.get(openid)
        if session is None or now - session.last_word > IDLE_LIMIT:
            return None
        return session

    def open(self, account: str, openid: str, now: float) -> Session:
        """Start a session by API; raises ApiError."""
        agent = self.agents.get(account)
        if agent is None:
            raise ApiError(65401)
        if not agent.online:
            raise ApiError(65415)
        current = self.sessions.get(openid)
        if current is not None and current.account != account:
            raise ApiError(65414)
        return self._start(account, openid, now)

    def close(self, account: str, openid: str) -> Session:
        """End a session by API; raises ApiError."""
        session = self.sessions.get(openid)
        if session is None or session.account != account:
            raise ApiError(65413)
        return self.sessions.pop(openid)

    def transfer(self, openid: str, account: str | None, now: float) -> Session | None:
        """Carry out transfer_customer_service: a named agent gets the shopper even when away.

        Without a name the first agent who is online takes over; with nobody online the shopper waits (None).
        """
        if account is not None and account in self.agents:
            return self._start(account, openid, now)
        online = next((agent for agent in self.agents.values() if agent.online), None)
        if online is None:
            self.waiting.setdefault(openid, now)
            return None
        return self._start(online.account, openid, now)

    def clear(self) -> None:
        """Forget agents, sessions and the queue."""
        self.agents.clear()
        self.sessions.clear()
        self.waiting.clear()

    def _start(self, account: str, openid: str, now: float) -> Session:
        self.waiting.pop(openid, None)
        session = Session(account, openid, now, now)
        self.sessions[openid] = session
        return session
