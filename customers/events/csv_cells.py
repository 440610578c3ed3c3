"""Cells of tables that people export and spreadsheets save: what they say, as events want it written. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

BEIJING = timezone(timedelta(hours=8))
"""Of times without an offset: the shop's exports are written in China, which knows no summer time."""

_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_DAY = r"(?P<year>\d{4})(?:[-/.]|年)(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})日?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
_OFFSET = r"(?P<offset>Z|[+-]\d{2}:?\d{2})"
_WRITTEN = re.compile(rf"{_DAY}(?:[T\s]\s*{_CLOCK}\s*{_OFFSET}?)?", re.IGNORECASE)
_COMPACT = re.compile(r"(20\d{6})(\d{6}|\d{4})?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_SINCE_1970 = re.compile(r"1\d{9}(\d{3})?")
_SERIAL_BEGAN = date(1899, 12, 30)
"""Day 0 of spreadsheets, which count days since 1900 and take that for a leap year: right from March 1900 on."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{0,12})?")
_MONEY_SIGNS = re.compile(r"[¥,\s]|元$|RMB|CNY", re.IGNORECASE)
_YES = frozenset({"1", "true", "yes", "y", "是", "有"})
_NO = frozenset({"0", "false", "no", "n", "否", "无"})
_LONGEST_ITEM = 64


class CellUnreadable(ValueError):
    """What a cell is not, and what to write instead."""

    def __init__(self, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.cure = cure


def cleaned(cell: str) -> str:
    """Without what exports put around a text to keep spreadsheets from taking it for a number or a formula.

    Lone dashes, and numbers of which some digits are hidden by stars, say nothing: empty.
    """
    text = cell.strip()
    found = _AS_TEXT.fullmatch(text)
    text = (found[1] if found else text.removeprefix("'").removeprefix("`")).strip()
    return "" if text in _NOTHING or _hidden(text) else text


_NOTHING = frozenset({"-", "--", "—", "——", "/", "null", "NULL", "None", "N/A", "#N/A"})


def _hidden(text: str) -> bool:
    return re.fullmatch(r"[\d*]*\*{3,}[\d*]*", text) is not None


def plain(text: str) -> str:
    return text


def item_name(text: str) -> str:
    """Titles of goods are longer than what is kept of them."""
    return text[:_LONGEST_ITEM]


def phone_number(text: str) -> str:
    """A spreadsheet that takes it for a number may write 13800138000.0."""
    return text.removesuffix(".0")


def moment(text: str) -> str:
    """ISO 8601 with its offset. Beijing's where none is written; a day alone begins at 0:00.

    Besides written days and times: digits alone (20261122, 202611221030, 20261122103000), days of a spreadsheet
    (46348.4375), and seconds or milliseconds since 1970.
    """
    text = unicodedata.normalize("NFKC", text)
    try:
        found = _written(text) or _compact(text) or _serial(text) or _since_1970(text)
    except ValueError:
        found = None
    if found is None:
        raise CellUnreadable(
            "is no time that can be read", "Write 2026-11-22 10:30:00, of Beijing where no offset follows"
        )
    return found.isoformat()


def _written(text: str) -> datetime | None:
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    part = {name: int(value or 0) for name, value in found.groupdict().items() if name in _PARTS}
    fraction = int((found["fraction"] or "0")[:6].ljust(6, "0"))
    return datetime(**part, microsecond=fraction, tzinfo=_offset(found["offset"]))


_PARTS = frozenset({"year", "month", "day", "hour", "minute", "second"})


def _offset(written: str | None) -> timezone:
    if written is None:
        return BEIJING
    if written.upper() == "Z":
        return UTC
    sign = -1 if written.startswith("-") else 1
    hours, minutes = int(written[1:3]), int(written[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _compact(text: str) -> datetime | None:
    found = _COMPACT.fullmatch(text)
    if found is None:
        return None
    clock = (found[2] or "").ljust(6, "0")
    return datetime.strptime(f"{found[1]}{clock}", "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)


def _serial(text: str) -> datetime | None:
    """To the second: what is behind that is the rounding of spreadsheets."""
    if _SERIAL.fullmatch(text) is None:
        return None
    began = datetime.combine(_SERIAL_BEGAN, datetime.min.time(), BEIJING)
    return began + timedelta(seconds=round(Decimal(text) * 86_400))


def _since_1970(text: str) -> datetime | None:
    found = _SINCE_1970.fullmatch(text)
    if found is None:
        return None
    return datetime.fromtimestamp(int(text) / (1000 if found[1] else 1), BEIJING)


def fen_of_yuan(text: str) -> int:
    """¥1,234.50 is 123450, exactly."""
    yuan = _decimal(text, "Write yuan such as 212.50")
    fen = yuan * 100
    if fen != fen.to_integral_value():
        raise CellUnreadable("has more than two decimals", "Write yuan such as 212.50")
    return int(fen)


def fen_given_back(text: str) -> int:
    """Like ``fen_of_yuan``; a refund may be written below zero."""
    return abs(fen_of_yuan(text))


def whole_fen(text: str) -> int:
    fen = _decimal(text, "Write whole fen such as 21250")
    if fen != fen.to_integral_value():
        raise CellUnreadable("is no whole number of fen", "Write whole fen such as 21250")
    return int(fen)


def number_of_seconds(text: str) -> float:
    return float(_decimal(text, "Write seconds such as 12.5"))


def yes(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise CellUnreadable("is neither yes nor no", "Write 是 or 否, true or false, 1 or 0")
    return text.lower() in _YES


def _decimal(text: str, cure: str) -> Decimal:
    """As many digits as arithmetic keeps exactly."""
    written = _MONEY_SIGNS.sub("", unicodedata.normalize("NFKC", text))
    if _NUMBER.fullmatch(written) is None:
        raise CellUnreadable("is no number", cure)
    return Decimal(written)
