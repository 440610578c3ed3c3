"""Passive replies of the app, the answers to callbacks (WeCom 90241 被动回复消息格式), rendered. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from channels.plain import plain
from channels.rendering import ImageXml, NewsXml, cdata, render_text
from channels.rendering import render as render_xml
from channels.text import byte_length, clean_text
from channels.wecom.protocol import SYSTEM_PEER, UNKNOWN_PEER
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

_MAX_TITLE, _MAX_DESCRIPTION, _MAX_URL = 128, 512, 2048
"""UTF-8 bytes."""


def render(reply: Reply, to: Address, corp_id: str, at: datetime) -> str | None:
    """The clear XML of ``reply`` from ``corp_id`` to the member ``to.peer``.

    None when it cannot be said passively: too long, a type that answers do not have, or nobody to answer. A
    CardUpdate becomes ``update_button``, which answers a tap on a card and nothing else.
    """
    peer = to.peer
    if peer in (SYSTEM_PEER, UNKNOWN_PEER):
        return None
    match reply:
        case TextReply() | MenuReply() | LocationReply():
            return render_text(plain(reply).text, source=corp_id, target=peer, at=at)
        case LinkReply():
            return _news(reply, peer, corp_id, at)
        case ImageReply():
            return _image(reply, peer, corp_id, at)
        case CardUpdate():
            return _update_button(reply, peer, corp_id, at)
        case MiniProgramReply() | CardReply() | TransferReply() | CodedReply():
            return None
        case _:
            assert_never(reply)


def _image(image: ImageReply, peer: str, corp_id: str, at: datetime) -> str | None:
    media_id = clean_text(image.media_id).strip()
    if not media_id:
        return None
    return render_xml(ImageXml, source=corp_id, target=peer, at=at, image=cdata(media_id))


def _news(link: LinkReply, peer: str, corp_id: str, at: datetime) -> str | None:
    parts = ((link.title, _MAX_TITLE), (link.description, _MAX_DESCRIPTION), (link.url, _MAX_URL))
    if not link.title or not link.url or any(byte_length(text) > longest for text, longest in parts):
        return None
    article = {
        "title": cdata(link.title),
        "description": cdata(link.description),
        "url": cdata(link.url),
    }
    return render_xml(NewsXml, source=corp_id, target=peer, at=at, articles=[article])


def _update_button(update: CardUpdate, peer: str, corp_id: str, at: datetime) -> str:
    """wechatpy does not know this type."""
    return (
        f"<xml>\n<ToUserName><![CDATA[{cdata(peer)}]]></ToUserName>\n"
        f"<FromUserName><![CDATA[{cdata(corp_id)}]]></FromUserName>\n"
        f"<CreateTime>{int(at.timestamp())}</CreateTime>\n"
        "<MsgType><![CDATA[update_button]]></MsgType>\n"
        f"<Button><ReplaceName><![CDATA[{cdata(update.button)}]]></ReplaceName></Button>\n</xml>"
    )
