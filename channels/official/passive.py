"""Passive replies, the answers to callbacks (platform page Passive_user_reply_message), rendered. Pure."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, assert_never

import xmltodict
from wechatpy import replies

from channels.limits import OFFICIAL_LIMITS
from channels.text import byte_length, clean_text
from conversations.address import Address
from conversations.replies import ImageReply, MenuReply, Reply, TextReply, TransferReply


def render(reply: Reply, to: Address, at: datetime) -> str | None:
    """The clear XML of ``reply`` from ``to.account`` to ``to.peer``.

    None when it cannot be said passively: an empty text or one over the platform's 2048 bytes (a malformed or
    refused answer would show the shopper 该公众号提供的服务出现故障). A menu becomes numbered text.
    """
    match reply:
        case TextReply():
            return _text(reply.text, to, at)
        case MenuReply():
            return _text(reply.as_text(), to, at)
        case ImageReply():
            media_id = clean_text(reply.media_id).strip()
            return _render(replies.ImageReply, to, at, image=_cdata(media_id)) if media_id else None
        case TransferReply():
            return _transfer(reply.agent, to, at)
        case _:
            assert_never(reply)


def in_json(xml: str) -> str:
    """Our own reply or envelope in JSON, for accounts that chose JSON as their data format."""
    fields = xmltodict.parse(xml)["xml"]
    for number in ("CreateTime", "TimeStamp"):
        if number in fields:
            fields[number] = int(fields[number])
    return json.dumps(fields, ensure_ascii=False)


def _text(text: str, to: Address, at: datetime) -> str | None:
    cleaned = clean_text(text).strip()
    if not 0 < byte_length(cleaned) <= OFFICIAL_LIMITS.max_text_bytes:
        return None
    return _render(replies.TextReply, to, at, content=_cdata(cleaned))


def _transfer(agent: str | None, to: Address, at: datetime) -> str:
    xml = _render(replies.TransferCustomerServiceReply, to, at)
    if agent is None:
        return xml
    # wechatpy has no TransInfo.
    account = _cdata(clean_text(agent))
    chosen = f"<TransInfo><KfAccount><![CDATA[{account}]]></KfAccount></TransInfo>"
    return xml.removesuffix("</xml>") + chosen + "\n</xml>"


def _render(kind: Any, to: Address, at: datetime, **content: str) -> str:
    reply = kind(
        source=_cdata(clean_text(to.account)),
        target=_cdata(clean_text(to.peer)),
        time=int(at.timestamp()),
        **content,
    )
    xml: str = reply.render()
    return xml


def _cdata(text: str) -> str:
    """wechatpy writes texts into CDATA as they are;

    ``]]>`` in one would end it and let the text add elements.
    """
    return text.replace("]]>", "]]]]><![CDATA[>")
