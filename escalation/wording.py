"""What customers are told while they wait for a person. Pure; short, warm, and never more than is known."""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation.hours import BEIJING
from escalation.routing import Expectation

REPLY_WINDOW = timedelta(hours=48)
"""How long after a message a shop may answer (微信客服 and 公众号 alike)."""

NEXT = "您是下一位，很快就好～"
NEXT_IN = "您是下一位，大约{wait}～"
IN_LINE = "前面还有 {before} 位，大约{wait}～"
IN_LINE_ONLY = "前面还有 {before} 位，请稍等～"
OWN_COMES = "好的，您的专属管家{name}马上来～"
OWN_IS_AWAY = "您的专属管家{name}这会儿不在，同事先来帮您，请稍等～"
OFF_DUTY = "客服{when}上班，到时第一时间在这里回复您。您的话已经记下了，有别的事也可以先问我～"
FAR_OFF = "客服{when}才上班，微信只能在您留言后 48 小时内回复。您的话已经记下了，麻烦到时再发条消息提醒我们～"
NO_HOURS = "客服这几天都休息。您的话已经记下了，麻烦过几天再发条消息提醒我们～"
NOBODY_THERE = "客服这会儿都不在，回来后第一时间在这里回复您。您的话已经记下了，有别的事也可以先问我～"
STILL_NOTED = "您要找客服的事已经记着了，{when}。有别的事可以先问我～"
LEFT_ALONE = "抱歉让您久等了。"

_WEEKDAYS = "一二三四五六日"
_LEAST = timedelta(minutes=1)


def in_line(expected: Expectation) -> str:
    """Where a customer stands in the queue, and how long that takes, as far as it can be said."""
    before = expected.position - 1
    if not before and (expected.wait is None or expected.wait < _LEAST):
        return NEXT
    if not before and expected.wait is not None:
        return NEXT_IN.format(wait=about(expected.wait))
    if expected.wait is None:
        return IN_LINE_ONLY.format(before=before)
    return IN_LINE.format(before=before, wait=about(expected.wait))


def about(wait: timedelta) -> str:
    """Rounded up, as people say it: a promise that is too short angers."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    if minutes <= 10:
        return f" {minutes} 分钟"
    if minutes <= 60:
        return f" {-(-minutes // 5) * 5} 分钟"
    return f" {-(-minutes // 60)} 小时"


def off_duty(opens: datetime | None, now: datetime) -> str:
    """Nobody is there before ``opens``; an answer may come within 48 hours of the customer's message."""
    if opens is None:
        return NO_HOURS
    text = OFF_DUTY if opens - now < REPLY_WINDOW - _LEAST else FAR_OFF
    return text.format(when=day_and_time(opens, now))


def day_and_time(moment: datetime, now: datetime) -> str:
    """The minute in China: 今天 14:00, 明天 9:00, 周三 9:00, 10 月 8 日 9:00."""
    local, today = moment.astimezone(BEIJING), now.astimezone(BEIJING)
    days = (local.date() - today.date()).days
    clock = f"{local.hour}:{local:%M}"
    if days <= 1:
        return f"{'明天' if days == 1 else '今天'} {clock}"
    if days < 7:
        return f"周{_WEEKDAYS[local.weekday()]} {clock}"
    return f" {local.month} 月 {local.day} 日 {clock}"
