"""The day that a customer speaks of when they mean an order: 昨天, 上周五, 11月3号, 20号. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

_CHINA = timezone(timedelta(hours=8))
_AGO = (
    ("大前天|大前儿", 3),
    ("前天|前日|前晚|前儿", 2),
    ("昨天|昨日|昨晚|昨儿|昨夜", 1),
    ("今天|今日|今早|今晚|今儿", 0),
)
_NUMERAL = "[0-9一二三四五六七八九十]{1,3}"
_MONTH_AND_DAY = re.compile(rf"({_NUMERAL})月({_NUMERAL})[号日]?")
_DAY = re.compile(rf"(?<![0-9a-z一二三四五六七八九十月第])({_NUMERAL})[号日](?![楼店线码色])")
_WEEKDAY = re.compile("(上上|上)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_LAST_WEEK = re.compile("上(?:个)?(?:周|星期|礼拜)")
_DIGITS = "零一二三四五六七八九"
_WEEK = "一二三四五六日"


class Days(NamedTuple):
    """From the first to the last day, both included, in China."""

    first: date
    last: date

    def hold(self, moment: datetime) -> bool:
        """Whether an aware moment is on one of them."""
        return self.first <= moment.astimezone(_CHINA).date() <= self.last


def days_meant(text: str, now: datetime) -> Days | None:
    """The days before ``now`` (aware) that a normalised text names; None when it names none, or an impossible one."""
    today = now.astimezone(_CHINA).date()
    for words, ago in _AGO:
        if re.search(words, text):
            return _single(today - timedelta(days=ago))
    if found := _MONTH_AND_DAY.search(text):
        return _dated(today, _number(found[1]), _number(found[2]))
    if found := _WEEKDAY.search(text):
        return _single(_weekday(today, found[1], _WEEK.index("日" if found[2] == "天" else found[2])))
    if _LAST_WEEK.search(text):
        monday = today - timedelta(days=today.weekday() + 7)
        return Days(monday, monday + timedelta(days=6))
    if found := _DAY.search(text):
        day = _number(found[1])
        month = today.month if day <= today.day else (today.month - 2) % 12 + 1
        return _dated(today, month, day)
    return None


def _weekday(today: date, last: str | None, weekday: int) -> date:
    """周五: the latest one, maybe today; 上周五: the one of the week before this."""
    if last is None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    monday = today - timedelta(days=today.weekday() + 7 * len(last))
    return monday + timedelta(days=weekday)


def _dated(today: date, month: int, day: int) -> Days | None:
    """The latest such day that is not to come."""
    for year in (today.year, today.year - 1):
        try:
            named = date(year, month, day)
        except ValueError:
            continue
        if named <= today:
            return _single(named)
    return None


def _single(day: date) -> Days:
    return Days(day, day)


def _number(text: str) -> int:
    """Digits, or Chinese numerals up to 九十九."""
    if text.isdigit() and text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.find(text[-1])
    return (_DIGITS.index(tens[-1]) if tens else 1) * 10 + (max(_DIGITS.find(ones[-1]), 0) if ones else 0)
