"""Group robots (消息推送): a key, a group, twenty messages a minute (WeCom 99110)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.corp.errcodes import CorpError
from simulator.corpapp.cards import INTERACTIVE, check_card
from simulator.corpapp.contents import TEXT_BYTES, Rules, read_content, uploaded
from simulator.corpapp.fields import Json, obj, text, texts
from simulator.corpapp.files import PICTURE_BYTES, check_picture
from simulator.corpapp.windows import MINUTE, Allowed, Windows

MARKDOWN_BYTES = 4096
_PER_MINUTE = 20


@dataclass(slots=True, kw_only=True)
class Robot:
    """One robot; ``state`` is ``on``, ``disabled`` (93004), ``out`` of the group (93008) or ``removed`` (93000)."""

    key: str
    name: str
    state: str = "on"
    messages: list[Json] = field(default_factory=list)


STATES: Mapping[str, int] = {"on": 0, "disabled": 93004, "out": 93008, "removed": 93000}
"""The code that a robot's state gives."""


class Robots:
    """Robots by key."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.robots = {key: Robot(key=key, name=f"机器人{number}") for number, key in enumerate(keys, 1)}
        self._windows = Windows(allowances=(Allowed(times=_PER_MINUTE, seconds=MINUTE),))

    def get(self, key: str) -> Robot:
        """A robot that works; raises CorpError 93000, 93004 or 93008."""
        robot = self.robots.get(key)
        if robot is None:
            raise CorpError(93000)
        if STATES[robot.state]:
            raise CorpError(STATES[robot.state])
        return robot

    def send(self, key: str, data: Mapping[str, object], rules: Rules, now: float) -> None:
        """Post into the robot's group; raises CorpError (45009 for the 21st message within a minute)."""
        robot = self.get(key)
        kind = text(data, "msgtype", 40008)
        reader = _READERS.get(kind)
        if reader is None:
            raise CorpError(40008, "msgtype")
        content = reader(data, rules)
        if not self._windows.take(key, now):
            raise CorpError(45009)
        robot.messages.append({"at": now, "kind": kind, "content": content})


def _text(data: Mapping[str, object], _: Rules) -> Json:
    body = obj(data, "text")
    content: Json = {"text": _bounded(body, "text", TEXT_BYTES)}
    for name in ("mentioned_list", "mentioned_mobile_list"):
        if texts(body, name):
            content[name] = texts(body, name)
    return content


def _markdown(kind: str) -> Callable[[Mapping[str, object], Rules], Json]:
    def read(data: Mapping[str, object], _: Rules) -> Json:
        return {"markdown": _bounded(obj(data, kind), kind, MARKDOWN_BYTES)}

    return read


def _bounded(body: Json, kind: str, most: int) -> str:
    words = text(body, "content", 44004)
    if len(words.encode()) > most:
        raise CorpError(40058, f"{kind}.content exceed max length {most}")
    return words


def _image(data: Mapping[str, object], _: Rules) -> Json:
    body = obj(data, "image")
    try:
        picture = base64.b64decode(text(body, "base64"), validate=True)
    except binascii.Error as error:
        raise CorpError(40058, "image.base64") from error
    check_picture(picture, PICTURE_BYTES)
    digest = hashlib.md5(picture, usedforsecurity=False).hexdigest()
    if text(body, "md5", 301019).lower() != digest:
        raise CorpError(301019)
    return {"bytes": len(picture), "md5": digest}


def _shared(kind: str) -> Callable[[Mapping[str, object], Rules], Json]:
    def read(data: Mapping[str, object], rules: Rules) -> Json:
        return read_content(kind, data, rules)

    return read


def _file(kind: str) -> Callable[[Mapping[str, object], Rules], Json]:
    def read(data: Mapping[str, object], rules: Rules) -> Json:
        return {"media_id": uploaded(obj(data, kind), "media_id", kind, rules)}

    return read


def _card(data: Mapping[str, object], _: Rules) -> Json:
    card = obj(data, "template_card")
    if card.get("card_type") in INTERACTIVE:
        raise CorpError(42031, "a robot's cards call nobody back")
    return check_card(card)


_READERS: Mapping[str, Callable[[Mapping[str, object], Rules], Json]] = {
    "text": _text,
    "markdown": _markdown("markdown"),
    "markdown_v2": _markdown("markdown_v2"),
    "image": _image,
    "news": _shared("news"),
    "file": _file("file"),
    "voice": _file("voice"),
    "template_card": _card,
}
