"""Passive replies as XML: what 公众号 and WeCom share of wechatpy's rendering, its injection closed. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wechatpy import replies

from channels.text import byte_length, clean_text

TextXml = replies.TextReply
ImageXml = replies.ImageReply
NewsXml = replies.ArticlesReply
TransferXml = replies.TransferCustomerServiceReply

_MAX_TEXT_BYTES = 2048


def render(kind: Any, *, source: str, target: str, at: datetime, **content: object) -> str:
    """The XML of a wechatpy reply ``kind`` from ``source`` to ``target``; ``content`` came out of ``cdata``."""
    reply = kind(source=cdata(source), target=cdata(target), time=int(at.timestamp()), **content)
    xml: str = reply.render()
    return xml


def render_text(text: str, *, source: str, target: str, at: datetime) -> str | None:
    """A text reply; None when it is empty or over the platforms' 2048 bytes."""
    cleaned = clean_text(text).strip()
    if not 0 < byte_length(cleaned) <= _MAX_TEXT_BYTES:
        return None
    return render(TextXml, source=source, target=target, at=at, content=cdata(cleaned))


def cdata(text: str) -> str:
    """``text`` fit for CDATA: wechatpy writes it there as it is; ``]]>`` would end it and let it add elements."""
    return clean_text(text).replace("]]>", "]]]]><![CDATA[>")
