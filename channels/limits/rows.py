"""The rows of the table of limits: what a platform allows, by what it counts, and what it does beyond."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Scope(StrEnum):
    """What a limit counts by."""

    API = "each API of the corp or account"
    ADDRESS = "our IP address"
    ACCOUNT = "the corp or account"
    APP = "the app"
    CREDENTIAL = "the secret"
    PERSON = "the person"
    MEMBER = "the member"
    CHAT = "the group chat"
    ROBOT = "the robot"
    RECEIVER = "the receiving customer or customer group"
    GRANT = "each code, token or id"
    CALL = "one call or message"


class Beyond(StrEnum):
    """What the platform does with what is too much."""

    REFUSED = "refused with an errcode"
    DROPPED = "silently dropped"
    TRUNCATED = "cut off"
    NOTICED = "replaced by a notice"
    VOID = "no longer good"


class Keeper(StrEnum):
    """Which part of us keeps to a limit: PLANNER (``bot.sending``), INBOX (``bot.inbox``), GATE, CLIENT (of the call).

    PLATFORM: we do not make this call, or cannot count what the platform counts.
    """

    PLANNER = "the planner"
    GATE = "the call gate"
    CLIENT = "the client"
    TOKENS = "the token keeper"
    INBOX = "the inbox"
    PLATFORM = "the platform alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLimit:
    """``count`` uses (None: any number) within ``lasts`` of the act or the grant that begins it.

    ``source`` is the page that says so. ``reserves`` tells whether parts of the count are kept for people and
    notices. Nobody types an answer within a minute, so a reserve in a one-minute window would only make the bot
    mute.
    """

    count: int | None
    lasts: timedelta
    source: str
    name: str = ""
    reserves: bool = False
    scope: Scope = Scope.PERSON
    beyond: Beyond = Beyond.REFUSED
    errcodes: tuple[int, ...] = ()
    kept_by: Keeper = Keeper.PLANNER


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimit:
    """At most ``count`` calls of one API in any stretch of ``per``.

    ``api`` is the path under the API host; "*" stands for every one. ``per_account`` multiplies the count by the
    number of accounts that the corp has. A ``count`` of 0 is a block: calls wait while a refusal counts.
    """

    api: str
    count: int
    per: timedelta
    source: str
    name: str = ""
    per_account: bool = False
    scope: Scope = Scope.ACCOUNT
    beyond: Beyond = Beyond.REFUSED
    errcodes: tuple[int, ...] = (45009,)
    kept_by: Keeper = Keeper.GATE


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyLimit:
    """At most ``count`` in a calendar month of China; None: as many as the month has days."""

    api: str
    count: int | None
    source: str
    name: str
    scope: Scope
    beyond: Beyond = Beyond.REFUSED
    errcodes: tuple[int, ...] = ()
    kept_by: Keeper = Keeper.CLIENT


class Unit(StrEnum):
    BYTES = "UTF-8 bytes"
    CHARACTERS = "characters"
    ITEMS = "items"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeLimit:
    """The size of ``field`` in ``api``: from ``least`` to ``most`` of ``unit``."""

    api: str
    field: str
    most: int
    source: str
    name: str
    least: int = 0
    unit: Unit = Unit.BYTES
    scope: Scope = Scope.CALL
    beyond: Beyond = Beyond.REFUSED
    errcodes: tuple[int, ...] = ()
    kept_by: Keeper = Keeper.CLIENT


Limit = WindowLimit | CallLimit | MonthlyLimit | SizeLimit
