"""Reads a passive reply as strictly as the platform does (docs: Passive_user_reply_message)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.envelope import BodyFormat, ReplyDefect, read_fields
from simulator.markup import Node

TEXT_LIMIT = 2048
"""Bytes of UTF-8 in one text."""

ACKNOWLEDGEMENTS = (b"", b"success")
_HEAD = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
_SECONDS_OR_MILLISECONDS = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_MAX_ARTICLES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply that is shown to the shopper (``transfer_customer_service`` is carried out instead)."""

    kind: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a valid reply to one message must say about itself."""

    openid: str
    original_id: str
    answers_event: bool
    known_media: Callable[[str], bool]


def read_reply(body: bytes, body_format: BodyFormat, expected: Expectation) -> Reply:
    """The reply in a clear body; raises ReplyDefect."""
    fields = read_fields(body, body_format)
    missing = [name for name in _HEAD if name not in fields]
    if missing:
        raise ReplyDefect("missing-field", missing[0])
    _check_head(fields, expected)
    kind = fields["MsgType"].text
    reader = _READERS.get(kind)
    if reader is None:
        raise ReplyDefect("msgtype", f"unknown MsgType {kind!r}")
    rest = {name: node for name, node in fields.items() if name not in _HEAD}
    return Reply(kind=kind, content=reader(rest, expected))


def _check_head(fields: Mapping[str, Node], expected: Expectation) -> None:
    if fields["ToUserName"].text != expected.openid:
        raise ReplyDefect("to-user", "ToUserName is not the shopper's openid")
    if fields["FromUserName"].text != expected.original_id:
        raise ReplyDefect("from-user", "FromUserName is not the account's original id")
    if not _SECONDS_OR_MILLISECONDS.fullmatch(fields["CreateTime"].text):
        raise ReplyDefect("create-time", "CreateTime is neither seconds nor milliseconds")


def _only(fields: Mapping[str, Node], *names: str, optional: tuple[str, ...] = ()) -> None:
    for name in names:
        if name not in fields:
            raise ReplyDefect("missing-field", name)
    for name in fields:
        if name not in names and name not in optional:
            raise ReplyDefect("unexpected-field", name)


def _parts(node: Node, *names: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    fields = {child.name: child for child in node.children}
    if len(fields) != len(node.children):
        raise ReplyDefect("repeated-field", node.name)
    _only(fields, *names, optional=optional)
    return {name: child.text for name, child in fields.items()}


def _text(fields: Mapping[str, Node], _: Expectation) -> Mapping[str, object]:
    _only(fields, "Content")
    content = fields["Content"]
    if content.children:
        raise ReplyDefect("malformed", "elements inside Content")
    if not content.text:
        raise ReplyDefect("empty-content", "Content is empty")
    if len(content.text.encode()) > TEXT_LIMIT:
        raise ReplyDefect("too-long", f"Content has more than {TEXT_LIMIT} bytes")
    return {"text": content.text}


def _media(
    element: str, key: str, *optional: str
) -> Callable[[Mapping[str, Node], Expectation], dict[str, object]]:
    def read(fields: Mapping[str, Node], expected: Expectation) -> dict[str, object]:
        _only(fields, element)
        parts = _parts(fields[element], key, optional=optional)
        if not expected.known_media(parts[key]):
            raise ReplyDefect("media-id", f"{key} names no uploaded file")
        names = {"MediaId": "media_id", "ThumbMediaId": "thumb_media_id", "MusicUrl": "music_url"}
        names |= {"HQMusicUrl": "hq_music_url", "Title": "title", "Description": "description"}
        return {names[name]: text for name, text in parts.items()}

    return read


def _news(fields: Mapping[str, Node], _: Expectation) -> Mapping[str, object]:
    _only(fields, "ArticleCount", "Articles")
    items = fields["Articles"].children
    if any(item.name != "item" for item in items) or not 1 <= len(items) <= _MAX_ARTICLES:
        raise ReplyDefect("articles", f"Articles must hold 1 to {_MAX_ARTICLES} items")
    if fields["ArticleCount"].text != str(len(items)):
        raise ReplyDefect("articles", "ArticleCount is not the number of items")
    read = [_parts(item, "Title", "Description", "PicUrl", "Url") for item in items]
    return {
        "articles": [
            {
                "title": part["Title"],
                "description": part["Description"],
                "picurl": part["PicUrl"],
                "url": part["Url"],
            }
            for part in read
        ]
    }


def _transfer(fields: Mapping[str, Node], expected: Expectation) -> Mapping[str, object]:
    if expected.answers_event:
        raise ReplyDefect("transfer", "an event cannot be transferred to customer service")
    _only(fields, optional=("TransInfo",))
    info = fields.get("TransInfo")
    return {"account": None if info is None else _parts(info, "KfAccount")["KfAccount"]}


_READERS: Mapping[str, Callable[[Mapping[str, Node], Expectation], Mapping[str, object]]] = {
    "text": _text,
    "image": _media("Image", "MediaId"),
    "voice": _media("Voice", "MediaId"),
    "video": _media("Video", "MediaId", "Title", "Description"),
    "music": _media("Music", "ThumbMediaId", "Title", "Description", "MusicUrl", "HQMusicUrl"),
    "news": _news,
    "transfer_customer_service": _transfer,
}
