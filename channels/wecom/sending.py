"""Active messages of the app: the JSON of message/send (WeCom 90236) and update_template_card (94888). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import assert_never

from channels.calls import Answered, Result
from channels.limits.sizes import APP_TEXT, CARD_BUTTON_KEY, CARD_BUTTONS, CARD_TASK_ID
from channels.meaning import outcome
from channels.outcomes import Refused, SendOutcome, Sent
from channels.plain import page_path, plain
from channels.splitting import split_text
from channels.text import byte_length, clean_text
from channels.wecom.errcodes import ERRCODES
from conversations.replies import (
    CardReply,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    TextReply,
)

DUPLICATE_SECONDS = 120
"""For how long the platform drops a message that is, to the letter, one it has just sent to the member.

Long enough for the repetition after a lost connection; short enough that "请稍等" said twice in an hour is said twice.
"""

_MAX_TITLE_BYTES, _MAX_DESCRIPTION_BYTES = 128, 512
_NOTICE_TITLE = (4, 12)
"""Least and most characters of a miniprogram_notice's title."""

Sayable = TextReply | ImageReply | MenuReply | LinkReply | MiniProgramReply | LocationReply | CardReply
"""What message/send takes; menus and places are told in words."""


def message(reply: Sayable, userid: str, agent_id: int) -> dict[str, object]:
    """The body of message/send to one member."""
    kind, content = _content(reply)
    return {
        "touser": userid,
        "msgtype": kind,
        "agentid": agent_id,
        kind: content,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": DUPLICATE_SECONDS,
    }


def misfit(reply: Sayable) -> str:
    """Why the platform would refuse or cut ``reply``; empty when it fits (the rows are in ``channels.limits``)."""
    match reply:
        case TextReply() | MenuReply() | LocationReply():
            too_long = byte_length(plain(reply).text) > APP_TEXT.most
            return f"text over {APP_TEXT.most} bytes" if too_long else ""
        case CardReply():
            return _card_misfit(reply)
        case _:
            return ""


def _card_misfit(reply: CardReply) -> str:
    if not re.fullmatch(rf"[0-9a-zA-Z_@-]{{1,{CARD_TASK_ID.most}}}", reply.task_id):
        return "task_id of another form"
    buttons = reply.card.get("button_list", ())
    if not isinstance(buttons, list | tuple) or len(buttons) > CARD_BUTTONS.most:
        return f"over {CARD_BUTTONS.most} buttons"
    keys = [button.get("key", "") for button in buttons if isinstance(button, Mapping)]
    if any(byte_length(str(key)) > CARD_BUTTON_KEY.most for key in keys):
        return "key of a button too long"
    return ""


def _content(reply: Sayable) -> tuple[str, Mapping[str, object]]:
    match reply:
        case TextReply() | MenuReply() | LocationReply():
            return "text", {"content": clean_text(plain(reply).text)}
        case ImageReply():
            return "image", {"media_id": clean_text(reply.media_id)}
        case LinkReply():
            return _link(reply)
        case MiniProgramReply():
            return "miniprogram_notice", {
                "appid": reply.app_id,
                "page": page_path(reply),
                "title": _notice_title(reply),
            }
        case CardReply():
            return "template_card", {**reply.card, "task_id": reply.task_id}
        case _:
            assert_never(reply)


def _notice_title(page: MiniProgramReply) -> str:
    title = clean_text(page.title)
    return (title if len(title) >= _NOTICE_TITLE[0] else f"小程序：{title}")[: _NOTICE_TITLE[1]]


def _link(link: LinkReply) -> tuple[str, Mapping[str, object]]:
    """A textcard, which must have a description; news where there is none (its picture is optional)."""
    shown = {"title": _cut(link.title, _MAX_TITLE_BYTES), "url": clean_text(link.url)}
    description = _cut(link.description, _MAX_DESCRIPTION_BYTES)
    if description:
        return "textcard", {**shown, "description": description}
    return "news", {"articles": [shown]}


def _cut(text: str, max_bytes: int) -> str:
    """``text`` as far as the platform shows it, with … where something is missing."""
    cleaned = clean_text(text).strip()
    if byte_length(cleaned) <= max_bytes:
        return cleaned
    return split_text(cleaned, max_bytes - 3)[0] + "…"


def card_update(response_code: str, button: str, userid: str, agent_id: int) -> dict[str, object]:
    """The body of update_template_card: the card of ``userid`` shows ``button`` in place of its buttons."""
    return {
        "userids": [userid],
        "agentid": agent_id,
        "response_code": response_code,
        "button": {"replace_name": clean_text(button)},
    }


def sent_or_not(result: Result, userid: str) -> SendOutcome:
    """What an answer to one of the two calls means for the message to ``userid``.

    Errcode 0 is only half of it: members who cannot be reached are named beside it. A repetition is dropped by
    the platform (DUPLICATE_SECONDS), so "busy" may be tried again.
    """
    meant = outcome(result, ERRCODES, repeatable=True)
    if not (isinstance(meant, Sent) and isinstance(result, Answered)):
        return meant
    if _names(result.body.get("unlicenseduser"), userid):
        return Refused(reason=f"member {userid} has no licence for the API (unlicenseduser)")
    if _names(result.body.get("invaliduser"), userid):
        return Refused(reason=f"member {userid} is not in the app's visible range (invaliduser)")
    return Sent(
        platform_id=_text(result.body.get("msgid")), response_code=_text(result.body.get("response_code"))
    )


def _names(named: object, userid: str) -> bool:
    """Whether a list of members, as an array or joined by |, has ``userid``; case does not count in userids."""
    members = named.split("|") if isinstance(named, str) else named if isinstance(named, list) else []
    return any(isinstance(member, str) and member.lower() == userid.lower() for member in members)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
