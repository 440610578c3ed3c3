"""The 公众号's API as we use it: send, hand a session to the account's agents, show typing, check the credential."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from channels.calls import Answered, Budget, DownloadResult, HttpApi, Result
from channels.meaning import outcome
from channels.official import sending
from channels.official.errcodes import ERRCODES
from channels.official.sending import OnlineAgent, Sayable
from channels.official.settings import OfficialSettings
from channels.outcomes import (
    NobodyReceiving,
    NotSent,
    OutcomeUnknown,
    Refused,
    SendOutcome,
    Sent,
    Transferred,
)
from channels.token_calls import TokenCalls
from channels.tokens import CredentialRefused, TokenKeeper
from conversations.address import Address, Channel
from conversations.errors import Permanent, Transient
from conversations.ownership import Owner
from conversations.replies import CardReply, CardUpdate, CodedReply, MenuReply, Reply, TransferReply

_SEND = "cgi-bin/message/custom/send"
_TYPING = "cgi-bin/message/custom/typing"
_ONLINE_AGENTS = "cgi-bin/customservice/getonlinekflist"
_CREATE_SESSION = "customservice/kfsession/create"
_MEDIA = "cgi-bin/media/get"

_NO_MENUS = 40200
_SERVED_BY_ANOTHER = 65414
_DOWNLOAD_SECONDS = 60.0


class OfficialClient:
    """Calls the API of one account. Each public method but ``download`` takes ``send_timeout_seconds`` at most."""

    def __init__(
        self, settings: OfficialSettings, session: aiohttp.ClientSession, tokens: TokenKeeper
    ) -> None:
        self._seconds = settings.send_timeout_seconds
        self._api = HttpApi(settings.api_base, session, Channel.OFFICIAL, ERRCODES)
        self._tokens = tokens
        self._token_calls = TokenCalls(tokens, ERRCODES)
        self._menus = True

    async def send(self, reply: Reply, to: Address) -> SendOutcome:
        """One attempt. Never raises for anything the network or the platform does."""
        budget = Budget(self._seconds)
        match reply:
            case TransferReply(agent=agent):
                return await self._transfer(agent, to, budget)
            case MenuReply():
                return await self._send_menu(reply, to, budget)
            case CardReply() | CardUpdate() | CodedReply():
                return Refused(reason=f"the 公众号 has no {type(reply).__name__}")
            case _:
                return await self._send(reply, to, budget)

    async def online_agents(self) -> tuple[OnlineAgent, ...]:
        """The account's agents who are on line.

        Raises Transient, or Permanent when the account has no 客服.
        """
        match await self._online_agents(Budget(self._seconds)):
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
        await self._call(_TYPING, body, Budget(self._seconds))

    async def download(self, media_id: str, *, max_bytes: int) -> DownloadResult:
        """A file that a person sent; the platform keeps it for three days (page 获取临时素材). One minute at most."""
        return await self._token_calls.call(
            lambda token, seconds: self._api.download(
                _MEDIA,
                params={"access_token": token, "media_id": media_id},
                seconds=seconds,
                max_bytes=max_bytes,
            ),
            Budget(_DOWNLOAD_SECONDS),
        )

    async def check(self) -> str:
        """What is wrong with the credential, with the cure, for people;

        empty when the platform accepts it.
        """
        try:
            await self._tokens.probe()
        except (CredentialRefused, Transient) as problem:
            return str(problem)
        return ""

    async def _send_menu(self, menu: MenuReply, to: Address, budget: Budget) -> SendOutcome:
        if self._menus:
            result = await self._call(_SEND, sending.message(menu, to.peer, menus=True), budget)
            if not (isinstance(result, Answered) and result.code == _NO_MENUS):
                return outcome(result, ERRCODES, repeatable=False)
            # Said once per process; the refusal sent nothing, so the text is no repetition.
            self._menus = False
        return await self._send(menu, to, budget)

    async def _send(self, reply: Sayable, to: Address, budget: Budget) -> SendOutcome:
        result = await self._call(_SEND, sending.message(reply, to.peer, menus=False), budget)
        return outcome(result, ERRCODES, repeatable=False)

    async def _transfer(self, agent: str | None, to: Address, budget: Budget) -> SendOutcome:
        """Opens a session with ``agent``, or with the agent on line who has least to do."""
        if agent is None:
            agents = await self._online_agents(budget)
            if not isinstance(agents, tuple):
                return agents
            chosen = sending.least_busy(agents)
            if chosen is None:
                return NobodyReceiving(reason="no agent of the account is on line")
            agent = chosen.account
        result = await self._call(_CREATE_SESSION, {"kf_account": agent, "openid": to.peer}, budget)
        if isinstance(result, Answered) and result.code == _SERVED_BY_ANOTHER:
            # A person is there, which is what was asked for. Which one is told by an event.
            return Transferred(owner=Owner.QUEUE, told=True)
        done = outcome(result, ERRCODES, repeatable=True)
        return Transferred(owner=Owner.AGENT, agent=agent) if isinstance(done, Sent) else done

    async def _online_agents(self, budget: Budget) -> tuple[OnlineAgent, ...] | SendOutcome:
        result = await self._call(_ONLINE_AGENTS, None, budget)
        if isinstance(result, Answered) and result.code in (None, 0):
            return sending.online_agents(result.body)
        return outcome(result, ERRCODES, repeatable=True)

    async def _call(self, path: str, body: Mapping[str, object] | None, budget: Budget) -> Result:
        return await self._token_calls.call(
            lambda token, seconds: self._api.call(
                path, body, params={"access_token": token}, seconds=seconds
            ),
            budget,
        )
