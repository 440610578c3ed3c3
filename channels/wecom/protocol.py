"""The app's callbacks as typed values, pure: WeCom 90239 (messages), 90240 (events), 92130 (customer contact)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from channels.fields import BadField, FieldReader
from conversations.address import Address, Channel
from conversations.inbound import (
    CardClicked,
    Content,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    MessageKey,
    Notification,
    Text,
    Trigger,
    Unfollowed,
    Unrecognised,
    Video,
    Voice,
)

SYSTEM_PEER = "sys"
"""The peer of what the platform itself reports (customer contact, contacts, 微信客服). Nobody is answered there."""

UNKNOWN_PEER = "unknown"
"""The peer of a callback whose FromUserName is not a userid. Nobody is answered there."""

UNKNOWN_TIME = datetime.fromtimestamp(0, UTC)
"""The default time of a callback without a usable CreateTime."""

Reader = Callable[[FieldReader], Content]


class App(NamedTuple):
    """Whose callbacks are read."""

    corp_id: str
    agent_id: int


def _text(fields: FieldReader) -> Content:
    return Text(text=fields.text("Content"))


def _image(fields: FieldReader) -> Content:
    return Image(media_id=fields.identifier("MediaId"), url=fields.optional_url("PicUrl"))


def _voice(fields: FieldReader) -> Content:
    return Voice(media_id=fields.identifier("MediaId"), format=fields.name("Format") or "amr")


def _video(fields: FieldReader) -> Content:
    return Video(
        media_id=fields.identifier("MediaId"), thumb_media_id=fields.optional_identifier("ThumbMediaId")
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


def _subscribe(_fields: FieldReader) -> Content:
    return Followed()


def _unsubscribe(_fields: FieldReader) -> Content:
    return Unfollowed()


def _click(fields: FieldReader) -> Content:
    return MenuClicked(menu_key=fields.identifier("EventKey"))


def _card(fields: FieldReader) -> Content:
    return CardClicked(
        card_type=fields.optional_text("CardType"),
        task_id=fields.identifier("TaskId"),
        key=fields.optional_identifier("EventKey") or "",
        response_code=fields.optional_identifier("ResponseCode") or "",
        selected=_selected(fields.fields.get("SelectedItems")),
    )


def _selected(items: object) -> dict[str, tuple[str, ...]]:
    """The chosen option ids of each question; what is not of that form is left out."""
    chosen: dict[str, tuple[str, ...]] = {}
    for item in _children(items, "SelectedItem"):
        question = item.get("QuestionKey") if isinstance(item, Mapping) else None
        if isinstance(item, Mapping) and isinstance(question, str):
            options = _children(item.get("OptionIds"), "OptionId")
            chosen[question] = tuple(option for option in options if isinstance(option, str))
    return chosen


def _children(parent: object, name: str) -> list[object]:
    """The children called ``name``; also of bodies that were stored with a single one outside a list."""
    children = parent.get(name) if isinstance(parent, Mapping) else None
    if isinstance(children, list):
        return children
    return [] if children is None else [children]


def _notification(fields: FieldReader) -> Content:
    return Notification(name=fields.name("Event"), fields=fields.fields)


MESSAGES: Mapping[str, Reader] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "location": _location,
    "link": _link,
}

EVENTS: Mapping[str, Reader] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "click": _click,
    "template_card_event": _card,
    "template_card_menu_event": _card,
    # Comes at every opening of the app, so it is no reason to greet.
    "enter_agent": _notification,
    "location": _notification,
    "view": _notification,
    "view_miniprogram": _notification,
    "scancode_push": _notification,
    "scancode_waitmsg": _notification,
    "pic_sysphoto": _notification,
    "pic_photo_or_album": _notification,
    "pic_weixin": _notification,
    "location_select": _notification,
    "batch_job_result": _notification,
    "open_approval_change": _notification,
    "share_agent_change": _notification,
    "share_chain_change": _notification,
    "change_contact": _notification,
    "change_external_contact": _notification,
    "change_external_chat": _notification,
    "change_external_tag": _notification,
    "kf_msg_or_event": _notification,
    "kf_account_auth_change": _notification,
    # WeCom closes apps that nobody uses: these warn of it, or tell it.
    "inactive_alert": _notification,
    "close_inactive_agent": _notification,
    "reopen_inactive_agent": _notification,
    "low_active_alert": _notification,
    "low_active": _notification,
    "active_restored": _notification,
}

TRIGGERS: Mapping[str, Trigger] = {
    "subscribe": Trigger.FOLLOW,
    "click": Trigger.MENU_CLICK,
}


def read(
    fields: Mapping[str, object], key: MessageKey, app: App, *, received_at: datetime = UNKNOWN_TIME
) -> Inbound:
    """The typed form of an opened callback's fields. Never raises.

    The account of the address is the agent id, or the corp id for what the platform itself reports. What we do
    not know, what lacks a field that its type needs, and what another app's members said becomes Unrecognised.
    ``received_at`` (aware) stands in for a CreateTime that is missing or absurd.
    """
    reader = FieldReader(fields)
    sender = reader.optional_text("FromUserName")
    from_system = sender in ("", SYSTEM_PEER)
    if from_system:
        address = Address(channel=Channel.WECOM, account=app.corp_id, peer=SYSTEM_PEER)
    else:
        known = re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}", sender)
        address = Address(
            channel=Channel.WECOM, account=str(app.agent_id), peer=sender if known else UNKNOWN_PEER
        )
    other_app = not from_system and reader.optional_text("AgentID") not in ("", "0", str(app.agent_id))
    content, trigger = _content(reader, from_system=from_system, other_app=other_app)
    return Inbound(
        key=key,
        address=address,
        content=content,
        sent_at=reader.optional_time("CreateTime") or received_at,
        trigger=trigger,
    )


def _content(reader: FieldReader, *, from_system: bool, other_app: bool) -> tuple[Content, Trigger | None]:
    kind = reader.name("MsgType")
    is_event = kind == "event"
    name = reader.name("Event") if is_event else kind
    read_content = (EVENTS if is_event else MESSAGES).get(name)
    if read_content is None or other_app or (from_system and not is_event):
        return Unrecognised(name=name or kind or "untyped", fields=reader.fields), None
    try:
        content = read_content(reader)
    except BadField:
        return Unrecognised(name=name, fields=reader.fields), None
    return content, TRIGGERS.get(name) if is_event else Trigger.MESSAGE
