"""The events among the pulled items: the event_types of WeCom 94670 读取消息. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from channels.kefu.fields import BadField, JsonReader
from channels.kefu.states import CodeKind, code_life
from conversations.inbound import (
    AgentSession,
    AgentSessionChange,
    Content,
    EnteredSession,
    Notification,
    Recalled,
    SendFailed,
)
from conversations.replies import EventCode

UNKNOWN_SERVICER = "unknown"
"""Stands for a servicer whom an item does not name: that a person has the session must not get lost for that."""

Reader = Callable[[JsonReader, datetime], Content]
"""Takes the object under ``event`` and the item's time. Raises BadField."""

FAIL_REASONS: Mapping[int, str] = MappingProxyType(
    {
        0: "unknown reason",
        1: "the 微信客服 account was deleted",
        2: "the app was closed",
        4: "over 48 h since the customer wrote",
        5: "the session has ended",
        6: "over 5 messages since the customer wrote",
        8: "the corp is not verified",
        10: "the customer rejects our messages",
        11: "the corp has no member who is logged in",
        12: "this type of message is forbidden",
        13: "the platform's security check stopped it",
    }
)
"""fail_type of msg_send_fail, in words."""


def _enter_session(event: JsonReader, at: datetime) -> Content:
    return EnteredSession(
        scene=event.optional_text("scene"),
        scene_param=event.optional_text("scene_param"),
        code=_code(event, "welcome_code", CodeKind.WELCOME, at),
    )


def _msg_send_fail(event: JsonReader, _at: datetime) -> Content:
    fail_type = event.number("fail_type")
    reason = FAIL_REASONS.get(fail_type, "a reason that is not documented")
    return SendFailed(platform_id=event.token("fail_msgid"), fail_type=fail_type, reason=reason)


def _session_status_change(event: JsonReader, at: datetime) -> Content:
    old = event.optional_identifier("old_servicer_userid")
    new = event.optional_identifier("new_servicer_userid")
    match event.number("change_type"):
        case 1:
            return AgentSession(
                change=AgentSessionChange.CREATED,
                agent=new or UNKNOWN_SERVICER,
                previous_agent=old,
                code=_code(event, "msg_code", CodeKind.SERVED, at),
            )
        case 2:
            return AgentSession(
                change=AgentSessionChange.SWITCHED, agent=new or UNKNOWN_SERVICER, previous_agent=old
            )
        case 3:
            return AgentSession(
                change=AgentSessionChange.CLOSED,
                agent=old or new or UNKNOWN_SERVICER,
                code=_code(event, "msg_code", CodeKind.ENDED, at),
            )
        case 4:
            return AgentSession(
                change=AgentSessionChange.REOPENED, agent=new or UNKNOWN_SERVICER, previous_agent=old
            )
        case _:
            raise BadField("change_type")


def _user_recall(event: JsonReader, _at: datetime) -> Content:
    return Recalled(platform_id=event.token("recall_msgid"))


def _servicer_recall(event: JsonReader, _at: datetime) -> Content:
    agent = event.optional_identifier("servicer_userid") or UNKNOWN_SERVICER
    return Recalled(platform_id=event.token("recall_msgid"), agent=agent)


def _notification(event: JsonReader, _at: datetime) -> Content:
    return Notification(name=event.name("event_type"), fields=event.fields)


def _code(event: JsonReader, name: str, kind: CodeKind, at: datetime) -> EventCode | None:
    code = event.optional_token(name)
    life: timedelta = code_life(kind)
    return EventCode(code=code, expires_at=at + life) if code else None


EVENTS: Mapping[str, Reader] = MappingProxyType(
    {
        "enter_session": _enter_session,
        "msg_send_fail": _msg_send_fail,
        "session_status_change": _session_status_change,
        "user_recall_msg": _user_recall,
        "servicer_recall_msg": _servicer_recall,
        "servicer_status_change": _notification,
        "reject_customer_msg_switch_change": _notification,
    }
)

ABOUT_SERVICERS = frozenset({"servicer_status_change", "reject_customer_msg_switch_change"})
"""Events that need not name a customer."""
