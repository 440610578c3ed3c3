"""What the desk calls things."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from console.desk.presence import Other
from conversations.address import Address, Channel
from conversations.outcomes import HandOverReason
from escalation.hours import BEIJING
from escalation.routing import Tier
from escalation.service import Ending
from escalation.service_store import EventKind
from storage.times import from_ms

CHANNELS = {Channel.OFFICIAL: "公众号", Channel.KEFU: "微信客服"}

REASONS = {
    HandOverReason.ASKED_FOR: "找人工",
    HandOverReason.NOT_UNDERSTOOD: "店小二答不上",
    HandOverReason.COMPLAINT: "投诉",
    HandOverReason.UNDELIVERED: "回复没送到",
    HandOverReason.AFTER_SALES: "售后",
    HandOverReason.NOT_DONE: "系统没办成",
    HandOverReason.PRIVACY: "个人信息",
    HandOverReason.ANGRY: "很生气",
    HandOverReason.GOES_PUBLIC: "说要投诉到外面",
}

TIERS = {
    Tier.OWN: "专属",
    Tier.DEPUTY: "代班",
    Tier.VIP_GROUP: "VIP 组",
    Tier.POOL: "排队分配",
    Tier.HANDED_ON: "同事转交",
    Tier.CHOSEN: "自己接的",
}

ENDINGS = {
    Ending.SOLVED: "解决了",
    Ending.FOLLOWED_UP: "转售后跟进",
    Ending.SILENT: "顾客没再回",
    Ending.CALLED_OFF: "顾客不需要了",
    Ending.NOT_OURS: "广告或误发",
}
CHOSEN_ENDINGS = (Ending.SOLVED, Ending.FOLLOWED_UP, Ending.SILENT, Ending.NOT_OURS)

STATES = {
    "pending": "发送中",
    "offered": "发送中",
    "sending": "发送中",
    "sent": "已发出",
    "deferred": "等顾客下次说话时发",
    "withheld": "没有发出",
    "dead": "没送到",
}

_HAPPENED = {
    EventKind.WANTED: "顾客要找人工",
    EventKind.WANTED_AGAIN: "顾客又催了一次",
    EventKind.QUEUED: "排进了队伍",
    EventKind.PUT_OFF: "没人在，先由店小二接着",
    EventKind.CLAIMED: "{who} 接入",
    EventKind.GIVEN_BACK: "{who} 退回队伍",
    EventKind.HANDED_ON: "{who} 转交给 {whom}",
    EventKind.TAKEN_OVER: "{who} 接管",
    EventKind.ENDED: "{who} 结束了服务",
    EventKind.SNOOZED: "{who} 稍后再看",
    EventKind.NOTE: "{who} 备注",
    EventKind.WHISPER: "{who} 悄悄说",
    EventKind.RATED: "顾客评价",
}
_NOBODYS = {":customer": "顾客", "clock": "店小二", "bot": "店小二"}


def happened(kind: EventKind, who: str, whom: str, names: dict[str, str]) -> str:
    """What happened, as agents read it; ``names``: by login."""
    return _HAPPENED[kind].format(who=person(who, names), whom=person(whom, names))


def person(login: str, names: dict[str, str]) -> str:
    return _NOBODYS.get(login) or names.get(login, login)


def also_here(others: Sequence[Other], names: dict[str, str]) -> str:
    """Who else looks at a conversation: who writes comes first; empty for nobody."""
    writing = [person(each.login, names) for each in others if each.writes]
    reading = [person(each.login, names) for each in others if not each.writes]
    parts = [f"{'、'.join(who)} {does}" for who, does in ((writing, "正在写"), (reading, "也在看")) if who]
    return "，".join(parts)


def speaker(author: str, names: dict[str, str]) -> str:
    """Who said a message; ``author``: as the transcript has it."""
    if author.startswith("agent:"):
        return person(author.removeprefix("agent:"), names)
    return {"customer": "顾客", "bot": "店小二"}.get(author, author)


def channel_of(conversation_id: str) -> str:
    return CHANNELS.get(Address.parse(conversation_id).channel, "其他")


def waited(since: datetime, now: datetime) -> str:
    """How long ago, on a phone's width: 刚刚, 5 分钟, 2 小时, 3 天."""
    minutes = max(timedelta(), now - since) // timedelta(minutes=1)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 24 * 60 else f"{minutes // (24 * 60)} 天"


def minute(at_ms: int, now: datetime) -> str:
    """When something was said, Beijing time: 23:05 today, else 11-23 23:05."""
    at = from_ms(at_ms).astimezone(BEIJING)
    return f"{at:%H:%M}" if at.date() == now.astimezone(BEIJING).date() else f"{at:%m-%d %H:%M}"
