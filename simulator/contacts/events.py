"""The callbacks of customer contact; their sender is always ``sys`` (WeCom 92130 事件格式)."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.contacts.tags import TagChange
from simulator.corpapp.fields import Json

ADDED, HALF_ADDED = "add_external_contact", "add_half_external_contact"
EDITED, DELETED, LEFT = "edit_external_contact", "del_external_contact", "del_follow_user"
FAILED = "transfer_fail"


def contact_changed(
    change: str,
    userid: str,
    external_userid: str,
    *,
    state: str = "",
    welcome_code: str = "",
    source: str = "",
    fail_reason: str = "",
) -> Json:
    """``change_external_contact``; the last fields are there only when they say something."""
    extra = {
        "State": state,
        "WelcomeCode": welcome_code,
        "Source": source,
        "FailReason": fail_reason,
    }
    return _event(
        "change_external_contact",
        {
            "ChangeType": change,
            "UserID": userid,
            "ExternalUserID": external_userid,
            **{name: value for name, value in extra.items() if value},
        },
    )


def chat_changed(chat_id: str, change: str) -> Json:
    """``change_external_chat`` with ChangeType ``create`` or ``dismiss``."""
    return _event("change_external_chat", {"ChatId": chat_id, "ChangeType": change})


def chat_updated(chat_id: str, detail: str) -> Json:
    """``change_external_chat`` of the owner, the name or the notice."""
    return _event("change_external_chat", {"ChatId": chat_id, "ChangeType": "update", "UpdateDetail": detail})


def members_changed(
    chat_id: str, detail: str, scene: int, ids: Sequence[str], last_version: str, version: str
) -> Json:
    """``add_member`` or ``del_member``: who, how (JoinScene or QuitScene), and the versions of the list."""
    joined = detail == "add_member"
    return _event(
        "change_external_chat",
        {
            "ChatId": chat_id,
            "ChangeType": "update",
            "UpdateDetail": detail,
            "JoinScene" if joined else "QuitScene": scene,
            "MemChangeCnt": len(ids),
            "MemChangeList": {"Item": list(ids)},
            "LastMemVer": last_version,
            "CurMemVer": version,
        },
    )


def tag_changed(change: TagChange, what: str) -> Json:
    """``change_external_tag`` with ChangeType ``create``, ``update``, ``delete`` or ``shuffle``."""
    return _event("change_external_tag", {"Id": change.id, "TagType": change.kind, "ChangeType": what})


def _event(name: str, fields: Json) -> Json:
    return {"FromUserName": "sys", "MsgType": "event", "Event": name, **fields}
