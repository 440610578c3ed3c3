"""What a group robot can say (WeCom 99110 消息推送配置说明): typed messages, their sizes, their JSON. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from channels.fitting import misfit
from channels.limits import sizes
from channels.outcomes import Refused
from channels.text import clean_text

CARD_TYPES = frozenset({"text_notice", "news_notice"})
"""A robot has no callback, so its cards have no buttons that call one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotText:
    """``mentions`` are userids or "@all"; ``mobiles`` are telephone numbers of members, or "@all"."""

    text: str
    mentions: tuple[str, ...] = ()
    mobiles: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotMarkdown:
    """``rich`` is markdown_v2: tables, lists and code, but no colours and no mentions (<@userid>)."""

    markdown: str
    rich: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotImage:
    """A JPG or PNG."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    title: str
    url: str
    description: str = ""
    picture_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotNews:
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotFile:
    """``media_id`` was uploaded by the same robot."""

    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotVoice:
    """``media_id`` was uploaded by the same robot."""

    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotCard:
    """A template card of type text_notice or news_notice in the platform's own form."""

    card: Mapping[str, object]


RobotMessage = RobotText | RobotMarkdown | RobotImage | RobotNews | RobotFile | RobotVoice | RobotCard


def body(message: RobotMessage) -> Mapping[str, object] | Refused:
    """The JSON of webhook/send; Refused where a field is larger than the platform takes."""
    return _problem(message) or _body(message)


def _problem(message: RobotMessage) -> Refused | None:
    match message:
        case RobotText():
            return misfit((sizes.ROBOT_TEXT, clean_text(message.text)))
        case RobotMarkdown():
            return misfit((sizes.ROBOT_MARKDOWN, clean_text(message.markdown)))
        case RobotImage():
            return misfit((sizes.ROBOT_IMAGE, message.content))
        case RobotNews():
            fields = [(sizes.ROBOT_TITLE, article.title) for article in message.articles]
            fields += [(sizes.ROBOT_DESCRIPTION, article.description) for article in message.articles]
            return misfit((sizes.ROBOT_ARTICLES, message.articles), *fields)
        case RobotCard() if message.card.get("card_type") not in CARD_TYPES:
            return Refused(reason="a robot's card is a text_notice or a news_notice")
        case RobotFile() | RobotVoice() | RobotCard():
            return None
        case _:
            assert_never(message)


def _body(message: RobotMessage) -> Mapping[str, object]:
    match message:
        case RobotText():
            return {"msgtype": "text", "text": _text(message)}
        case RobotMarkdown():
            kind = "markdown_v2" if message.rich else "markdown"
            return {"msgtype": kind, kind: {"content": clean_text(message.markdown)}}
        case RobotImage():
            encoded = base64.b64encode(message.content).decode()
            digest = hashlib.md5(message.content, usedforsecurity=False).hexdigest()
            return {"msgtype": "image", "image": {"base64": encoded, "md5": digest}}
        case RobotNews():
            return {"msgtype": "news", "news": {"articles": [_article(one) for one in message.articles]}}
        case RobotFile() | RobotVoice():
            kind = "file" if isinstance(message, RobotFile) else "voice"
            return {"msgtype": kind, kind: {"media_id": message.media_id}}
        case RobotCard():
            return {"msgtype": "template_card", "template_card": dict(message.card)}


def _text(message: RobotText) -> dict[str, object]:
    said: dict[str, object] = {"content": clean_text(message.text)}
    if message.mentions:
        said["mentioned_list"] = list(message.mentions)
    if message.mobiles:
        said["mentioned_mobile_list"] = list(message.mobiles)
    return said


def _article(article: Article) -> dict[str, str]:
    shown = {"title": clean_text(article.title), "url": article.url}
    if article.description:
        shown["description"] = clean_text(article.description)
    if article.picture_url:
        shown["picurl"] = article.picture_url
    return shown
