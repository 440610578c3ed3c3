"""The days of the year that have a name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

FIXED: Mapping[str, tuple[int, int]] = {
    "元旦": (1, 1),
    "情人节": (2, 14),
    "三八节": (3, 8),
    "妇女节": (3, 8),
    "女神节": (3, 8),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "六一": (6, 1),
    "儿童节": (6, 1),
    "618": (6, 18),
    "六一八": (6, 18),
    "教师节": (9, 10),
    "国庆": (10, 1),
    "国庆节": (10, 1),
    "十一": (10, 1),
    "双十一": (11, 11),
    "双11": (11, 11),
    "双十二": (12, 12),
    "双12": (12, 12),
    "平安夜": (12, 24),
    "圣诞": (12, 25),
    "圣诞节": (12, 25),
}
"""Month and day of the same date every year."""

_FIRST_YEAR = 2024
_LUNAR: Mapping[str, str] = {
    "春节": "0210 0129 0217 0206 0126 0213 0203 0123 0211 0131 0219 0208",
    "元宵": "0224 0212 0303 0220 0209 0227 0217 0206 0225 0214 0305 0222",
    "端午": "0610 0531 0619 0609 0528 0616 0605 0624 0612 0601 0620 0610",
    "七夕": "0810 0829 0819 0808 0826 0816 0805 0824 0812 0801 0820 0810",
    "中秋": "0917 1006 0925 0915 1003 0922 0912 1001 0919 0908 0927 0916",
    "重阳": "1011 1029 1018 1008 1026 1016 1005 1024 1012 1001 1020 1009",
}
"""Dates of the lunar calendar, MMDD from 2024 to 2035 (the Chinese calendar, GB/T 33661-2017)."""

_OTHER_NAMES = {"过年": "春节", "大年初一": "春节", "年初一": "春节", "八月十五": "中秋", "除夕": "春节"}
_DAYS_OFF = {"除夕": -1}

NAMES = tuple(
    sorted(
        {*FIXED, *_LUNAR, *_OTHER_NAMES, *(f"{name}节" for name in _LUNAR if name != "春节")},
        key=lambda name: (-len(name), name),
    )
)
"""All names, longer ones first."""


def festival(name: str, year: int) -> date | None:
    """The day of that name in a year; None for a lunar one before 2024 or after 2035. KeyError for no name."""
    if name in FIXED:
        month, day = FIXED[name]
        return date(year, month, day)
    base = _OTHER_NAMES.get(name, name)
    days = _LUNAR[base if base in _LUNAR else base.removesuffix("节")].split()
    if not 0 <= year - _FIRST_YEAR < len(days):
        return None
    month_and_day = days[year - _FIRST_YEAR]
    found = date(year, int(month_and_day[:2]), int(month_and_day[2:]))
    return found + timedelta(days=_DAYS_OFF.get(name, 0))
