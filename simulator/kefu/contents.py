"""What ``send_msg`` may carry, and its limits (WeCom 94677 发送消息)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.corp.calls import list_of, object_of, text_of
from simulator.corp.errcodes import CorpError

TEXT_BYTES = 2048
_MENU_ITEMS, _MENU_BUTTONS = 50, 10

Body = Mapping[str, object]
MediaKind = Callable[[str], str | None]
"""The kind of a stored file by media id, None when there is none (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A body as the customer sees it; ``cut`` when text beyond the limit was left out."""

    kind: str
    body: dict[str, object]
    cut: bool = False


def read_content(kind: object, data: Body, media: MediaKind) -> Content:
    """Read the body of a message; raises CorpError 40008, 40058, 40007, 95008, 95009."""
    if not isinstance(kind, str) or kind not in _READERS:
        raise CorpError(40008)
    body = object_of(data, kind)
    if kind == "text":
        return _text(body)
    return Content(kind=kind, body=_READERS[kind](kind, body, media))


def cut_text(words: str, limit: int = TEXT_BYTES) -> str:
    """The longest beginning of at most ``limit`` bytes that ends between two characters."""
    return words.encode()[:limit].decode("utf-8", "ignore")


def _text(body: Body) -> Content:
    words = text_of(body, "content")
    shown = cut_text(words)
    return Content(kind="text", body={"content": shown}, cut=shown != words)


def _whole_text(_: str, body: Body, __: MediaKind) -> dict[str, object]:
    return {"content": text_of(body, "content")}


def _media(kind: str, body: Body, media: MediaKind) -> dict[str, object]:
    return {"media_id": _stored(body, "media_id", kind, media)}


def _stored(body: Body, name: str, kind: str, media: MediaKind) -> str:
    media_id = text_of(body, name, 40007)
    if media(media_id) != kind:
        raise CorpError(40007)
    return media_id


def _link(_: str, body: Body, media: MediaKind) -> dict[str, object]:
    return {
        "title": _short(body, "title", 128),
        "desc": _short(body, "desc", 512, optional=True),
        "url": _short(body, "url", 2048),
        "thumb_media_id": _stored(body, "thumb_media_id", "image", media),
    }


def _miniprogram(_: str, body: Body, media: MediaKind) -> dict[str, object]:
    page = text_of(body, "pagepath")
    if not page.partition("?")[0].endswith(".html"):
        raise CorpError(40058, "pagepath must end with .html")
    return {
        "appid": text_of(body, "appid"),
        "title": _short(body, "title", 64, optional=True),
        "thumb_media_id": _stored(body, "thumb_media_id", "image", media),
        "pagepath": page,
    }


def _location(_: str, body: Body, __: MediaKind) -> dict[str, object]:
    for name, bound in (("latitude", 90), ("longitude", 180)):
        value = body.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -bound <= value <= bound:
            raise CorpError(40058, name)
    return {name: body.get(name, "") for name in ("name", "address", "latitude", "longitude")}


def _ca_link(_: str, body: Body, __: MediaKind) -> dict[str, object]:
    return {"link_url": text_of(body, "link_url")}


def _business_card(_: str, body: Body, __: MediaKind) -> dict[str, object]:
    return {"userid": text_of(body, "userid")}


def _menu(_: str, body: Body, __: MediaKind) -> dict[str, object]:
    items = list_of(body, "list") if "list" in body else []
    read = [_menu_item(item) for item in items]
    if len(read) > _MENU_ITEMS or sum(item["type"] != "text" for item in read) > _MENU_BUTTONS:
        raise CorpError(95008)
    head = _short(body, "head_content", 1024, optional=True)
    tail = _short(body, "tail_content", 1024, optional=True)
    if not (read or head or tail):
        raise CorpError(40058, "msgmenu is empty")
    return {"head_content": head, "list": read, "tail_content": tail}


def _menu_item(item: object) -> dict[str, object]:
    if not isinstance(item, dict):
        raise CorpError(40058, "list")
    match item.get("type"):
        case "click":
            click = object_of(item, "click")
            key = _short(click, "id", 128, optional=True)
            return {"type": "click", "click": {"id": key, "content": _short(click, "content", 128)}}
        case "view":
            view = object_of(item, "view")
            url, words = _short(view, "url", 2048), _short(view, "content", 1024)
            return {"type": "view", "view": {"url": url, "content": words}}
        case "miniprogram":
            program = object_of(item, "miniprogram")
            texts = {name: _short(program, name, 1024) for name in ("appid", "pagepath", "content")}
            return {"type": "miniprogram", "miniprogram": texts}
        case "text":
            text = object_of(item, "text")
            words = _short(text, "content", 256)
            return {"type": "text", "text": {"content": words, "no_newline": text.get("no_newline", 0)}}
    raise CorpError(95009)


def _short(body: Body, name: str, limit: int, *, optional: bool = False) -> str:
    words = str(body.get(name) or "") if optional else text_of(body, name)
    if len(words.encode()) > limit:
        raise CorpError(40058, f"{name}: more than {limit} bytes")
    return words


_READERS: Mapping[str, Callable[[str, Body, MediaKind], dict[str, object]]] = {
    "text": _whole_text,
    "image": _media,
    "voice": _media,
    "video": _media,
    "file": _media,
    "link": _link,
    "miniprogram": _miniprogram,
    "msgmenu": _menu,
    "location": _location,
    "business_card": _business_card,
    "ca_link": _ca_link,
}
