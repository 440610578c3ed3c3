"""One account's stream of messages and events, read page by page with cursors (WeCom 94670 读取消息)."""

from __future__ import annotations

import base64
import binascii
import secrets
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.corp.errcodes import CorpError

RETENTION = 3 * 86_400.0
"""Seconds that an item can be read."""

MAX_CURSOR, MAX_TOKEN = 64, 128
_CURSOR = struct.Struct(">IQI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one ``sync_msg`` gives; ``position`` is where the next page begins."""

    items: tuple[Mapping[str, object], ...]
    position: int
    has_more: bool


class Stream:
    """Items by number, from 0; numbers never come again, old items go after three days."""

    def __init__(self, open_kfid: str) -> None:
        self._salt = zlib.crc32(open_kfid.encode())
        self._items: list[Mapping[str, object]] = []
        self._times: list[float] = []
        self._first = 0
        self.furthest = 0
        """The furthest position that a reader has asked for."""

    def __len__(self) -> int:
        return self._first + len(self._items)

    def append(self, item: Mapping[str, object], now: float) -> int:
        """Add an item; returns its number."""
        self._items.append(item)
        self._times.append(now)
        return len(self) - 1

    def page(self, position: int | None, limit: int, now: float) -> Page:
        """Up to ``limit`` items from a position; None means from the earliest that is kept."""
        self._forget(now - RETENTION)
        start = max(0 if position is None else position, self._first)
        begin = start - self._first
        items = tuple(self._items[begin : begin + limit])
        end = start + len(items)
        return Page(items=items, position=end, has_more=end < len(self))

    def cursor(self, position: int) -> str:
        """An opaque cursor for a position; two for the same position differ."""
        nonce = secrets.randbits(32)
        data = _CURSOR.pack(nonce, position ^ (nonce << 16), self._salt ^ nonce)
        return "4gw" + base64.urlsafe_b64encode(data).decode().rstrip("=")

    def position(self, cursor: str) -> int | None:
        """Where a cursor points, None for the empty one; raises CorpError 40058 when it is not ours."""
        if not cursor:
            return None
        if len(cursor.encode()) > MAX_CURSOR or not cursor.startswith("4gw"):
            raise CorpError(40058, "cursor")
        try:
            data = base64.urlsafe_b64decode(cursor[3:] + "=" * (-len(cursor[3:]) % 4))
            nonce, mixed, salt = _CURSOR.unpack(data)
        except (binascii.Error, struct.error, ValueError) as error:
            raise CorpError(40058, "cursor") from error
        position = int(mixed ^ (nonce << 16))
        if salt ^ nonce != self._salt or position > len(self):
            raise CorpError(40058, "cursor of another account")
        return position

    def _forget(self, before: float) -> None:
        count = 0
        while count < len(self._times) and self._times[count] < before:
            count += 1
        if count:
            del self._items[:count], self._times[:count]
            self._first += count


class BellTokens:
    """Tokens that callbacks carry and that let ``sync_msg`` read without the strict limit."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[str, float]] = {}

    def give(self, open_kfid: str, expires_at: float, now: float) -> str:
        """A new token for one account."""
        while self._tokens and next(iter(self._tokens.values()))[1] <= now:
            del self._tokens[next(iter(self._tokens))]
        token = "ENC" + secrets.token_urlsafe(36)
        self._tokens[token] = (open_kfid, expires_at)
        return token

    def check(self, token: str, open_kfid: str, now: float) -> None:
        """Raises CorpError 95007 unless the token is this account's and still lives, 40058 when too long."""
        if len(token.encode()) > MAX_TOKEN:
            raise CorpError(40058, "token")
        known, ends = self._tokens.get(token, ("", 0.0))
        if known != open_kfid or ends <= now:
            raise CorpError(95007)
