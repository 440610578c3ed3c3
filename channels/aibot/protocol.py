"""The AI bot's messages and events as typed values, pure (WeCom 100719 接收消息, 101027 接收事件)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from channels.aibot.peers import peer_of
from channels.fields import BadField, FieldReader
from conversations.address import Address, Channel
from conversations.inbound import (
    CardClicked,
    Content,
    EnteredSession,
    File,
    Image,
    Inbound,
    MessageKey,
    Notification,
    Text,
    Trigger,
    Unrecognised,
    Video,
    Voice,
)
from conversations.replies import EventCode

WELCOME_CODE = "welcome"
"""The right to greet: it travels with the event, not as a code, and is spent by answering it within 5 s."""

WELCOME_LASTS = timedelta(seconds=5)

UNKNOWN_TIME = datetime.fromtimestamp(0, UTC)
"""The default time of a callback without a usable create_time: so old that it opens no window."""

_LEADING_MENTION = re.compile(r"\s*@[^\s@]+[\s\u2005]*")
_LAST_MENTION = re.compile(r"@[^\s@]+\s*$")

Reader = Callable[[FieldReader, str], Content]


def read(
    fields: Mapping[str, object], key: MessageKey, *, bot_name: str = "", received_at: datetime = UNKNOWN_TIME
) -> Inbound:
    """The typed form of an opened callback's fields. Never raises.

    What we do not know, and what lacks a field that its type needs, becomes Unrecognised, which opens no
    window. ``received_at`` (aware) stands in for a create_time that is missing or absurd. ``bot_name`` as in
    the settings: in groups every message mentions the bot, and that mention is not part of what is asked.
    """
    reader = FieldReader(fields)
    sent_at = reader.optional_time("create_time") or received_at
    content, is_message = _content(reader, bot_name, sent_at)
    answerable = is_message or response_url(fields) is not None
    return Inbound(
        key=key,
        address=Address(
            channel=Channel.AIBOT,
            account=reader.optional_text("aibotid"),
            peer=peer_of(_nested(reader, "from").get("userid"), fields.get("chatid"), fields.get("chattype")),
        ),
        content=content,
        sent_at=sent_at,
        trigger=Trigger.MESSAGE if answerable else None,
    )


def response_url(fields: Mapping[str, object]) -> str | None:
    """The address for one later answer within an hour; None when the callback brought none."""
    return FieldReader(fields).optional_url("response_url")


def without_mention(text: str, bot_name: str) -> str:
    """A group text without the mention of the bot: ``bot_name``, else the first word, else the last."""
    if bot_name and f"@{bot_name}" in text:
        return text.replace(f"@{bot_name}", " ", 1).strip()
    leading = _LEADING_MENTION.match(text)
    if leading:
        return text[leading.end() :].strip()
    return _LAST_MENTION.sub("", text).strip()


def _content(reader: FieldReader, bot_name: str, sent_at: datetime) -> tuple[Content, bool]:
    """The content, and whether it is a message (which opens a window)."""
    kind = reader.name("msgtype")
    try:
        if kind == "event":
            return _event(reader, sent_at), False
        message = MESSAGES.get(kind)
        if message is None:
            known = kind == "stream"  # the platform asks for the rest of an answer; ours are always whole
            return _notification(reader, kind) if known else _unknown(reader, kind), False
        return message(reader, bot_name), True
    except BadField:
        return _unknown(reader, kind), False


def _text(reader: FieldReader, bot_name: str) -> Content:
    return _said(reader, FieldReader(_nested(reader, "text")).text("content"), bot_name)


def _said(reader: FieldReader, text: str, bot_name: str) -> Text:
    in_group = reader.optional_text("chattype") == "group"
    return Text(text=without_mention(text, bot_name) if in_group else text)


def _image(reader: FieldReader, _name: str) -> Content:
    """The address lives five minutes and what it holds is encrypted, so the message's id names the picture."""
    return Image(
        media_id=reader.identifier("msgid"), url=FieldReader(_nested(reader, "image")).optional_url("url")
    )


def _mixed(reader: FieldReader, bot_name: str) -> Content:
    """Text and pictures in one message: the words are what can be answered."""
    items = _nested(reader, "mixed").get("msg_item")
    parts = [item for item in (items if isinstance(items, list) else [items]) if isinstance(item, dict)]
    texts = [FieldReader(_nested(FieldReader(part), "text")).optional_text("content") for part in parts]
    words = "\n".join(text for text in texts if text)
    if words:
        return _said(reader, words, bot_name)
    if not parts:
        raise BadField("msg_item")
    return Image(
        media_id=reader.identifier("msgid"),
        url=FieldReader(_nested(FieldReader(parts[0]), "image")).optional_url("url"),
    )


def _voice(reader: FieldReader, bot_name: str) -> Content:
    """Only the platform's transcript comes, no sound."""
    said = FieldReader(_nested(reader, "voice")).optional_text("content")
    return Voice(media_id=reader.identifier("msgid"), recognition=said or None)


def _file(reader: FieldReader, _name: str) -> Content:
    return File(media_id=reader.identifier("msgid"))


def _video(reader: FieldReader, _name: str) -> Content:
    return Video(media_id=reader.identifier("msgid"))


MESSAGES: Mapping[str, Reader] = {
    "text": _text,
    "image": _image,
    "mixed": _mixed,
    "voice": _voice,
    "file": _file,
    "video": _video,
}


def _event(reader: FieldReader, sent_at: datetime) -> Content:
    event = FieldReader(_nested(reader, "event"))
    name = event.name("eventtype")
    match name:
        case "enter_chat":
            return EnteredSession(code=EventCode(code=WELCOME_CODE, expires_at=sent_at + WELCOME_LASTS))
        case "template_card_event":
            return _card(FieldReader(_nested(event, name) or event.fields))
        case "feedback_event" | "disconnected_event":
            return _notification(reader, name)
        case _:
            return _unknown(reader, name or "event")


def _card(click: FieldReader) -> CardClicked:
    """A tap on a card. It is answered by naming the card, so its task_id is what a later update needs."""
    task_id = click.identifier("task_id")
    return CardClicked(
        card_type=click.name("card_type"),
        task_id=task_id,
        key=click.identifier("event_key"),
        response_code=task_id,
        selected=_selected(_nested(click, "selected_items").get("selected_item")),
    )


def _selected(items: object) -> dict[str, tuple[str, ...]]:
    selected: dict[str, tuple[str, ...]] = {}
    for item in items if isinstance(items, list) else [items]:
        if not isinstance(item, dict):
            continue
        question = item.get("question_key")
        options = item.get("option_ids")
        chosen = options.get("option_id") if isinstance(options, dict) else None
        ids = chosen if isinstance(chosen, list) else [chosen]
        if isinstance(question, str):
            selected[question] = tuple(one for one in ids if isinstance(one, str))
    return selected


def _notification(reader: FieldReader, name: str) -> Content:
    return Notification(name=name, fields=reader.fields)


def _unknown(reader: FieldReader, name: str) -> Content:
    return Unrecognised(name=name or "untyped", fields=reader.fields)


def _nested(reader: FieldReader, name: str) -> Mapping[str, object]:
    value = reader.fields.get(name)
    return value if isinstance(value, dict) else {}
