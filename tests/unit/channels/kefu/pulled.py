"""Items as sync_msg brings them (WeCom 94670 读取消息)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

ACCOUNT = "wkFictionalShop01"
CUSTOMER = "wmFictionalCustomer01"
AT = datetime(2021, 3, 11, 16, 3, 5, tzinfo=UTC)
NOW = datetime(2021, 3, 11, 16, 3, 9, tzinfo=UTC)


def message(msgtype: str, body: dict[str, Any] | None = None, **top: Any) -> dict[str, Any]:
    """A customer's message; ``top`` replaces top-level fields, and takes those away that are None."""
    item = {
        "msgid": "from_msgid_1",
        "open_kfid": ACCOUNT,
        "external_userid": CUSTOMER,
        "send_time": int(AT.timestamp()),
        "origin": 3,
        "msgtype": msgtype,
        msgtype: body,
        **top,
    }
    return {name: value for name, value in item.items() if value is not None}


def text(content: str = "你好", **top: Any) -> dict[str, Any]:
    return message("text", {"content": content}, **top)


def event(event_type: str, **fields: Any) -> dict[str, Any]:
    """An event: the ids are inside, where ``fields`` may take them away with None."""
    inside = {"event_type": event_type, "open_kfid": ACCOUNT, "external_userid": CUSTOMER, **fields}
    return {
        "msgid": "from_msgid_event_1",
        "send_time": int(AT.timestamp()),
        "origin": 4,
        "msgtype": "event",
        "event": {name: value for name, value in inside.items() if value is not None},
    }
