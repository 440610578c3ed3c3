"""Typed reading of callback fields, whose values may be missing, repeated, nested or absurd."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

MAX_TEXT = 4096
"""Characters kept of one text; the platform's own client stops far earlier."""

_MAX_ID = 512
_MAX_URL = 2048
_LAST_SECOND = 4_102_444_800  # 2100-01-01; a later CreateTime is not a time


class BadField(Exception):
    """A field that this type of message must have is missing or is not of its type."""


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads one callback's ``fields``.

    Methods named after a type raise BadField; ``optional_`` ones do not.
    """

    fields: Mapping[str, object]

    def text(self, name: str) -> str:
        """The text, never empty, cut after MAX_TEXT characters."""
        value = self.optional_text(name)
        if not value:
            raise BadField(name)
        return value

    def optional_text(self, name: str) -> str:
        """The text; empty when the field is missing, empty or not a text."""
        value = self.fields.get(name)
        return value.strip()[:MAX_TEXT] if isinstance(value, str) else ""

    def identifier(self, name: str) -> str:
        """A media id, key or account: unlike a text it is useless when cut, so a too long one is bad."""
        value = self.text(name)
        if len(value) > _MAX_ID:
            raise BadField(name)
        return value

    def optional_identifier(self, name: str) -> str | None:
        value = self.optional_text(name)
        return value if 0 < len(value) <= _MAX_ID else None

    def url(self, name: str) -> str:
        value = self.optional_url(name)
        if value is None:
            raise BadField(name)
        return value

    def optional_url(self, name: str) -> str | None:
        """An http(s) address; anything else (javascript:, a path) is treated as missing."""
        value = self.optional_text(name)
        good = len(value) <= _MAX_URL and re.match(r"https?://[^\s/]", value, re.IGNORECASE)
        return value if good else None

    def degrees(self, name: str, limit: float) -> float:
        """A coordinate between -limit and limit."""
        try:
            value = float(self.text(name))
        except ValueError:
            raise BadField(name) from None
        if not math.isfinite(value) or abs(value) > limit:
            raise BadField(name)
        return value

    def optional_time(self, name: str) -> datetime | None:
        """Seconds since 1970 as an aware time; None for what is not one."""
        value = self.optional_text(name)
        if not re.fullmatch(r"[0-9]{1,10}", value) or not 0 < int(value) < _LAST_SECOND:
            return None
        return datetime.fromtimestamp(int(value), UTC)

    def name(self, name: str) -> str:
        """A type's name in lower case, safe as a label: letters, digits, ``_`` and ``.``, at most 64."""
        return re.sub(r"[^0-9a-z_.]", "_", self.optional_text(name).lower()[:64])
