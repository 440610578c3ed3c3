"""Text and attachments of welcomes and mass messages (WeCom 92135, 92137, 92366)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import Json, obj, objects, optional, text

MOST = 9
TEXT_BYTES = 4000

KindOfFile = Callable[[str], str | None]
"""Tells the kind of a living uploaded file."""


def read_message(data: Mapping[str, object], kind_of: KindOfFile, *, text_bytes: int = TEXT_BYTES) -> Json:
    """``{"text", "attachments"}``; raises CorpError 40063 (neither), 45002, 41064, 41065, 40007 or 40058."""
    words = ""
    if data.get("text") is not None:
        words = optional(obj(data, "text"), "content")
    if len(words.encode()) > text_bytes:
        raise CorpError(45002, f"text.content has more than {text_bytes} bytes")
    attachments = [read_attachment(item, kind_of) for item in objects(data, "attachments", 41064, high=MOST)]
    if not words and not attachments:
        raise CorpError(40063, "text and attachments")
    return {"text": {"content": words}, "attachments": attachments}


def read_attachment(item: Mapping[str, object], kind_of: KindOfFile) -> Json:
    """One attachment; raises CorpError 41065, 40007 or 40058."""
    kind = item.get("msgtype")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise CorpError(41065, "msgtype")
    return {"msgtype": kind, str(kind): reader(obj(item, str(kind)), kind_of)}


def _image(data: Json, kind_of: KindOfFile) -> Json:
    if data.get("media_id"):
        return {"media_id": _file(data, "media_id", "image", kind_of)}
    return {"pic_url": text(data, "pic_url", 40007)}


def _link(data: Json, _: KindOfFile) -> Json:
    return {
        "title": text(data, "title", limit=128),
        "picurl": optional(data, "picurl", limit=2048),
        "desc": optional(data, "desc", limit=512),
        "url": text(data, "url", limit=2048),
    }


def _mini_program(data: Json, kind_of: KindOfFile) -> Json:
    return {
        "title": text(data, "title", limit=64),
        "pic_media_id": _file(data, "pic_media_id", "image", kind_of),
        "appid": text(data, "appid"),
        "page": text(data, "page"),
    }


def _stored(kind: str) -> Callable[[Json, KindOfFile], Json]:
    def read(data: Json, kind_of: KindOfFile) -> Json:
        return {"media_id": _file(data, "media_id", kind, kind_of)}

    return read


def _file(data: Json, name: str, kind: str, kind_of: KindOfFile) -> str:
    media_id = text(data, name, 40007)
    if kind_of(media_id) != kind:
        raise CorpError(40007, name)
    return media_id


READERS: Mapping[str, Callable[[Json, KindOfFile], Json]] = {
    "image": _image,
    "link": _link,
    "miniprogram": _mini_program,
    "video": _stored("video"),
    "file": _stored("file"),
}
"""Readers by msgtype."""
