"""Passive replies, the answers to callbacks (platform page Passive_user_reply_message), rendered. Pure."""

from __future__ import annotations

import json
from datetime import datetime
from typing import assert_never

import xmltodict

from channels.plain import plain
from channels.rendering import ImageXml, TransferXml, cdata, render_text
from channels.rendering import render as render_xml
from channels.text import clean_text
from conversations.address import Address
from conversations.replies import (
    CardReply,
    CardUpdate,
    CodedReply,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    Reply,
    TextReply,
    TransferReply,
)


def render(reply: Reply, to: Address, at: datetime) -> str | None:
    """The clear XML of ``reply`` from ``to.account`` to ``to.peer``.

    None when it cannot be said passively: an empty text or one over the platform's 2048 bytes (a malformed or
    refused answer would show the shopper 该公众号提供的服务出现故障). Menus, links (news demands a picture) and
    places become text; a mini-program's page goes over the API.
    """
    match reply:
        case TextReply() | MenuReply() | LinkReply() | LocationReply():
            return render_text(plain(reply).text, source=to.account, target=to.peer, at=at)
        case ImageReply():
            media_id = clean_text(reply.media_id).strip()
            if not media_id:
                return None
            return render_xml(ImageXml, source=to.account, target=to.peer, at=at, image=cdata(media_id))
        case TransferReply():
            return _transfer(reply.agent, to, at)
        case MiniProgramReply() | CardReply() | CardUpdate() | CodedReply():
            return None
        case _:
            assert_never(reply)


def in_json(xml: str) -> str:
    """Our own reply or envelope in JSON, for accounts that chose JSON as their data format."""
    fields = xmltodict.parse(xml)["xml"]
    for number in ("CreateTime", "TimeStamp"):
        if number in fields:
            fields[number] = int(fields[number])
    return json.dumps(fields, ensure_ascii=False)


def _transfer(agent: str | None, to: Address, at: datetime) -> str:
    xml = render_xml(TransferXml, source=to.account, target=to.peer, at=at)
    if agent is None:
        return xml
    # wechatpy has no TransInfo.
    chosen = f"<TransInfo><KfAccount><![CDATA[{cdata(agent)}]]></KfAccount></TransInfo>"
    return xml.removesuffix("</xml>") + chosen + "\n</xml>"
