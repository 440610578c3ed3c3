"""The draw: a pure function of what was announced, who took part, the secret seed and the beacon. See docs/lottery.md.

Whoever runs the lottery fixed the seed, by its hash, before there were tickets, and fixed the tickets, by their hash,
before the beacon was known: so nobody could choose who wins.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from community.lottery.announcement import Announcement

SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Win:
    ticket: str
    prize: str


@dataclass(frozen=True, slots=True)
class Substitute:
    """Drawn because the prize of ``instead_of`` was not claimed in time."""

    ticket: str
    prize: str
    instead_of: str


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON in the one way that hashes are taken of: sorted keys, no spaces, UTF-8, nothing escaped that need not be."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def announcement_hash(announcement: Announcement) -> str:
    return sha256_hex(canonical(announcement.model_dump(mode="json")))


def tickets_hash(tickets: Sequence[str]) -> str:
    """Of the frozen list, one ticket a line, in the order of the list."""
    return sha256_hex("\n".join(tickets).encode())


def draw_key(announcement: Announcement, tickets: Sequence[str], seed: bytes, beacon: str) -> bytes:
    """32 bytes. ``beacon``: what it said in its round, in hexadecimal; empty without one."""
    lines = (announcement.format, announcement_hash(announcement), tickets_hash(tickets), seed.hex(), beacon)
    return hashlib.sha256("\n".join(lines).encode()).digest()


def order(key: bytes, tickets: Iterable[str]) -> list[str]:
    """All tickets in the order in which they win: by SHA-256 of the key and the ticket. Every order is as likely."""
    return sorted(tickets, key=lambda ticket: hashlib.sha256(key + ticket.encode()).digest())


def wins(announcement: Announcement, ordered: Sequence[str]) -> list[Win]:
    """Prizes go in the order announced; with fewer tickets than prizes everybody wins, and the rest stays."""
    ids = [prize.id for prize in announcement.prizes for _ in range(prize.number)]
    return [Win(ticket, prize) for ticket, prize in zip(ordered, ids, strict=False)]


def substitutes(ordered: Sequence[str], won: Sequence[Win], unclaimed: Sequence[str]) -> list[Substitute]:
    """For each ticket whose prize was not claimed, in the order in which that was found, the next in the order.

    A substitute may be ``unclaimed`` in turn. Raises ValueError for a ticket that has won nothing, or twice the same.
    """
    has = {win.ticket: win.prize for win in won}
    made: list[Substitute] = []
    following = iter(ordered[len(won) :])
    for ticket in unclaimed:
        prize = has.pop(ticket, None)
        if prize is None:
            raise ValueError(f"{ticket} has no prize that could go to somebody else")
        successor = next(following, None)
        if successor is None:
            break
        has[successor] = prize
        made.append(Substitute(successor, prize, ticket))
    return made
