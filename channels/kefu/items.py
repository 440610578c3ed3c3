"""One pulled item of WeCom 94670 读取消息 (a message or an event) as an ``Inbound``. Pure; nothing here raises.

An item is kept in the inbox as the JSON object that the platform gave (after ``pages.read``) and read from there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum

from channels.kefu.contents import MESSAGES
from channels.kefu.events import ABOUT_SERVICERS, EVENTS, UNKNOWN_SERVICER
from channels.kefu.fields import BadField, JsonReader
from conversations.address import Address, Channel
from conversations.inbound import (
    AgentSaid,
    Card,
    Content,
    Inbound,
    Message,
    MessageKey,
    Notification,
    Trigger,
    Unrecognised,
)

UNKNOWN_PEER = "unknown"
"""The peer of an item that names no customer though it should. Nobody is answered there."""
SYSTEM_PEER = "sys"
"""The peer of events that are about servicers only."""


class Origin(IntEnum):
    """Who an item comes from. SERVICER: typed by a person in the WeCom client."""

    CUSTOMER = 3
    SYSTEM = 4
    SERVICER = 5


_KEY_FORM = re.compile(r"kefu:([0-9A-Za-z_-]{1,80}):.+", re.DOTALL)
_MSGID = re.compile(r"[0-9A-Za-z_.=+/-]{1,150}")


def key_of(item: Mapping[str, object], account: str) -> MessageKey:
    """The unique key of an item pulled from ``account`` (open_kfid): by its msgid, else by the hash of its JSON.

    The same item pulled again, which an empty cursor does for three days back, has the same key.
    """
    msgid = item.get("msgid")
    if isinstance(msgid, str) and _MSGID.fullmatch(msgid):
        return MessageKey(f"kefu:{account}:{msgid}")
    canonical = json.dumps(item, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return MessageKey(f"kefu:{account}:~{hashlib.sha256(canonical.encode()).hexdigest()}")


def read(item: Mapping[str, object], key: MessageKey, *, received_at: datetime) -> Inbound:
    """The typed form of an item that is stored under ``key``.

    What we do not know, and what lacks a field that its type needs, becomes Unrecognised. Of those only what a
    customer certainly wrote opens a window. ``received_at`` (aware) stands in for an absurd send_time.
    """
    whole = JsonReader(item)
    sent_at = whole.optional_time("send_time") or received_at
    is_event = whole.name("msgtype") == "event"
    # Events carry the ids inside; so do not look for them at the top.
    ids = whole.part("event") if is_event else whole
    peer = ids.optional_identifier("external_userid")
    content, wrote = _event(ids, sent_at, peer) if is_event else _message(whole, peer)
    about_servicers = is_event and ids.name("event_type") in ABOUT_SERVICERS
    return Inbound(
        key=key,
        address=Address(
            channel=Channel.KEFU,
            account=ids.optional_identifier("open_kfid") or _account_in(key),
            peer=peer or (SYSTEM_PEER if about_servicers else UNKNOWN_PEER),
        ),
        content=content,
        sent_at=sent_at,
        trigger=Trigger.MESSAGE if wrote else None,
    )


def _event(event: JsonReader, at: datetime, peer: str | None) -> tuple[Content, bool]:
    name = event.name("event_type")
    reader = EVENTS.get(name)
    if reader is None or (peer is None and name not in ABOUT_SERVICERS):
        return Unrecognised(name=name or "event", fields=event.fields), False
    try:
        return reader(event, at), False
    except BadField:
        return Unrecognised(name=name, fields=event.fields), False


def _message(item: JsonReader, peer: str | None) -> tuple[Content, bool]:
    """The content, and whether a customer wrote it."""
    kind = item.name("msgtype")
    unrecognised = Unrecognised(name=kind or "untyped", fields=item.fields)
    if peer is None or not kind:
        return unrecognised, False
    message = _readable(item, kind)
    match _origin(item):
        case Origin.CUSTOMER:
            return message or unrecognised, True
        case Origin.SERVICER:
            agent = item.optional_identifier("servicer_userid") or UNKNOWN_SERVICER
            # Whatever it was, a person has spoken: that must be seen.
            seen = message or Card(kind=kind, title="", fields=item.part(kind).fields)
            return AgentSaid(agent=agent, content=seen), False
        case Origin.SYSTEM:
            return Notification(name=f"system_{kind}", fields=item.fields), False
        case _:
            return unrecognised, False


def _readable(item: JsonReader, kind: str) -> Message | None:
    reader = MESSAGES.get(kind)
    if reader is None:
        return None
    try:
        return reader(item.part(kind))
    except BadField:
        return None


def _origin(item: JsonReader) -> int | None:
    try:
        return item.number("origin")
    except BadField:
        return None


def _account_in(key: MessageKey) -> str:
    found = _KEY_FORM.fullmatch(key)
    return found[1] if found else ""
