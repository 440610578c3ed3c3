"""How a case is told to members of the shop. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta, timezone

from conversations.address import Address, Channel
from conversations.outcomes import HandOverReason
from escalation.cases import Case
from escalation.store import OpenCases
from handlers.privacy import customer_tag, quoted

_CHINA = timezone(timedelta(hours=8))

REASONS = {
    HandOverReason.ASKED_FOR: "要找真人",
    HandOverReason.NOT_UNDERSTOOD: "店小二答不上来",
    HandOverReason.COMPLAINT: "有投诉",
    HandOverReason.UNDELIVERED: "回复没送到",
    HandOverReason.AFTER_SALES: "售后要处理",
    HandOverReason.NOT_DONE: "系统没办成",
    HandOverReason.PRIVACY: "个人信息请求",
    HandOverReason.ANGRY: "顾客很生气",
    HandOverReason.GOES_PUBLIC: "说要投诉到外面",
}
CHANNELS = {
    Channel.OFFICIAL: "公众号",
    Channel.KEFU: "微信客服",
    Channel.WECOM: "企业微信",
    Channel.AIBOT: "企业微信",
    Channel.TERMINAL: "终端",
}
ANSWER_AT = {
    Channel.OFFICIAL: "请在公众号的客服工具里回复 TA。",
    Channel.KEFU: "请在企业微信的“微信客服”里回复 TA。",
}

AT_DESK = "请在客服工作台回复 TA：{desk}"

NOBODY = "现在没有顾客在等人工，辛苦啦～"
SUMMARY = "有 {count} 位顾客在等人工，最早的从 {since} 等到现在（{waited}）："
MORE = "还有 {count} 位没有列出来。"
HOW_TO_TAKE = "回复“接 1”就由你接待第 1 位。"
YOURS = "你正在接待："
HOW_TO_CLOSE = "处理好了，回复“办完”加编号。"
TAKEN = "好的，由你接待：{customer}\n{where}处理好了，先发“待处理”，再回复“办完”加编号。"


def waiting_list(waiting: OpenCases, yours: Sequence[Case], now: datetime) -> str:
    """The open cases, then those of the member who asks, numbered through from 1."""
    lines = [NOBODY]
    if waiting.first:
        oldest = waiting.first[0].opened_at
        lines = [
            SUMMARY.format(
                count=waiting.count, since=clock_time(oldest, now), waited=waited(now - oldest, "")
            )
        ]
    lines += [f"{n}. {line_of(case, now)}" for n, case in enumerate(waiting.first, 1)]
    if waiting.count > len(waiting.first):
        lines.append(MORE.format(count=waiting.count - len(waiting.first)))
    if waiting.first:
        lines.append(HOW_TO_TAKE)
    if yours:
        numbered = enumerate(yours, len(waiting.first) + 1)
        lines += ["", YOURS, *(f"{n}. {line_of(case, now)}" for n, case in numbered), HOW_TO_CLOSE]
    return "\n".join(lines)


def answer_at(desk: str | None, channels: Collection[Channel]) -> Mapping[Channel, str]:
    """Where members answer customers. ``desk``: its address; ``channels``: those whose customers are served there."""
    if desk is None:
        return ANSWER_AT
    return {**ANSWER_AT, **{channel: AT_DESK.format(desk=desk) for channel in channels}}


def taken_text(case: Case, now: datetime, places: Mapping[Channel, str]) -> str:
    where = places.get(_channel(case), "")
    return TAKEN.format(customer=line_of(case, now), where=where and where + "\n")


def line_of(case: Case, now: datetime) -> str:
    """One case on one line: who (without saying who), since when, why, and the last words."""
    who = f"{CHANNELS[_channel(case)]} · {customer_tag(case.conversation_id)}"
    return f"{who} · {waited(now - case.opened_at)} · {REASONS[case.reason]}：“{quoted(case.summary)}”"


def waited(time: timedelta, before: str = "等了 ") -> str:
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 1:
        return "刚刚"
    hours, rest = divmod(minutes, 60)
    if hours < 1:
        return f"{before}{minutes} 分钟"
    if hours < 24:
        return f"{before}{hours} 小时 {rest} 分钟" if rest else f"{before}{hours} 小时"
    return f"{before}{hours // 24} 天"


def clock_time(time: datetime, now: datetime) -> str:
    """The minute in China, with the day unless it is today."""
    local, today = time.astimezone(_CHINA), now.astimezone(_CHINA)
    day = "" if local.date() == today.date() else f"{local.month} 月 {local.day} 日 "
    return f"{day}{local:%H:%M}"


def channel_name(case: Case) -> str:
    return CHANNELS[_channel(case)]


def _channel(case: Case) -> Channel:
    return Address.parse(case.conversation_id).channel
