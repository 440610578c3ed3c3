"""Typed reading of one JSON object of the platform, whose values may be missing or of another type."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.text import clean_text

MAX_TEXT = 4096
"""Characters kept of one text; the platform's own client stops far earlier."""

_ID = re.compile(r"[0-9A-Za-z_.@-]{1,128}")
_MAX_TOKEN = 512
_MAX_URL = 2048
_LAST_SECOND = 4_102_444_800  # 2100-01-01; a later time is not one


class BadField(Exception):
    """A field that this type of item must have is missing or is not of its type."""


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads ``fields``. Methods named after a type raise BadField; ``optional_`` ones do not."""

    fields: Mapping[str, object]

    def part(self, name: str) -> JsonReader:
        """The object under ``name``; an empty one where there is none."""
        value = self.fields.get(name)
        return JsonReader(value if isinstance(value, Mapping) else {})

    def text(self, name: str) -> str:
        """The text, never empty, cut after MAX_TEXT characters."""
        value = self.optional_text(name)
        if not value:
            raise BadField(name)
        return value

    def optional_text(self, name: str) -> str:
        """The text; empty when the field is missing, empty or not a text."""
        value = self.fields.get(name)
        return clean_text(value).strip()[:MAX_TEXT] if isinstance(value, str) else ""

    def identifier(self, name: str) -> str:
        """A userid, external_userid or message id: 1 to 128 letters, digits and ``_ - . @`` (no colon)."""
        value = self.optional_identifier(name)
        if value is None:
            raise BadField(name)
        return value

    def optional_identifier(self, name: str) -> str | None:
        value = self.optional_text(name)
        return value if _ID.fullmatch(value) else None

    def token(self, name: str) -> str:
        """A media id, code or menu id: opaque, and useless when cut, so one over 512 characters is bad."""
        value = self.optional_token(name)
        if value is None:
            raise BadField(name)
        return value

    def optional_token(self, name: str) -> str | None:
        value = self.optional_text(name)
        return value if 0 < len(value) <= _MAX_TOKEN else None

    def url(self, name: str) -> str:
        """An http(s) address; anything else (javascript:, a path) is bad."""
        value = self.optional_text(name)
        if len(value) > _MAX_URL or not re.match(r"https?://[^\s/]", value, re.IGNORECASE):
            raise BadField(name)
        return value

    def number(self, name: str) -> int:
        """A whole number; the platform writes it as a number, some of its examples as digits in quotes."""
        value = self.fields.get(name)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value.strip()):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadField(name)
        return value

    def degrees(self, name: str, limit: float) -> float:
        """A coordinate between -limit and limit, written as a number or as text."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise BadField(name)
        try:
            degrees = float(value)
        except (ValueError, OverflowError):
            raise BadField(name) from None
        if not math.isfinite(degrees) or abs(degrees) > limit:
            raise BadField(name)
        return degrees

    def optional_time(self, name: str) -> datetime | None:
        """Seconds since 1970 as an aware time; None for what is not one."""
        try:
            seconds = self.number(name)
        except BadField:
            return None
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LAST_SECOND else None

    def name(self, name: str) -> str:
        """A type's name in lower case, safe as a label: letters, digits, ``_`` and ``.``, at most 64."""
        return re.sub(r"[^0-9a-z_.]", "_", self.optional_text(name).lower()[:64])
