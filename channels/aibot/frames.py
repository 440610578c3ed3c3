"""The frames of the long connection (WeCom 101463): JSON texts of cmd, headers and body. Pure."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from channels.body import Fields, parse_body
from conversations.errors import CallbackRejected

SUBSCRIBE = "aibot_subscribe"
PING = "ping"
RESPOND = "aibot_respond_msg"
WELCOME = "aibot_respond_welcome_msg"
UPDATE = "aibot_respond_update_msg"
SEND = "aibot_send_msg"

MESSAGE_CALLBACK = "aibot_msg_callback"
EVENT_CALLBACK = "aibot_event_callback"
DISCONNECTED = "disconnected_event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame that came in. An acknowledgement has no ``cmd`` but an ``errcode``. Scalars in ``body`` are text."""

    cmd: str
    req_id: str
    body: Fields = field(repr=False)
    raw: bytes = field(repr=False, default=b"")
    errcode: int | None = None
    errmsg: str = ""

    @property
    def event(self) -> str:
        """The eventtype; empty for what is no event."""
        event = self.body.get("event")
        name = event.get("eventtype") if isinstance(event, dict) else None
        return name if isinstance(name, str) else ""


def parse(text: str) -> Frame | None:
    """The frame in ``text``; None for what is not one."""
    try:
        fields = parse_body(text.encode("utf-8", "surrogatepass"))
    except CallbackRejected:
        return None
    headers, body = fields.get("headers"), fields.get("body")
    code = fields.get("errcode")
    req_id = headers.get("req_id") if isinstance(headers, dict) else None
    return Frame(
        cmd=_text(fields.get("cmd")),
        req_id=_text(req_id),
        body=body if isinstance(body, dict) else {},
        raw=json.dumps(body, ensure_ascii=False, sort_keys=True).encode(),
        errcode=int(code) if isinstance(code, str) and code.lstrip("-").isdecimal() else None,
        errmsg=_text(fields.get("errmsg"))[:300],
    )


def written(cmd: str, req_id: str, body: Mapping[str, object] | None) -> str:
    """A frame of ours as it goes out."""
    frame: dict[str, object] = {"cmd": cmd, "headers": {"req_id": req_id}}
    if body is not None:
        frame["body"] = body
    return json.dumps(frame, ensure_ascii=False)


def new_req_id(cmd: str) -> str:
    return f"{cmd}_{secrets.token_hex(8)}"


def responding(body: Mapping[str, object]) -> str:
    """The cmd that answers with ``body`` (a form of ``channels.aibot.passive``)."""
    if body.get("response_type") == "update_template_card":
        return UPDATE
    return WELCOME if body.get("msgtype") == "text" else RESPOND


def answered_by(frame: Frame) -> str | None:
    """The cmd that may answer ``frame``; None for what wants no answer."""
    if frame.cmd == MESSAGE_CALLBACK:
        return RESPOND
    return {"enter_chat": WELCOME, "template_card_event": UPDATE}.get(frame.event)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
