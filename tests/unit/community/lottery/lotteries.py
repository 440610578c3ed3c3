"""A small lottery for tests."""

from __future__ import annotations

import hashlib

from community.lottery.announcement import Announcement, Beacon, Prize

SEED = bytes(range(32))


def announcement(*prizes: tuple[str, int], seed: bytes = SEED, beacon: Beacon | None = None) -> Announcement:
    """``prizes``: ids with how many there are; one first and two second prizes unless given."""
    return Announcement(
        lottery="cherry-2026",
        title="车厘子季开奖",
        rules="下单即得一个号码，一人一号。",
        contact="禾野集客服 9:00–21:00",
        prizes=tuple(
            Prize(id=name, name=f"{name} 等奖", number=number, value_fen=29_900)
            for name, number in prizes or (("first", 1), ("second", 2))
        ),
        opens_at="2026-11-20T10:00:00+08:00",
        closes_at="2026-11-24T20:00:00+08:00",
        draws_at="2026-11-24T20:30:00+08:00",
        claim_until="2026-12-01T20:00:00+08:00",
        seed_hash=hashlib.sha256(seed).hexdigest(),
        beacon=beacon,
    )


def tickets(number: int) -> list[str]:
    return [f"A12-{place:06d}" for place in range(1, number + 1)]
