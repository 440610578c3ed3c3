"""What was said in a conversation, in words: the transcript's stored forms, read. Pure but for the given reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from channels.plain import plain
from conversations.address import Address
from conversations.inbound import (
    AgentSaid,
    Card,
    Content,
    EnteredSession,
    File,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    MessageKey,
    Scanned,
    Text,
    Unfollowed,
    Video,
    Voice,
)
from conversations.replies import ImageReply, from_stored

Hear = Callable[[Address, Mapping[str, Any], MessageKey], Inbound]
"""Reads a callback as its channel does. May raise ValueError or LookupError for one that it no longer understands."""

UNREADABLE = "［看不懂的消息］"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """``media``: there is a file to the message; ``spoken``: False for an act without words (followed, entered)."""

    text: str
    media: bool = False
    spoken: bool = True


def words_of(conversation_id: str, key: str, body: str, hear: Hear) -> Words:
    stored: dict[str, Any] = json.loads(body)
    if "type" in stored:
        reply = from_stored(stored)
        return Words(text=plain(reply).text, media=isinstance(reply, ImageReply))
    try:
        content = hear(Address.parse(conversation_id), stored, MessageKey(key)).content
    except (ValueError, LookupError, TypeError):
        return Words(text=UNREADABLE)
    return _of(content)


def _of(content: Content) -> Words:  # noqa: C901, PLR0911 - one case for each type
    match content:
        case Text(text=text):
            return Words(text=text)
        case Voice(recognition=heard):
            return Words(text=f"［语音］{heard or ''}", media=True)
        case Image():
            return Words(text="［图片］", media=True)
        case Video():
            return Words(text="［视频］", media=True)
        case File(name=name):
            return Words(text=f"［文件］{name}", media=True)
        case Location(label=label):
            return Words(text=f"［位置］{label}")
        case Link(title=title, url=url):
            return Words(text=f"［链接］{title} {url}")
        case Card(title=title):
            return Words(text=f"［卡片］{title}")
        case AgentSaid(content=said):
            return _of(said)
        case Followed():
            return Words(text="关注了公众号", spoken=False)
        case Unfollowed():
            return Words(text="取消了关注", spoken=False)
        case Scanned():
            return Words(text="扫了二维码", spoken=False)
        case EnteredSession():
            return Words(text="打开了对话", spoken=False)
        case MenuClicked(menu_key=menu_key):
            return Words(text=f"点了菜单：{menu_key.removeprefix('faq:')}", spoken=False)
        case _:
            return Words(text="", spoken=False)
