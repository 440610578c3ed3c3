"""The 公众号's messages and events as typed values, pure.

Platform pages Receiving_standard_messages and Receiving_event_pushes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from channels.fields import BadField, FieldReader
from conversations.address import Address, Channel
from conversations.inbound import (
    AgentSession,
    AgentSessionChange,
    Content,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    MessageKey,
    Notification,
    Scanned,
    Text,
    Trigger,
    Unfollowed,
    Unrecognised,
    Video,
    Voice,
)

UNKNOWN_PEER = "unknown"
"""The peer of a callback whose FromUserName is missing or not an openid. Nobody is answered there."""

UNKNOWN_TIME = datetime.fromtimestamp(0, UTC)
"""The default time of a callback without a usable CreateTime: so old that it opens no window."""

# Typed reading is ours. wechatpy's parse_message wants the XML, while what is stored are fields; its
# converters raise ValueError or TypeError on wrong values when an attribute is read; it does not know
# bizmsgmenuid and the newer events.
Reader = Callable[[FieldReader], Content]


def _text(fields: FieldReader) -> Content:
    menu_id = fields.optional_identifier("bizmsgmenuid")
    # "0" is what the platform writes when the menu's id was not honoured.
    return Text(text=fields.text("Content"), menu_id=None if menu_id == "0" else menu_id)


def _image(fields: FieldReader) -> Content:
    return Image(media_id=fields.identifier("MediaId"), url=fields.optional_url("PicUrl"))


def _voice(fields: FieldReader) -> Content:
    return Voice(
        media_id=fields.identifier("MediaId"),
        format=fields.name("Format") or "amr",
        recognition=fields.optional_text("Recognition") or None,
    )


def _video(fields: FieldReader) -> Content:
    return Video(
        media_id=fields.identifier("MediaId"), thumb_media_id=fields.optional_identifier("ThumbMediaId")
    )


def _short_video(fields: FieldReader) -> Content:
    return Video(
        media_id=fields.identifier("MediaId"),
        thumb_media_id=fields.optional_identifier("ThumbMediaId"),
        short=True,
    )


def _location(fields: FieldReader) -> Content:
    return Location(
        latitude=fields.degrees("Location_X", 90),
        longitude=fields.degrees("Location_Y", 180),
        label=fields.optional_text("Label"),
    )


def _link(fields: FieldReader) -> Content:
    return Link(
        title=fields.optional_text("Title"),
        url=fields.url("Url"),
        description=fields.optional_text("Description"),
    )


def _mini_program_page(fields: FieldReader) -> Content:
    """A shared mini-program card: a link that only the WeChat client can follow."""
    return Link(
        title=fields.optional_text("Title"),
        url=f"miniprogram:{fields.identifier('AppId')}/{fields.identifier('PagePath').lstrip('/')}",
        description="小程序",
    )


def _subscribe(fields: FieldReader) -> Content:
    scene = (fields.optional_identifier("EventKey") or "").removeprefix("qrscene_")
    return Followed(scene=scene or None)


def _unsubscribe(_fields: FieldReader) -> Content:
    return Unfollowed()


def _scan(fields: FieldReader) -> Content:
    return Scanned(scene=fields.identifier("EventKey"))


def _click(fields: FieldReader) -> Content:
    return MenuClicked(menu_key=fields.identifier("EventKey"))


def _session_created(fields: FieldReader) -> Content:
    return AgentSession(change=AgentSessionChange.CREATED, agent=fields.identifier("KfAccount"))


def _session_closed(fields: FieldReader) -> Content:
    return AgentSession(change=AgentSessionChange.CLOSED, agent=fields.identifier("KfAccount"))


def _session_switched(fields: FieldReader) -> Content:
    return AgentSession(
        change=AgentSessionChange.SWITCHED,
        agent=fields.identifier("ToKfAccount"),
        previous_agent=fields.optional_identifier("FromKfAccount"),
    )


def _notification(fields: FieldReader) -> Content:
    return Notification(name=fields.name("Event"), fields=fields.fields)


MESSAGES: Mapping[str, Reader] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _short_video,
    "location": _location,
    "link": _link,
    "miniprogrampage": _mini_program_page,
}

EVENTS: Mapping[str, Reader] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "scan": _scan,
    "click": _click,
    "kf_create_session": _session_created,
    "kf_close_session": _session_closed,
    "kf_switch_session": _session_switched,
    "location": _notification,
    "view": _notification,
    "view_miniprogram": _notification,
    "scancode_push": _notification,
    "scancode_waitmsg": _notification,
    "pic_sysphoto": _notification,
    "pic_photo_or_album": _notification,
    "pic_weixin": _notification,
    "location_select": _notification,
    "templatesendjobfinish": _notification,
    "masssendjobfinish": _notification,
    "subscribe_msg_popup_event": _notification,
    "subscribe_msg_change_event": _notification,
    "subscribe_msg_sent_event": _notification,
    "user_enter_tempsession": _notification,
}

TRIGGERS: Mapping[str, Trigger] = {
    "subscribe": Trigger.FOLLOW,
    "scan": Trigger.SCAN,
    # Of the menu's buttons only these three open a window (platform page 客服消息).
    "click": Trigger.MENU_CLICK,
    "scancode_push": Trigger.MENU_CLICK,
    "scancode_waitmsg": Trigger.MENU_CLICK,
}


def read(fields: Mapping[str, object], key: MessageKey, *, received_at: datetime = UNKNOWN_TIME) -> Inbound:
    """The typed form of an opened callback's fields. Never raises.

    What we do not know, and what lacks a field that its type needs, becomes Unrecognised, which opens no
    window. ``received_at`` (aware) stands in for a CreateTime that is missing or absurd.
    """
    reader = FieldReader(fields)
    content, trigger = _content(reader)
    sender = reader.optional_text("FromUserName")
    return Inbound(
        key=key,
        address=Address(
            channel=Channel.OFFICIAL,
            account=reader.optional_text("ToUserName"),
            peer=sender if re.fullmatch(r"[0-9A-Za-z_-]{1,64}", sender) else UNKNOWN_PEER,
        ),
        content=content,
        sent_at=reader.optional_time("CreateTime") or received_at,
        trigger=trigger,
    )


def _content(reader: FieldReader) -> tuple[Content, Trigger | None]:
    kind = reader.name("MsgType")
    is_event = kind == "event"
    name = reader.name("Event") if is_event else kind
    read_content = (EVENTS if is_event else MESSAGES).get(name)
    if read_content is None:
        return Unrecognised(name=name or kind or "untyped", fields=reader.fields), None
    try:
        content = read_content(reader)
    except BadField:
        return Unrecognised(name=name, fields=reader.fields), None
    return content, TRIGGERS.get(name) if is_event else Trigger.MESSAGE
