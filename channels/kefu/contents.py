"""What a customer or a servicer wrote: the msgtypes of WeCom 94670 读取消息 as typed messages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from channels.kefu.fields import JsonReader
from conversations.inbound import Card, File, Image, Link, Location, Message, Text, Video, Voice

Reader = Callable[[JsonReader], Message]
"""Takes the object under the msgtype's own name. Raises BadField."""


def _text(body: JsonReader) -> Message:
    return Text(text=body.text("content"), menu_id=body.optional_token("menu_id"))


def _image(body: JsonReader) -> Message:
    return Image(media_id=body.token("media_id"))


def _voice(body: JsonReader) -> Message:
    # We ask for voice_format 0, which is amr. 微信客服 transcribes nothing.
    return Voice(media_id=body.token("media_id"), format="amr")


def _video(body: JsonReader) -> Message:
    return Video(media_id=body.token("media_id"))


def _file(body: JsonReader) -> Message:
    return File(media_id=body.token("media_id"))


def _location(body: JsonReader) -> Message:
    lines = (body.optional_text("name"), body.optional_text("address"))
    return Location(
        latitude=body.degrees("latitude", 90),
        longitude=body.degrees("longitude", 180),
        label=" ".join(line for line in lines if line),
    )


def _link(body: JsonReader) -> Message:
    return Link(
        title=body.optional_text("title"),
        url=body.url("url"),
        description=body.optional_text("desc"),
    )


def _card(kind: str, word: str, *title_fields: str) -> Reader:
    """Reads a card whose title is the first of ``title_fields`` that is filled, else ``word``."""

    def read(body: JsonReader) -> Message:
        titles = (body.optional_text(name) for name in title_fields)
        return Card(kind=kind, title=next((title for title in titles if title), word), fields=body.fields)

    return read


MESSAGES: Mapping[str, Reader] = MappingProxyType(
    {
        "text": _text,
        "image": _image,
        "voice": _voice,
        "video": _video,
        "file": _file,
        "location": _location,
        "link": _link,
        "business_card": _card("business_card", "名片"),
        "miniprogram": _card("miniprogram", "小程序", "title"),
        "msgmenu": _card("msgmenu", "菜单", "head_content"),
        "channels_shop_product": _card("channels_shop_product", "视频号商品", "title"),
        "channels_shop_order": _card("channels_shop_order", "视频号订单", "product_titles"),
        "merged_msg": _card("merged_msg", "聊天记录", "title"),
        "channels": _card("channels", "视频号", "title", "nickname"),
        "meeting": _card("meeting", "会议", "title"),
        "calendar": _card("calendar", "日程", "title"),
        "note": _card("note", "笔记", "title"),
    }
)
