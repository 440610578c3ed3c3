"""Reads the app's passive reply as strictly as the platform does (WeCom 90241 被动回复消息格式)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from simulator.corp.errcodes import CorpError
from simulator.corpapp.cards import check_card
from simulator.corpapp.contents import TEXT_BYTES, cut_to
from simulator.corpapp.fields import Json
from simulator.envelope import BodyFormat, ReplyDefect, read_fields
from simulator.markup import Node

ANSWERABLE_EVENTS = frozenset(
    {
        "subscribe",
        "enter_agent",
        "LOCATION",
        "click",
        "view",
        "view_miniprogram",
        "scancode_waitmsg",
        "template_card_event",
        "template_card_menu_event",
    }
)
"""Events that a reply may answer; a reply to any other event is lost."""

CARD_EVENTS = frozenset({"template_card_event", "template_card_menu_event"})
_HEAD = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
_SECONDS = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_MOST_ARTICLES = 8
_LISTS = frozenset(
    {
        "ActionList",
        "HorizontalContentList",
        "VerticalContentList",
        "JumpList",
        "ButtonList",
        "OptionList",
        "SelectList",
    }
)
"""Elements of a card that are repeated, once for each item of the list."""

_RENAMED = {
    "KeyName": "keyname",
    "AppId": "appid",
    "PagePath": "pagepath",
    "UserId": "userid",
    "CheckBox": "checkbox",
}
_NUMBERS = frozenset({"Type", "Style", "Mode", "DescColor", "AspectRatio"})
_TRUTHS = frozenset({"IsChecked", "Disable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AppReply:
    """A reply to carry out; ``cut`` is how many bytes a text had before it was cut (0: not cut)."""

    kind: str
    content: Mapping[str, object]
    cut: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is answered: the member, the corp, the event (None for a message), and which files live."""

    userid: str
    corp_id: str
    event: str | None
    kind_of_file: Callable[[str], str | None]


def read_reply(body: bytes, to: Answered) -> AppReply:
    """The reply in a clear body; raises ReplyDefect."""
    fields = read_fields(body, BodyFormat.XML)
    for name in _HEAD:
        if name not in fields:
            raise ReplyDefect("missing-field", name)
    if fields["ToUserName"].text != to.userid:
        raise ReplyDefect("to-user", "ToUserName is not the member's userid")
    if fields["FromUserName"].text != to.corp_id:
        raise ReplyDefect("from-user", "FromUserName is not the corp id")
    if not _SECONDS.fullmatch(fields["CreateTime"].text):
        raise ReplyDefect("create-time", "CreateTime is neither seconds nor milliseconds")
    kind = fields["MsgType"].text
    reader = _READERS.get(kind)
    if reader is None:
        raise ReplyDefect("msgtype", f"unknown MsgType {kind!r}")
    return reader(kind, {name: node for name, node in fields.items() if name not in _HEAD}, to)


def _only(fields: Mapping[str, Node], *names: str, optional: tuple[str, ...] = ()) -> None:
    for name in names:
        if name not in fields:
            raise ReplyDefect("missing-field", name)
    for name in fields:
        if name not in names and name not in optional:
            raise ReplyDefect("unexpected-field", name)


def _parts(node: Node, *names: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    parts = {child.name: child for child in node.children}
    if len(parts) != len(node.children):
        raise ReplyDefect("repeated-field", node.name)
    _only(parts, *names, optional=optional)
    return {name: child.text for name, child in parts.items()}


def _text(kind: str, fields: Mapping[str, Node], _: Answered) -> AppReply:
    _only(fields, "Content")
    words = fields["Content"].text
    if fields["Content"].children or not words:
        raise ReplyDefect("empty-content", "Content must hold text")
    size = len(words.encode())
    return AppReply(
        kind=kind, content={"text": cut_to(words, TEXT_BYTES)}, cut=size if size > TEXT_BYTES else 0
    )


def _media(element: str, *optional: str) -> Callable[[str, Mapping[str, Node], Answered], AppReply]:
    def read(kind: str, fields: Mapping[str, Node], to: Answered) -> AppReply:
        _only(fields, element)
        parts = _parts(fields[element], "MediaId", optional=optional)
        if to.kind_of_file(parts["MediaId"]) != kind:
            raise ReplyDefect("media-id", f"MediaId names no uploaded {kind}")
        return AppReply(kind=kind, content={_snake(name): text for name, text in parts.items()})

    return read


def _news(kind: str, fields: Mapping[str, Node], _: Answered) -> AppReply:
    _only(fields, "ArticleCount", "Articles")
    items = fields["Articles"].children
    if any(item.name != "item" for item in items) or not 1 <= len(items) <= _MOST_ARTICLES:
        raise ReplyDefect("articles", f"Articles must hold 1 to {_MOST_ARTICLES} items")
    if fields["ArticleCount"].text != str(len(items)):
        raise ReplyDefect("articles", "ArticleCount is not the number of items")
    read = [_parts(item, "Title", "Url", optional=("Description", "PicUrl")) for item in items]
    articles = [
        {
            "title": part["Title"],
            "description": part.get("Description", ""),
            "url": part["Url"],
            "picurl": part.get("PicUrl", ""),
        }
        for part in read
    ]
    return AppReply(kind=kind, content={"articles": articles})


def _update_button(kind: str, fields: Mapping[str, Node], to: Answered) -> AppReply:
    if to.event != "template_card_event":
        raise ReplyDefect("card", "only the click on a card's button can be answered by update_button")
    _only(fields, "Button")
    words = _parts(fields["Button"], "ReplaceName")["ReplaceName"]
    if not words:
        raise ReplyDefect("empty-content", "ReplaceName is empty")
    return AppReply(kind=kind, content={"replace_name": words})


def _update_card(kind: str, fields: Mapping[str, Node], to: Answered) -> AppReply:
    if to.event not in CARD_EVENTS:
        raise ReplyDefect("card", "only the click on a card can be answered by another card")
    _only(fields, "TemplateCard")
    card = _card(fields["TemplateCard"])
    try:
        check_card({"task_id": "kept", **card})
    except CorpError as error:
        raise ReplyDefect("card", str(error)) from error
    return AppReply(kind=kind, content=card)


def _card(node: Node) -> Json:
    """The card in the form in which message/send takes it."""
    card: Json = {}
    for child in node.children:
        name = _snake(child.name)
        value = _value(child)
        if child.name in _LISTS:
            cast("list[object]", card.setdefault(name, [])).append(value)
        elif name in card:
            raise ReplyDefect("repeated-field", child.name)
        else:
            card[name] = value
    return card


def _value(node: Node) -> object:
    if node.children:
        return _card(node)
    if node.name in _NUMBERS:
        try:
            return float(node.text) if "." in node.text else int(node.text)
        except ValueError as error:
            raise ReplyDefect("card", f"{node.name} is no number") from error
    if node.name in _TRUTHS:
        return node.text in ("1", "true")
    return node.text


def _snake(name: str) -> str:
    return _RENAMED.get(name) or re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


_READERS: Mapping[str, Callable[[str, Mapping[str, Node], Answered], AppReply]] = {
    "text": _text,
    "image": _media("Image"),
    "voice": _media("Voice"),
    "video": _media("Video", "Title", "Description"),
    "news": _news,
    "update_button": _update_button,
    "update_template_card": _update_card,
}
