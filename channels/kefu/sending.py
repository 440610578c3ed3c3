"""The JSON of send_msg (WeCom 94677) and send_msg_on_event (WeCom 95122), and what an answer means. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sized
from datetime import datetime, timedelta
from typing import assert_never

from channels import meaning
from channels.calls import Answered, Result
from channels.fitting import misfit
from channels.kefu.errcodes import SESSION_NOT_OURS, says_already_sent
from channels.limits import sizes
from channels.limits.rows import SizeLimit
from channels.outcomes import SendOutcome, Sent
from channels.text import byte_length, clean_text
from channels.wecom.errcodes import ERRCODES
from conversations.address import Address
from conversations.replies import (
    CodedReply,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    TextReply,
)

Sendable = TextReply | ImageReply | MenuReply | LinkReply | MiniProgramReply | LocationReply
"""The replies that send_msg carries."""

_SHORT_LIFE = timedelta(seconds=60)
"""A code with more than this left is one of those that live 48 h, and they say texts only."""


def msgid_of(key: str) -> str:
    """The platform's name for the message ``key``: 32 hex digits, always the same, so that a repetition is known."""
    return hashlib.sha256(key.encode()).hexdigest()[: sizes.KEFU_MSGID.most]


def message(reply: Sendable, to: Address, *, key: str) -> dict[str, object]:
    """The body of send_msg."""
    return {"touser": to.peer, "open_kfid": to.account, "msgid": msgid_of(key), **content(reply, menus=True)}


def message_on_event(reply: CodedReply, *, key: str, now: datetime) -> dict[str, object]:
    """The body of send_msg_on_event, which names nobody: the code does."""
    menus = reply.code.expires_at - now <= _SHORT_LIFE
    return {"code": reply.code.code, "msgid": msgid_of(key), **content(reply.reply, menus=menus)}


def content(reply: Sendable, *, menus: bool) -> dict[str, object]:
    """msgtype and its object.

    A menu that the platform would refuse is said as numbered text, and so is every menu without ``menus``.
    """
    match reply:
        case TextReply(text=text):
            return _text(text)
        case MenuReply() if menus and fits_as_menu(reply):
            return _typed("msgmenu", _menu(reply))
        case MenuReply():
            return _text(reply.as_text())
        case ImageReply() | LinkReply() | MiniProgramReply() | LocationReply():
            return _shown(reply)
        case _:
            assert_never(reply)


def _shown(reply: ImageReply | LinkReply | MiniProgramReply | LocationReply) -> dict[str, object]:
    match reply:
        case ImageReply(media_id=media_id):
            return _typed("image", {"media_id": clean_text(media_id)})
        case LinkReply():
            link = {
                "title": _cut(reply.title, sizes.KEFU_LINK_TITLE.most),
                "desc": _cut(reply.description, sizes.KEFU_LINK_DESC.most),
                "url": reply.url,
                "thumb_media_id": reply.thumb_media_id,
            }
            return _typed("link", link)
        case MiniProgramReply():
            page = {
                "appid": reply.app_id,
                "title": _cut(reply.title, sizes.KEFU_MINIPROGRAM_TITLE.most),
                "thumb_media_id": reply.thumb_media_id,
                "pagepath": reply.page,
            }
            return _typed("miniprogram", page)
        case LocationReply():
            place = {
                "name": clean_text(reply.name),
                "address": clean_text(reply.address),
                "latitude": reply.latitude,
                "longitude": reply.longitude,
            }
            return _typed("location", place)
        case _:
            assert_never(reply)


def _text(text: str) -> dict[str, object]:
    return _typed("text", {"content": clean_text(text)})


def fits_as_menu(menu: MenuReply) -> bool:
    """Whether msgmenu takes it: 1 to 10 lines; ids 1 to 128 bytes without ``#``; labels 1 to 128, head up to 1024."""
    fields: list[tuple[SizeLimit, Sized]] = [
        (sizes.KEFU_MENU_CHOICES, menu.choices),
        (sizes.KEFU_MENU_HEAD, clean_text(menu.head)),
    ]
    fields += [(sizes.KEFU_CLICK_ID, choice.id) for choice in menu.choices]
    fields += [(sizes.KEFU_CLICK_CONTENT, clean_text(choice.label)) for choice in menu.choices]
    plain = all("#" not in choice.id and clean_text(choice.id) == choice.id for choice in menu.choices)
    return bool(menu.choices) and plain and misfit(*fields) is None


def _menu(menu: MenuReply) -> dict[str, object]:
    lines = [
        {"type": "click", "click": {"id": choice.id, "content": clean_text(choice.label)}}
        for choice in menu.choices
    ]
    body: dict[str, object] = {"head_content": clean_text(menu.head), "list": lines}
    return body | ({"tail_content": clean_text(menu.tail)} if menu.tail else {})


def _typed(msgtype: str, body: Mapping[str, object]) -> dict[str, object]:
    return {"msgtype": msgtype, msgtype: body}


def _cut(text: str, max_bytes: int) -> str:
    """A title within the platform's limit: one that is too long would be refused, and the answer with it."""
    cleaned = clean_text(text)
    if byte_length(cleaned) <= max_bytes:
        return cleaned
    return cleaned.encode()[: max_bytes - 3].decode(errors="ignore") + "…"


def outcome(result: Result, *, msgid: str) -> SendOutcome:
    """What one call of send_msg or send_msg_on_event means. Both know a repeated msgid, so "busy" may be repeated."""
    if not isinstance(result, Answered):
        return result
    if result.code is not None and says_already_sent(result.code, result.message, result.body, msgid):
        return Sent(platform_id=msgid)
    meant = meaning.outcome(result, ERRCODES, repeatable=True)
    given = result.body.get("msgid")
    if isinstance(meant, Sent):
        return Sent(platform_id=given if isinstance(given, str) and given else msgid)
    return meant


def refused_for_state(result: Result) -> bool:
    """Whether the session's state, not the message, was the obstacle."""
    return isinstance(result, Answered) and result.code == SESSION_NOT_OURS
