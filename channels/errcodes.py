"""Errcodes as data: what a code means and what we do about it. Each platform keeps its rows in its own folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Reaction(StrEnum):
    """What the caller does."""

    SENT = "sent"
    RETRY = "retry"
    RETRY_AFTER_WINDOW = "retry_after_window"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a state, not a password
    WINDOW_CLOSED = "window_closed"
    REFUSED = "refused"
    CONFIG = "config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errcode:
    """One row. ``retry_after`` is in seconds and set with RETRY_AFTER_WINDOW and CONFIG only.

    ``alarm``: somebody has to look, trying again alone will not cure it.
    """

    code: int
    meaning: str
    reaction: Reaction
    retry_after: float | None = None
    alarm: bool = False


def sent(code: int, meaning: str) -> Errcode:
    return Errcode(code=code, meaning=meaning, reaction=Reaction.SENT)


def retry(code: int, meaning: str) -> Errcode:
    """Not done, worth another try by the schedule."""
    return Errcode(code=code, meaning=meaning, reaction=Reaction.RETRY)


def wait(code: int, meaning: str, seconds: float, *, alarm: bool = False) -> Errcode:
    """Blocked for a while; the same again after ``seconds``."""
    return Errcode(
        code=code, meaning=meaning, reaction=Reaction.RETRY_AFTER_WINDOW, retry_after=seconds, alarm=alarm
    )


def refresh(code: int, meaning: str) -> Errcode:
    """The access token is no good (any more)."""
    return Errcode(code=code, meaning=meaning, reaction=Reaction.REFRESH_TOKEN)


def window_closed(code: int, meaning: str) -> Errcode:
    """The person has to act first."""
    return Errcode(code=code, meaning=meaning, reaction=Reaction.WINDOW_CLOSED)


def refused(code: int, meaning: str, *, alarm: bool = False) -> Errcode:
    """This call will never be done."""
    return Errcode(code=code, meaning=meaning, reaction=Reaction.REFUSED, alarm=alarm)


def config(code: int, meaning: str) -> Errcode:
    """The account's settings are wrong: tried again every five minutes, as a person may cure it meanwhile."""
    return Errcode(code=code, meaning=meaning, reaction=Reaction.CONFIG, retry_after=300, alarm=True)


class ErrcodeTable:
    """One platform's rows. A code that stands twice raises ValueError."""

    def __init__(self, rows: Iterable[Errcode]) -> None:
        table: dict[int, Errcode] = {}
        for row in rows:
            if row.code in table:
                raise ValueError(f"errcode {row.code} stands twice")
            table[row.code] = row
        self.rows: Mapping[int, Errcode] = MappingProxyType(table)

    def __contains__(self, code: object) -> bool:
        return code in self.rows

    def row(self, code: int) -> Errcode:
        """The row of ``code``.

        An unknown code is refused with an alarm: the platform did answer, so the call was not done; repeating
        what it refused for a reason that we cannot read spends quota for nothing, and silence would hide a
        change of its rules.
        """
        return self.rows.get(code) or refused(code, "unknown errcode", alarm=True)

    def reaction(self, code: int) -> Reaction:
        return self.row(code).reaction
