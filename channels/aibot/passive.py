"""Replies as the AI bot says them: the JSON that answers a callback or a frame (WeCom 101031 被动回复消息). Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from channels.aibot.peers import Peer
from channels.limits import sizes
from channels.text import byte_length, clean_text
from conversations.address import Address
from conversations.replies import (
    CardReply,
    CardUpdate,
    CodedReply,
    LinkReply,
    LocationReply,
    MenuReply,
    Reply,
    TextReply,
)

MAX_BYTES = sizes.AIBOT_CONTENT.most
"""UTF-8 bytes of one answer, markdown included."""

MAX_WELCOME_BYTES = 2048
"""UTF-8 bytes of a welcome."""

Body = Mapping[str, object]


def render(reply: Reply, to: Address, at: datetime) -> str | None:
    """The clear JSON of ``reply`` as an answer; None when it cannot be said this way.

    A text is a stream that is whole at once, so the platform never has to ask for the rest. Its id is made from
    what is said, so that a repeated callback gets the same one.
    """
    body = answer(reply, to, at)
    return None if body is None else json.dumps(body, ensure_ascii=False)


def answer(reply: Reply, to: Address, at: datetime) -> Body | None:
    """``render`` before it is written as JSON."""
    match reply:
        case CodedReply(reply=inner):
            return _welcome(text_of(inner))
        case CardReply():
            return card(reply)
        case CardUpdate(response_code=task_id, button=button):
            return card_update(task_id, button, Peer.parse(to.peer).userid)
        case _:
            words = text_of(reply)
            return None if words is None else _stream(words, _stream_id(words, to, at))


def pushed(reply: Reply) -> Body | None:
    """``reply`` as a message that answers nothing: for the ``response_url`` and for aibot_send_msg."""
    if isinstance(reply, CardReply):
        return card(reply)
    words = text_of(reply)
    return None if words is None else {"msgtype": "markdown", "markdown": {"content": words}}


def text_of(reply: Reply) -> str | None:
    """The words of ``reply``, which the platform reads as markdown; None for what is no text, empty or too long."""
    match reply:
        case TextReply(text=text):
            words = text
        case MenuReply():
            words = reply.as_text()
        case LinkReply(title=title, url=url, description=description):
            words = f"[{title}]({url})\n{description}"
        case LocationReply(name=name, address=address):
            words = f"{name}\n{address}"
        case _:
            return None
    cleaned = clean_text(words).strip()
    return cleaned if 0 < byte_length(cleaned) <= MAX_BYTES else None


def card(reply: CardReply) -> Body:
    return {"msgtype": "template_card", "template_card": {**reply.card, "task_id": reply.task_id}}


def card_update(task_id: str, button: str, userid: str) -> Body:
    """Replaces the card for the member who tapped it by one that only says ``button``."""
    return {
        "response_type": "update_template_card",
        "userids": [userid],
        "template_card": {
            "card_type": "button_interaction",
            "main_title": {"title": button},
            "button_list": [{"text": button, "style": 2, "key": "done"}],
            "task_id": task_id,
        },
    }


def _welcome(words: str | None) -> Body | None:
    if words is None or byte_length(words) > MAX_WELCOME_BYTES:
        return None
    return {"msgtype": "text", "text": {"content": words}}


def _stream(words: str, stream_id: str) -> Body:
    return {"msgtype": "stream", "stream": {"id": stream_id, "finish": True, "content": words}}


def _stream_id(words: str, to: Address, at: datetime) -> str:
    told = f"{to.conversation_id}\n{at.timestamp()}\n{words}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
