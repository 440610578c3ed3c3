"""Days that a customer names: 昨天, 大前天, 上周五, 三天前, 11月3号, 国庆那天. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from intents.entities.calendar_words import calendar_days, shifted
from intents.entities.numerals import number
from intents.patterns import any_of

CHINA = ZoneInfo("Asia/Shanghai")

_RELATIVE = {
    "大前天": -3,
    "大前儿": -3,
    "前天": -2,
    "前儿": -2,
    "前日": -2,
    "前晚": -2,
    "昨天": -1,
    "昨儿": -1,
    "昨日": -1,
    "昨晚": -1,
    "昨夜": -1,
    "昨个": -1,
    "今天": 0,
    "今儿": 0,
    "今日": 0,
    "今早": 0,
    "今晚": 0,
    "今晨": 0,
    "今个": 0,
    "明天": 1,
    "明儿": 1,
    "明日": 1,
    "明早": 1,
    "明晚": 1,
    "大后天": 3,
    "后天": 2,
    "后日": 2,
}
_RELATIVE_WORD = re.compile("|".join(sorted(_RELATIVE, key=len, reverse=True)))
_AGO = re.compile(
    r"(?<![0-9.第])(?P<count>[0-9]{1,3}|[一两二三四五六七八九十半]{1,3})(?P<unit>天|日|个?星期|个?礼拜|周|个月)(?P<side>以?前|之前|以?后|之后)"
)
_DAYS_OF = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
_WEEKDAY = re.compile(
    "(?P<which>上上|上|这|本|下下|下)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-6])(?![0-9个元块天年岁百边围期日])"
)
_WEEKS_OFF = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_DAYS = {**{word: place for place, word in enumerate("一二三四五六")}, "日": 6, "天": 6, "末": 5} | {
    str(place + 1): place for place in range(6)
}
_BESIDE = re.compile("(?:的)?(?P<which>前一天|后一天|第二天|头一天)")
_BESIDE_OFF = {"前一天": -1, "头一天": -1, "后一天": 1, "第二天": 1}

_BUYING = any_of("下的?单|买|拍|订|付|购|下了|支付|成交|抢")
_ORDERED = re.compile(f"^[^,.;!?。，；]{{0,6}}?{_BUYING}")
_ORDERED_BEFORE = re.compile(f"{_BUYING}[^,.;!?。，；]{{0,3}}?(时间|日期|日子)?(是|在|:|：|于)?$")
_PAST = re.compile("[买拍订付]|下的?单|了|收到|签收|到的|的时候|那天|怎么还|之前|上次")
_FUTURE = re.compile("送|自提|去取|来取|上门|能到|到吗|预约|发货吗|发吗|之前要|要用|能不能|可以")


class Tense(Enum):
    """Which way a day without a year, or a bare weekday, is looked for."""

    PAST = auto()
    FUTURE = auto()
    NEAREST = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """``ordered``: the day on which something was bought (昨天下的单). ``start``, ``end``: where it stands."""

    day: date
    ordered: bool
    start: int
    end: int


def days(text: str, *, now: datetime) -> tuple[Day, ...]:
    """The days in a normalised text, in order. ``now``: aware; the day is China's.

    Vague ones (前几天, 上个月) are none. A date without a year is in the year that makes it nearest, or past where
    something was bought then. Raises ValueError for a naive ``now``.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    today = now.astimezone(CHINA).date()
    tense = _tense(text)

    def choose(candidates: Iterable[date]) -> date | None:
        return _chosen(candidates, today, tense)

    found = [*_relative(text, today), *_weekdays(text, today, tense), *calendar_days(text, today, choose)]
    kept: list[tuple[date, int, int]] = []
    for day, start, end in found:
        if not any(start < other_end and other_start < end for _, other_start, other_end in kept):
            kept.append(_with_neighbour(text, day, start, end))
    return tuple(
        Day(day=day, ordered=_ordered(text, start, end), start=start, end=end)
        for day, start, end in sorted(kept, key=lambda one: one[1])
    )


def _relative(text: str, today: date) -> list[tuple[date, int, int]]:
    found = [
        (today + timedelta(days=_RELATIVE[match[0]]), match.start(), match.end())
        for match in _RELATIVE_WORD.finditer(text)
    ]
    for match in _AGO.finditer(text):
        count = number(match["count"])
        length = int((count or 0) * _DAYS_OF[match["unit"].removeprefix("个")])
        day = shifted(today, length if "后" in match["side"] else -length)
        if count and day is not None:
            found.append((day, match.start(), match.end()))
    return found


def _weekdays(text: str, today: date, tense: Tense) -> list[tuple[date, int, int]]:
    found = []
    monday = today - timedelta(days=today.weekday())
    for match in _WEEKDAY.finditer(text):
        day = monday + timedelta(days=_DAYS[match["day"]], weeks=_WEEKS_OFF.get(match["which"] or "", 0))
        if match["which"] is None:
            if day > today and tense is Tense.PAST:
                day -= timedelta(weeks=1)
            elif day < today and tense is Tense.FUTURE:
                day += timedelta(weeks=1)
        found.append((day, match.start(), match.end()))
    return found


def _with_neighbour(text: str, day: date, start: int, end: int) -> tuple[date, int, int]:
    """端午前一天 is the day before."""
    beside = _BESIDE.match(text, end)
    moved = shifted(day, _BESIDE_OFF[beside["which"]]) if beside else None
    return (day, start, end) if beside is None or moved is None else (moved, start, beside.end())


def _chosen(candidates: Iterable[date], today: date, tense: Tense) -> date | None:
    dates = list(candidates)
    allowed = {
        Tense.PAST: [one for one in dates if one <= today],
        Tense.FUTURE: [one for one in dates if one >= today],
        Tense.NEAREST: dates,
    }[tense]
    return min(allowed or dates, key=lambda one: abs(one - today), default=None)


def _tense(text: str) -> Tense:
    if _PAST.search(text):
        return Tense.PAST
    return Tense.FUTURE if _FUTURE.search(text) else Tense.NEAREST


def _ordered(text: str, start: int, end: int) -> bool:
    return bool(_ORDERED.search(text[end:]) or _ORDERED_BEFORE.search(text[:start]))
