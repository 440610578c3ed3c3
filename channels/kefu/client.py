"""微信客服's API as we use it: pull, look at a session, send, transfer, and read the desk's lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.calls import Answered, DownloadResult, Result
from channels.errcodes import Reaction
from channels.kefu import desk, sending
from channels.kefu.desk import Customer, KefuAccount, Servicers, Session
from channels.kefu.errcodes import BAD_BELL_TOKEN, BAD_PARAMETER
from channels.kefu.links import checked_scene
from channels.kefu.pages import BadPage, Page, read_page
from channels.kefu.sending import Sendable
from channels.kefu.states import SessionState
from channels.limits import sizes
from channels.outcomes import NotSent, OutcomeUnknown, Refused, WindowClosed
from channels.wecom.api import QyApi
from channels.wecom.errcodes import ERRCODES
from conversations.address import Address
from conversations.errors import Permanent, Transient

_SYNC = "cgi-bin/kf/sync_msg"
_SEND = "cgi-bin/kf/send_msg"
_SEND_ON_EVENT = "cgi-bin/kf/send_msg_on_event"
_STATE = "cgi-bin/kf/service_state/get"
_TRANS = "cgi-bin/kf/service_state/trans"
_SERVICERS = "cgi-bin/kf/servicer/list"
_CUSTOMERS = "cgi-bin/kf/customer/batchget"
_ACCOUNTS = "cgi-bin/kf/account/list"
_CONTACT_WAY = "cgi-bin/kf/add_contact_way"
_MEDIA = "cgi-bin/media/get"

MAX_LIMIT = sizes.KEFU_PAGE.most
MAX_CUSTOMERS = sizes.KEFU_CUSTOMERS.most
_ACCOUNTS_A_CALL = sizes.KEFU_ACCOUNT_PAGE.most
_MAX_ACCOUNT_CALLS = 50
_PULL_SECONDS = 10.0
"""A full page is some hundred kilobytes, and nobody waits for it; but shorter than the puller's lease of 15 s."""
_DOWNLOAD_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing was pulled; the cursor stays. Pull again after ``retry_after`` seconds (None: by the schedule).

    ``without_token``: the bell's token is no good any more, so pull without it, at once if ``retry_after`` is 0.
    ``bad_cursor``: what was refused may be the cursor (the errcode says only "a parameter").
    """

    reason: str
    retry_after: float | None = None
    without_token: bool = False
    bad_cursor: bool = False


Failure = NotSent | WindowClosed | Refused
"""Why something could not be read or changed; certainly nothing was done."""


class KefuClient:
    """Calls the API of every 微信客服 account of one app.

    Raises nothing for what the network or the platform does, except where a method says so.
    """

    def __init__(self, api: QyApi) -> None:
        self._api = api

    async def sync(self, account: str, cursor: str, bell_token: str, limit: int = MAX_LIMIT) -> Page | Pause:
        """What happened at ``account`` (open_kfid) after ``cursor``; empty: from three days back.

        ``bell_token`` comes with the callback and is good for 10 minutes; without one the platform allows few
        calls. The same cursor gives the same page again.
        """
        body: dict[str, object] = {"open_kfid": account, "limit": limit, "voice_format": 0}
        if cursor:
            body["cursor"] = cursor
        if bell_token:
            body["token"] = bell_token
        match await self._api.call(_SYNC, body, seconds=_PULL_SECONDS, scope=account):
            case Answered(code=0, body=answer):
                try:
                    return read_page(answer, cursor=cursor)
                except BadPage as problem:
                    return Pause(reason=f"sync_msg: {problem}")
            case Answered(code=code) if code == BAD_BELL_TOKEN and bell_token:
                return Pause(reason="the bell's token is too old", retry_after=0.0, without_token=True)
            case Answered(code=code) if code == BAD_PARAMETER and cursor:
                return Pause(reason="sync_msg does not know the cursor", bad_cursor=True)
            case result:
                failure = failed(result)
                return Pause(reason=f"sync_msg: {failure.reason}", retry_after=retry_after(failure))

    async def service_state(self, address: Address, *, seconds: float | None = None) -> Session | Failure:
        """Who has the customer's session now."""
        result = await self._api.call(_STATE, _customer(address), seconds=seconds)
        if isinstance(result, Answered) and result.code == 0:
            return desk.session(result.body) or NotSent(reason="service_state/get: unknown state")
        return failed(result)

    async def send(self, reply: Sendable, to: Address, *, key: str, seconds: float | None = None) -> Result:
        """send_msg, once; ``sending.outcome`` says what the answer means."""
        body = sending.message(reply, to, key=key)
        return await self._api.call(_SEND, body, seconds=seconds, scope=to.account)

    async def send_on_event(self, body: Mapping[str, object], *, seconds: float | None = None) -> Result:
        """send_msg_on_event, once, with the body of ``sending.message_on_event``."""
        return await self._api.call(_SEND_ON_EVENT, body, seconds=seconds)

    async def transfer(
        self,
        address: Address,
        state: SessionState,
        servicer: str | None = None,
        *,
        seconds: float | None = None,
    ) -> Result:
        """service_state/trans, once. The answer's msg_code, where there is one, is good for one more message."""
        body = {**_customer(address), "service_state": int(state)}
        if servicer is not None:
            body["servicer_userid"] = servicer
        return await self._api.call(_TRANS, body, seconds=seconds)

    async def servicers(self, account: str, *, seconds: float | None = None) -> Servicers | Failure:
        """Who receives at ``account``."""
        result = await self._api.call(_SERVICERS, params={"open_kfid": account}, seconds=seconds)
        if isinstance(result, Answered) and result.code == 0:
            return desk.servicers(result.body)
        return failed(result)

    async def customers(self, external_userids: Sequence[str]) -> tuple[Customer, ...]:
        """Names and avatars of up to 100 customers; those not active within 48 h are missing.

        Raises ValueError for more, Transient, or Permanent.
        """
        if len(external_userids) > MAX_CUSTOMERS:
            raise ValueError(f"customer/batchget takes {MAX_CUSTOMERS} customers")
        if not external_userids:
            return ()
        body = {"external_userid_list": list(external_userids), "need_enter_session_context": 0}
        return desk.customers(_body_or_raise("customer/batchget", await self._api.call(_CUSTOMERS, body)))

    async def accounts(self) -> tuple[KefuAccount, ...]:
        """Every account that our app may see. Raises Transient or Permanent."""
        found: list[KefuAccount] = []
        for turn in range(_MAX_ACCOUNT_CALLS):
            body = {"offset": turn * _ACCOUNTS_A_CALL, "limit": _ACCOUNTS_A_CALL}
            page = desk.accounts(_body_or_raise("account/list", await self._api.call(_ACCOUNTS, body)))
            found.extend(page)
            if len(page) < _ACCOUNTS_A_CALL:
                break
        return tuple(found)

    async def contact_way(self, account: str, scene: str = "") -> str:
        """The link that opens a chat with ``account``; ``links.with_scene_param`` adds what it shall carry.

        Raises ValueError for a scene of another form, Transient or Permanent.
        """
        body = {"open_kfid": account} | ({"scene": checked_scene(scene)} if scene else {})
        url = _body_or_raise("add_contact_way", await self._api.call(_CONTACT_WAY, body)).get("url")
        if not isinstance(url, str) or not url.startswith("https://"):
            raise Transient("add_contact_way answered without a link")
        return url

    async def download(self, media_id: str, *, max_bytes: int) -> DownloadResult:
        """A file that a customer sent, kept by the platform for three days (WeCom 90254 获取临时素材)."""
        params = {"media_id": media_id}
        return await self._api.download(_MEDIA, params=params, seconds=_DOWNLOAD_SECONDS, max_bytes=max_bytes)


