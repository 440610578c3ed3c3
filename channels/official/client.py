"""The 公众号's API as we use it: send, hand a session to the account's agents, show typing, check the credential."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Mapping

import aiohttp

from channels.official import sending
from channels.official.api import Answered, OfficialApi, Result
from channels.official.errcodes import Reaction, reaction
from channels.official.sending import OnlineAgent
from channels.official.settings import OfficialSettings
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent
from channels.tokens import CredentialRefused, TokenKeeper
from conversations.address import Address
from conversations.errors import Permanent, Transient
from conversations.replies import ImageReply, MenuReply, Reply, TextReply, TransferReply

_SEND = "cgi-bin/message/custom/send"
_TYPING = "cgi-bin/message/custom/typing"
_ONLINE_AGENTS = "cgi-bin/customservice/getonlinekflist"
_CREATE_SESSION = "customservice/kfsession/create"

_NO_MENUS = 40200
_SERVED_BY_ANOTHER = 65414
_TOKEN_REFUSED_TWICE_SECONDS = 30.0


class _Budget:
    """The seconds that one operation may take as a whole, tokens and repetitions included."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        return self._ends - time.monotonic()


class OfficialClient:
    """Calls the API of one account. Each public method takes ``send_timeout_seconds`` at most."""

    def __init__(
        self, settings: OfficialSettings, session: aiohttp.ClientSession, tokens: TokenKeeper
    ) -> None:
        self._seconds = settings.send_timeout_seconds
        self._api = OfficialApi(settings.api_base, session)
        self._tokens = tokens
        self._menus = True

    async def send(self, reply: Reply, to: Address) -> SendOutcome:
        """One attempt. Never raises for anything the network or the platform does."""
        budget = _Budget(self._seconds)
        match reply:
            case TransferReply(agent=agent):
                return await self._transfer(agent, to, budget)
            case MenuReply():
                return await self._send_menu(reply, to, budget)
            case _:
                return await self._send(reply, to, budget)

    async def online_agents(self) -> tuple[OnlineAgent, ...]:
        """The account's agents who are on line.

        Raises Transient, or Permanent when the account has no 客服.
        """
        match await self._online_agents(_Budget(self._seconds)):
            case tuple() as agents:
                return agents
            case NotSent(reason=reason, retry_after=retry_after):
                raise Transient(reason, retry_after=retry_after)
            case OutcomeUnknown(reason=reason):
                raise Transient(reason)
            case failure:
                raise Permanent(f"getonlinekflist: {failure}")

    async def typing(self, to: Address) -> None:
        """Shows "对方正在输入" to the person. Best effort: whatever goes wrong is only counted."""
        body = {"touser": to.peer, "command": "Typing"}
        await self._call(_TYPING, body, _Budget(self._seconds))

    async def check(self) -> str:
        """What is wrong with the credential, with the cure, for people;

        empty when the platform accepts it.
        """
        try:
            await self._tokens.probe()
        except (CredentialRefused, Transient) as problem:
            return str(problem)
        return ""

    async def _send_menu(self, menu: MenuReply, to: Address, budget: _Budget) -> SendOutcome:
        if self._menus:
            result = await self._call(_SEND, sending.message(menu, to.peer, menus=True), budget)
            if not (isinstance(result, Answered) and result.code == _NO_MENUS):
                return sending.outcome(result, repeatable=False)
            # Said once per process; the refusal sent nothing, so the text is no repetition.
            self._menus = False
        return await self._send(menu, to, budget)

    async def _send(
        self, reply: TextReply | ImageReply | MenuReply, to: Address, budget: _Budget
    ) -> SendOutcome:
        result = await self._call(_SEND, sending.message(reply, to.peer, menus=False), budget)
        return sending.outcome(result, repeatable=False)

    async def _transfer(self, agent: str | None, to: Address, budget: _Budget) -> SendOutcome:
        """Opens a session with ``agent``, or with the agent on line who has least to do."""
        if agent is None:
            agents = await self._online_agents(budget)
            if not isinstance(agents, tuple):
                return agents
            chosen = sending.least_busy(agents)
            if chosen is None:
                return Refused(reason="no agent of the account is on line")
            agent = chosen.account
        result = await self._call(_CREATE_SESSION, {"kf_account": agent, "openid": to.peer}, budget)
        if isinstance(result, Answered) and result.code == _SERVED_BY_ANOTHER:
            return Sent()  # a person is there, which is what was asked for
        return sending.outcome(result, repeatable=True)

    async def _online_agents(self, budget: _Budget) -> tuple[OnlineAgent, ...] | SendOutcome:
        result = await self._call(_ONLINE_AGENTS, None, budget)
        if isinstance(result, Answered) and result.code in (None, 0):
            return sending.online_agents(result.body)
        return sending.outcome(result, repeatable=True)

    async def _call(self, path: str, body: Mapping[str, object] | None, budget: _Budget) -> Result:
        """Calls with the shared token; when that is refused, once more with its successor."""
        token = await self._within(self._tokens.get(), budget)
        if isinstance(token, NotSent):
            return token
        result = await self._api.call(path, body, token=token, seconds=budget.left())
        if not _token_refused(result):
            return result
        fresh = await self._within(self._tokens.refresh(token), budget)
        if isinstance(fresh, NotSent):
            return fresh
        result = await self._api.call(path, body, token=fresh, seconds=budget.left())
        if _token_refused(result):
            return NotSent(reason="fresh token refused too", retry_after=_TOKEN_REFUSED_TWICE_SECONDS)
        return result

    async def _within(self, token: Awaitable[str], budget: _Budget) -> str | NotSent:
        try:
            async with asyncio.timeout(budget.left()):
                return await token
        except TimeoutError:
            return NotSent(reason="no access token in time")
        except (Transient, CredentialRefused) as error:
            return NotSent(reason=str(error), retry_after=error.retry_after)


def _token_refused(result: Result) -> bool:
    return (
        isinstance(result, Answered)
        and result.code is not None
        and reaction(result.code) is Reaction.REFRESH_TOKEN
    )
