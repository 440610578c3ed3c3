"""The table of limits as a whole, by name, and its printed form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from channels.limits.calls import MASS_PER_DAY, MONTHS, OFFICIAL_CALL_LIMITS, WECOM_CALL_LIMITS
from channels.limits.rows import CallLimit, Limit, MonthlyLimit, SizeLimit, WindowLimit
from channels.limits.sizes import SIZES
from channels.limits.windows import WINDOWS

_ROWS: tuple[Limit, ...] = (
    *WINDOWS,
    *WECOM_CALL_LIMITS,
    *OFFICIAL_CALL_LIMITS,
    MASS_PER_DAY,
    *MONTHS,
    *SIZES,
)
TABLE: Mapping[str, Limit] = MappingProxyType({row.name: row for row in _ROWS})
"""Every row by its name."""

_HEAD = (
    "| limit | what | counted by | beyond | errcodes | kept by | source |",
    "|---|---|---|---|---|---|---|",
)


def printed() -> str:
    """The table as Markdown: the form that docs/limits.md shows."""
    return "\n".join((*_HEAD, *(_line(row) for row in TABLE.values()))) + "\n"


def _line(row: Limit) -> str:
    codes = ", ".join(str(code) for code in row.errcodes)
    cells = (f"`{row.name}`", _what(row), row.scope, row.beyond, codes, row.kept_by, row.source)
    return "| " + " | ".join(cells) + " |"


def _what(row: Limit) -> str:
    match row:
        case WindowLimit(count=None):
            return f"good for {_span(row.lasts)}"
        case WindowLimit():
            return f"{row.count} within {_span(row.lasts)}"
        case CallLimit():
            times = " × accounts" if row.per_account else ""
            return f"`{row.api}`: {row.count:,}{times} in {_span(row.per)}"
        case MonthlyLimit():
            count = "as many as the month has days" if row.count is None else str(row.count)
            return f"`{row.api}`: {count}, in a calendar month"
        case SizeLimit():
            least = f"{row.least} to " if row.least else ""
            return f"`{row.api}` {row.field}: {least}{row.most:,} {row.unit}"


def _span(time: timedelta) -> str:
    """A time in its largest whole unit; two days are 48 h, as the platforms say."""
    seconds = int(time.total_seconds())
    if seconds == 48 * 3600:
        return "48 h"
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
