"""The bodies of the messages an app can send, by type, with their limits (WeCom 90236, 90248, 90313)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import Json, obj, objects, optional, text, texts

TEXT_BYTES = 2048
TITLE_BYTES, DESCRIPTION_BYTES, URL_BYTES = 128, 512, 2048
MPNEWS_BYTES = 666 * 1024
MAX_ARTICLES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What differs from API to API.

    ``stored`` tells the kind of a living uploaded file (None: no such file); ``cuts`` says that a text which is
    too long is cut and not refused, and ``cut`` is told of it.
    """

    stored: Callable[[str], str | None]
    cuts: bool = False
    cut: Callable[[int], None] = lambda _: None
    too_long: int = 45002


def read_content(kind: str, data: Mapping[str, object], rules: Rules) -> Json:
    """What the receiver sees of a message of that type; raises CorpError (40008 for an unknown type)."""
    reader = _READERS.get(kind)
    if reader is None:
        raise CorpError(40008, "msgtype")
    return reader(obj(data, kind, 40058), rules)


def cut_to(words: str, most: int) -> str:
    """The longest beginning of at most ``most`` bytes that ends between two characters."""
    return words.encode()[:most].decode("utf-8", "ignore")


def _text(data: Json, rules: Rules) -> Json:
    words = text(data, "content", 44004)
    size = len(words.encode())
    if size > TEXT_BYTES:
        if not rules.cuts:
            raise CorpError(rules.too_long, f"content has more than {TEXT_BYTES} bytes")
        rules.cut(size)
        words = cut_to(words, TEXT_BYTES)
    return {"text": words, **_mentions(data)}


def _mentions(data: Json) -> Json:
    named = texts(data, "mentioned_list")
    return {"mentioned": named} if named else {}


def _markdown(data: Json, rules: Rules) -> Json:
    words = text(data, "content", 44004)
    return {"markdown": text({"content": words}, "content", rules.too_long, limit=TEXT_BYTES)}


def _stored(kind: str) -> Callable[[Json, Rules], Json]:
    def read(data: Json, rules: Rules) -> Json:
        content: Json = {"media_id": uploaded(data, "media_id", kind, rules)}
        for name in ("title", "description"):
            if kind == "video" and optional(data, name):
                content[name] = data[name]
        return content

    return read


def uploaded(data: Json, name: str, kind: str, rules: Rules) -> str:
    """The id of a living file of the kind; raises CorpError 41006 (none named) or 40007 (wrong)."""
    media_id = text(data, name, 41006)
    if rules.stored(media_id) != kind:
        raise CorpError(40007, name)
    return media_id


def _text_card(data: Json, _: Rules) -> Json:
    return {
        "title": cut_to(text(data, "title", 41016), TITLE_BYTES),
        "description": cut_to(text(data, "description", 41033), DESCRIPTION_BYTES),
        "url": _url(text(data, "url", 41010, limit=URL_BYTES)),
        "btntxt": optional(data, "btntxt")[:4] or "详情",
    }


def _url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise CorpError(45034, "url")
    return url


def _articles(data: Json) -> list[Json]:
    return objects(data, "articles", 45008, low=1, high=MAX_ARTICLES)


def _news(data: Json, _: Rules) -> Json:
    read: list[Json] = []
    for article in _articles(data):
        if not article.get("url") and not article.get("appid"):
            raise CorpError(41010, "url")
        read.append(
            {
                "title": cut_to(text(article, "title", 41016), TITLE_BYTES),
                "description": cut_to(optional(article, "description"), DESCRIPTION_BYTES),
                "url": optional(article, "url", limit=URL_BYTES),
                "picurl": optional(article, "picurl"),
            }
        )
    return {"articles": read}


def _mpnews(data: Json, rules: Rules) -> Json:
    return {"articles": [_mp_article(article, rules) for article in _articles(data)]}


def _mp_article(article: Json, rules: Rules) -> Json:
    return {
        "title": cut_to(text(article, "title", 41016), TITLE_BYTES),
        "thumb_media_id": uploaded(article, "thumb_media_id", "image", rules),
        "author": text(article, "author", 45032, limit=64) if article.get("author") else "",
        "content": text(article, "content", 45002, limit=MPNEWS_BYTES),
        "digest": cut_to(optional(article, "digest"), DESCRIPTION_BYTES),
    }


def _mini_program(data: Json, _: Rules) -> Json:
    text(data, "appid", 90200)
    items = objects(data, "content_item", 90201, high=10)
    for item in items:
        if len(text(item, "key", 90202)) > 10:
            raise CorpError(90202, "key")
        if len(text(item, "value", 90203)) > 30:
            raise CorpError(90203, "value")
    title = text(data, "title", 41016)
    if not 4 <= len(title) <= 12:
        raise CorpError(40058, "title must have 4 to 12 characters")
    return {
        "appid": data["appid"],
        "page": optional(data, "page"),
        "title": title,
        "description": optional(data, "description"),
        "items": items,
    }


_READERS: Mapping[str, Callable[[Json, Rules], Json]] = {
    "text": _text,
    "markdown": _markdown,
    "image": _stored("image"),
    "voice": _stored("voice"),
    "video": _stored("video"),
    "file": _stored("file"),
    "textcard": _text_card,
    "news": _news,
    "mpnews": _mpnews,
    "miniprogram_notice": _mini_program,
}
"""Readers by msgtype; ``template_card`` is read by the card desk."""
