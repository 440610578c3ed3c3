"""What the bot says, read as strictly as the platform does (WeCom 101031 被动回复消息)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

CONTENT_LIMIT = 20_480
"""Bytes of markdown in a stream or a markdown message."""
TEXT_LIMIT = 2048
PICTURES = 10
PICTURE_BYTES = 10 << 20
FEEDBACK_ID_BYTES = 256
CARD_TYPES = frozenset(
    {"text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction"}
)
_INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})

Json = Mapping[str, object]


class BadReply(ValueError):
    """The platform refuses this; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One state of a text that grows until it is finished."""

    id: str
    finish: bool
    content: str
    pictures: int = 0
    feedback_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply of any kind; which parts are set depends on ``kind``."""

    kind: str
    stream: Stream | None = None
    card: Json | None = None
    text: str = ""
    userids: tuple[str, ...] = ()


def read(body: bytes) -> Json:
    """The JSON object in a clear reply; raises BadReply."""
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadReply("not JSON") from error
    return _object(data, "the reply")


def answer(data: Json) -> Reply:
    """An answer to a message: stream, template_card or both; raises BadReply."""
    return _reader(data, {"stream": _stream, "template_card": _card, "stream_with_template_card": _both})


def welcome(data: Json) -> Reply:
    """An answer to enter_chat: text or template_card; raises BadReply."""
    return _reader(data, {"text": _text, "template_card": _card})


def update(data: Json) -> Reply:
    """An answer to template_card_event: a new state of the card; raises BadReply."""
    if data.get("response_type") != "update_template_card":
        raise BadReply("response_type must be update_template_card")
    _only(data, "response_type", "template_card", "userids")
    userids = data.get("userids", [])
    if not isinstance(userids, list) or not all(isinstance(name, str) for name in userids):
        raise BadReply("userids must be a list of texts")
    return Reply(kind="update_template_card", card=card_of(data), userids=tuple(cast("list[str]", userids)))


def active(data: Json) -> Reply:
    """What response_url and aibot_send_msg take: markdown or template_card; raises BadReply."""
    return _reader(data, {"markdown": _markdown, "template_card": _card})


def _reader(data: Json, kinds: Mapping[str, Callable[[Json], Reply]]) -> Reply:
    kind = data.get("msgtype")
    if not isinstance(kind, str) or kind not in kinds:
        raise BadReply(f"msgtype {kind!r} is not one of {', '.join(kinds)}")
    return kinds[kind](data)


def _stream(data: Json) -> Reply:
    _only(data, "msgtype", "stream")
    return Reply(kind="stream", stream=_stream_of(data))


def _card(data: Json) -> Reply:
    _only(data, "msgtype", "template_card")
    return Reply(kind="template_card", card=card_of(data))


def _both(data: Json) -> Reply:
    _only(data, "msgtype", "stream", "template_card")
    card = card_of(data) if "template_card" in data else None
    return Reply(kind="stream_with_template_card", stream=_stream_of(data), card=card)


def _text(data: Json) -> Reply:
    _only(data, "msgtype", "text")
    return Reply(kind="text", text=_words(_object(data.get("text"), "text"), TEXT_LIMIT))


def _markdown(data: Json) -> Reply:
    _only(data, "msgtype", "markdown")
    return Reply(kind="markdown", text=_words(_object(data.get("markdown"), "markdown"), CONTENT_LIMIT))


def _stream_of(data: Json) -> Stream:
    stream = _object(data.get("stream"), "stream")
    _only(stream, "id", "finish", "content", "msg_item", "feedback", inside="stream.")
    key, finish = stream.get("id"), stream.get("finish", False)
    if not isinstance(key, str) or not key:
        raise BadReply("stream.id must be text")
    if not isinstance(finish, bool):
        raise BadReply("stream.finish must be true or false")
    content = stream.get("content", "")
    if not isinstance(content, str) or len(content.encode()) > CONTENT_LIMIT:
        raise BadReply(f"stream.content must be text of at most {CONTENT_LIMIT} bytes")
    items = stream.get("msg_item", [])
    if items and not finish:
        raise BadReply("stream.msg_item goes with finish only")
    return Stream(
        id=key,
        finish=finish,
        content=content,
        pictures=_pictures(items),
        feedback_id=_feedback_id(stream.get("feedback")),
    )


def _pictures(items: object) -> int:
    if not isinstance(items, list) or len(items) > PICTURES:
        raise BadReply(f"stream.msg_item must be a list of at most {PICTURES}")
    for item in items:
        entry = _object(item, "msg_item")
        if entry.get("msgtype") != "image":
            raise BadReply("msg_item holds images only")
        picture = _object(entry.get("image"), "image")
        try:
            data = base64.b64decode(str(picture.get("base64", "")), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadReply("image.base64 is not Base64") from error
        if not 0 < len(data) <= PICTURE_BYTES:
            raise BadReply("an image has 1 byte to 10 MB")
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != picture.get("md5"):
            raise BadReply("image.md5 is not the MD5 of the image")
    return len(items)


def _feedback_id(value: object) -> str | None:
    if value is None:
        return None
    key = _object(value, "feedback").get("id")
    if not isinstance(key, str) or not 0 < len(key.encode()) <= FEEDBACK_ID_BYTES:
        raise BadReply(f"feedback.id must be 1 to {FEEDBACK_ID_BYTES} bytes")
    return key


def card_of(data: Json) -> Json:
    """The template card in a reply, with a type and, where people can answer, a task id; raises BadReply."""
    card = _object(data.get("template_card"), "template_card")
    kind = card.get("card_type")
    if kind not in CARD_TYPES:
        raise BadReply(f"card_type {kind!r} is unknown")
    if kind in _INTERACTIVE and not (isinstance(card.get("task_id"), str) and card["task_id"]):
        raise BadReply("an interactive card needs a task_id")
    _feedback_id(card.get("feedback"))
    return card


def _words(data: Json, limit: int) -> str:
    content = data.get("content")
    if not isinstance(content, str) or not content or len(content.encode()) > limit:
        raise BadReply(f"content must be text of 1 to {limit} bytes")
    return content


def _object(value: object, name: str) -> Json:
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    raise BadReply(f"{name} must be an object")


def _only(data: Json, *names: str, inside: str = "") -> None:
    for name in data:
        if name not in names:
            raise BadReply(f"{inside}{name} is not expected here")
