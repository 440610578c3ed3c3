"""Welcome codes: one message to a new contact within 20 seconds (WeCom 92137 发送新客户欢迎语)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from simulator.contacts.book import Follow
from simulator.corp.errcodes import CorpError

CODE_LIFE = 20.0
"""Seconds after the customer was added."""


@dataclass(slots=True, kw_only=True)
class _Welcome:
    follow: Follow
    until: float
    used: bool = False


class Welcomes:
    """Codes that were given out."""

    def __init__(self) -> None:
        self._codes: dict[str, _Welcome] = {}

    def issue(self, follow: Follow, now: float) -> str:
        """A code for a new contact."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Welcome(follow=follow, until=now + CODE_LIFE)
        return code

    def find(self, code: str, now: float) -> Follow:
        """The contact to welcome; raises CorpError 41050 (unknown, late), 41096 (used) or 41051 (they talk already)."""
        known = self._codes.get(code)
        if known is None or now > known.until:
            raise CorpError(41050)
        if known.used:
            raise CorpError(41096)
        if known.follow.chatted:
            raise CorpError(41051)
        return known.follow

    def use(self, code: str) -> None:
        """A code is good for one message."""
        self._codes[code].used = True
