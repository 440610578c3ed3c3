"""Customer mass messages (企业群发): tasks that members confirm in their client (WeCom 92135, 93338, 97610).

Nothing is sent by the API. Creating a task asks members to send; each confirms for customers or groups of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from channels.fitting import misfit
from channels.limits import sizes
from channels.outcomes import OutcomeUnknown, Refused, Sent
from channels.text import clean_text
from channels.wecom.answers import Failure, answer, done, text, texts, whole
from channels.wecom.api import QyApi
from channels.wecom.attachments import Attachment, attached, unfit
from channels.wecom.mass_progress import MemberTask, Receipt
from channels.wecom.paging import all_records

CREATE = "cgi-bin/externalcontact/add_msg_template"
REMIND, CANCEL = (
    "cgi-bin/externalcontact/remind_groupmsg_send",
    "cgi-bin/externalcontact/cancel_groupmsg_send",
)
TASKS, RESULTS = (
    "cgi-bin/externalcontact/get_groupmsg_task",
    "cgi-bin/externalcontact/get_groupmsg_send_result",
)
_PAGE = 500
_CANCELLED_ALREADY = "errcode 41093"


class MassKind(StrEnum):
    """Customers one by one, or customer groups."""

    SINGLE = "single"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class MassMessage:
    """``receivers`` are external_userids, or chat ids of groups whose owner is ``sender``.

    ``sender`` is the member who is asked; customers without a sender are asked of all who have them as contacts.
    """

    kind: MassKind
    receivers: tuple[str, ...]
    sender: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MassCreated:
    """The task, and the receivers whom the platform leaves out (not reachable, or full for today)."""

    msgid: str
    left_out: tuple[str, ...]


class MassMessages:
    """Never raises for anything the network or the platform does."""

    def __init__(self, api: QyApi) -> None:
        self._api = api

    async def create(self, message: MassMessage) -> MassCreated | Failure:
        """Makes the task. When the answer was lost it may exist: OutcomeUnknown, and no second one is made."""
        problem = _problem(message)
        if problem is not None:
            return problem
        given = answer(await self._api.call(CREATE, _body(message)), repeatable=False)
        if isinstance(given, Failure):
            return given
        if not text(given, "msgid"):
            return OutcomeUnknown(reason="created, but the answer holds no msgid")
        return MassCreated(msgid=text(given, "msgid"), left_out=texts(given, "fail_list"))

    async def remind(self, msgid: str) -> Sent | Failure:
        """Reminds members who have not confirmed; NotSent with ``retry_after`` when reminded too often (41094)."""
        return done(await self._api.call(REMIND, {"msgid": msgid}))

    async def cancel(self, msgid: str) -> Sent | Failure:
        """Stops what nobody has confirmed yet; Sent also when it was cancelled already (41093)."""
        ended = done(await self._api.call(CANCEL, {"msgid": msgid}))
        if isinstance(ended, Refused) and ended.reason.startswith(_CANCELLED_ALREADY):
            return Sent()
        return ended

    async def tasks(self, msgid: str) -> tuple[MemberTask, ...] | Failure:
        """The members who were asked, and who of them has confirmed."""
        found = await all_records(self._api, TASKS, {"msgid": msgid, "limit": _PAGE}, "task_list")
        if isinstance(found, Failure):
            return found
        return tuple(
            MemberTask(
                userid=text(one, "userid"), status=whole(one, "status"), sent_at=whole(one, "send_time")
            )
            for one in found
        )

    async def results(self, msgid: str, userid: str) -> tuple[Receipt, ...] | Failure:
        """What became of each customer or group that ``userid`` was asked to write to."""
        body = {"msgid": msgid, "userid": userid, "limit": _PAGE}
        found = await all_records(self._api, RESULTS, body, "send_list")
        if isinstance(found, Failure):
            return found
        return tuple(
            Receipt(
                receiver=text(one, "chat_id") or text(one, "external_userid"),
                userid=text(one, "userid") or userid,
                status=whole(one, "status"),
                sent_at=whole(one, "send_time"),
            )
            for one in found
        )


def _problem(message: MassMessage) -> Refused | None:
    if not message.text and not message.attachments:
        return Refused(reason="a mass message without words and attachments")
    if not message.receivers:
        return Refused(reason="a mass message without receivers")
    if message.kind is MassKind.GROUP and not message.sender:
        return Refused(reason="a message to groups needs their owner as sender")
    most = sizes.MASS_CHATS if message.kind is MassKind.GROUP else sizes.MASS_CUSTOMERS
    return misfit((sizes.MASS_TEXT, message.text), (most, message.receivers)) or unfit(
        message.attachments, sizes.MASS_ATTACHMENTS
    )


def _body(message: MassMessage) -> Mapping[str, object]:
    receivers = "chat_id_list" if message.kind is MassKind.GROUP else "external_userid"
    body: dict[str, object] = {
        "chat_type": message.kind.value,
        receivers: list(message.receivers),
        "allow_select": False,
    }
    body |= {"sender": message.sender} if message.sender else {}
    body |= {"text": {"content": clean_text(message.text)}} if message.text else {}
    return body | (
        {"attachments": [attached(one) for one in message.attachments]} if message.attachments else {}
    )