def failed(result: Result) -> Failure:
    """Why a call that says nothing to anybody did not succeed: repeating it does no harm."""
    match result:
        case NotSent():
            return result
        case OutcomeUnknown(reason=reason):
            return NotSent(reason=reason)
        case Answered(code=int(code)):
            row = ERRCODES.row(code)
            reason = f"errcode {row.code}: {row.meaning}"
            match row.reaction:
                case Reaction.REFUSED:
                    return Refused(reason=reason)
                case Reaction.WINDOW_CLOSED:
                    return WindowClosed(reason=reason)
                case _:
                    return NotSent(reason=reason, retry_after=row.retry_after)
        case Answered():
            return NotSent(reason="answer without errcode")


def retry_after(failure: Failure) -> float | None:
    """When to try again after ``failure``; five minutes after a refusal, which only people can cure."""
    return failure.retry_after if isinstance(failure, NotSent) else 300.0


def _customer(address: Address) -> dict[str, object]:
    return {"open_kfid": address.account, "external_userid": address.peer}


def _body_or_raise(what: str, result: Result) -> Mapping[str, object]:
    if isinstance(result, Answered) and result.code == 0:
        return result.body
    failure = failed(result)
    if isinstance(failure, NotSent):
        raise Transient(f"{what}: {failure.reason}", retry_after=failure.retry_after)
    raise Permanent(f"{what}: {failure.reason}")
