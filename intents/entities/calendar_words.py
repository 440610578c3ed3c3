"""Days told by the calendar: 11月3号, 2026-11-03, 3号, 上个月5号, 国庆那天. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from intents.entities.festivals import NAMES, festival
from intents.entities.numerals import spelled
from intents.patterns import any_of

_D = r"(?P<day>[0-3]?[0-9]|[一二三四五六七八九十廿卅]{1,3})"
_M = r"(?P<month>[01]?[0-9]|[一二三四五六七八九十]{1,2})"
_Y = r"(?P<year>20[0-9]{2}|[二零〇一三四五六七八九]{4}|去年|今年|明年|前年)"
_NO_PLACE = (
    "(?!楼|门|店|线|单元|栋|幢|库|桌|码|色|仓|院|房|公馆|链接|球|电|口|柜|机|客服|团|位|选手|主播|直播)"
)
_NOT_AFTER = r"(?<!大道)(?<![0-9.月路街巷弄幢栋单店款色码号尾编第a-z大小团仓道村组])"

_SHAPES = (
    (
        re.compile(
            rf"(?<![0-9])(?:{_Y}[年\-/. ]?\s?)?(?<![0-9.]){_M}\s?月份?\s?{_D}\s?[日号]?(?![0-9个斤点时])"
        ),
        "full",
    ),
    (
        re.compile(
            r"(?<![0-9])(?P<year>20[0-9]{2})[-/.](?P<month>[01]?[0-9])[-/.](?P<day>[0-3]?[0-9])(?![0-9])"
        ),
        "full",
    ),
    (re.compile(r"(?<![0-9/])(?P<month>1[0-2]|0?[1-9])/(?P<day>[0-3]?[0-9])(?![0-9/个折斤])"), "full"),
    (
        re.compile(
            r"(?<![0-9.])(?P<month>1[0-2]|0?[1-9])\.(?P<day>[0-3]?[0-9])(?=[日号]|那天|当天|[买拍订下]|付款|收到|签收)[日号]?"
        ),
        "full",
    ),
    (re.compile(rf"(?P<which>上上|上|这|本|下)个?月(?:的)?\s?{_D}\s?[日号]"), "month"),
    (re.compile(rf"{_NOT_AFTER}{_D}[号日]{_NO_PLACE}(?![0-9a-z])"), "day"),
)
_MONTHS_OFF = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1}
_YEARS_OFF = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
_LOOSE = any_of(
    "那天|那会儿?|那时候?|的时候|期间|活动|大促|当天|前一天|后一天|第二天|[买拍下订付]|之前|前后|以前"
)
_FESTIVAL = re.compile(
    rf"(?<![0-9大初双])(?P<year>去年|今年|明年|前年)?的?(?P<name>{any_of(*NAMES)})"
    rf"(?![0-9路街月年号日点个件斤元块])(?P<loose>(?:节|假期)?{_LOOSE})?"
)
_NEEDS_MORE = frozenset({"618", "十一", "五一", "六一", "六一八", "过年"})
"""Names that are numbers or more besides: only with 那天 and the like, or alone."""

Choice = Callable[[Iterable[date]], date | None]
"""Of the years' (or months') dates that are possible the one that is meant."""


def calendar_days(text: str, today: date, choose: Choice) -> list[tuple[date, int, int]]:
    """Dates with where they stand; several for the same words may overlap, the better reading first."""
    found = []
    for pattern, shape in _SHAPES:
        for match in pattern.finditer(text):
            day = _day(match, shape, today, choose)
            if day is not None:
                found.append((day, match.start(), match.end()))
    for match in _FESTIVAL.finditer(text):
        if match["name"] in _NEEDS_MORE and not match["loose"] and match[0] != text.strip():
            continue
        years = _years(match["year"], today)
        day = choose(one for year in years if (one := festival(match["name"], year)) is not None)
        if day is not None:
            found.append((day, match.start(), match.end("name")))
    return found


def _day(match: re.Match[str], shape: str, today: date, choose: Choice) -> date | None:
    day = _small_number(match["day"])
    if shape == "month":
        return _date_in(today, _MONTHS_OFF[match["which"]], day)
    if shape == "day":
        return choose(one for off in (-1, 0, 1) if (one := _date_in(today, off, day)) is not None)
    month = _small_number(match["month"])
    years = _years(match.groupdict().get("year"), today)
    return choose(one for year in years if (one := _date(year, month, day)) is not None)


def _years(told: str | None, today: date) -> list[int]:
    if told is None:
        return [today.year - 1, today.year, today.year + 1]
    if told in _YEARS_OFF:
        return [today.year + _YEARS_OFF[told]]
    digits = "".join(
        str("零一二三四五六七八九".find(word)) if word in "零一二三四五六七八九" else word for word in told
    )
    digits = digits.replace("〇", "0")
    return [int(digits)] if digits.isascii() and digits.isdecimal() and digits.startswith("20") else []


def _small_number(text: str) -> int:
    """0 for what is no number."""
    return int(text) if text.isdecimal() else spelled(text.replace("廿", "二十").replace("卅", "三十")) or 0


def _date_in(today: date, months: int, day: int) -> date | None:
    index = today.year * 12 + today.month - 1 + months
    return _date(index // 12, index % 12 + 1, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shifted(day: date, days: int) -> date | None:
    """So many days later; None beyond the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
