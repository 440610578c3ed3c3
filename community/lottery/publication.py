"""The one file that is published after a draw: everything that is needed to draw it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from community.lottery.announcement import Announcement, Hex32, Name, Strict
from community.lottery.drawing import (
    Substitute,
    canonical,
    draw_key,
    order,
    sha256_hex,
    substitutes,
    tickets_hash,
    wins,
)

MOST_TICKETS = 1_000_000
_TICKET = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}$"
Ticket = Annotated[str, StringConstraints(pattern=_TICKET)]


class Frozen(Strict):
    """The list of tickets when entries closed, and its hash, which was published then."""

    tickets: tuple[str, ...] = Field(max_length=MOST_TICKETS, strict=False)
    tickets_hash: Hex32

    @model_validator(mode="after")
    def _tickets(self) -> Self:
        pattern = re.compile(_TICKET)
        wrong = next((each for each in self.tickets if pattern.match(each) is None), None)
        if wrong is not None:
            raise ValueError(f"tickets: {wrong!r} is no ticket (letters, digits, _ . : -)")
        if len(set(self.tickets)) != len(self.tickets):
            raise ValueError("tickets: one is there twice")
        return self


class Revealed(Strict):
    """``beacon``: what the beacon said in the round that was announced, in hexadecimal; empty without one."""

    seed: Hex32
    beacon: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2}){0,128}$")] = ""


class Winner(Strict):
    ticket: Ticket
    prize: Name


class Successor(Strict):
    ticket: Ticket
    prize: Name
    instead_of: Ticket


class Result(Strict):
    winners: tuple[Winner, ...] = Field(strict=False)
    substitutes: tuple[Successor, ...] = Field(default=(), strict=False)


class Publication(Strict):
    announcement: Announcement
    frozen: Frozen
    revealed: Revealed
    result: Result

    def to_bytes(self) -> bytes:
        """The file: one line of canonical JSON with the SHA-256 of the rest of it as ``digest``."""
        content = self.model_dump(mode="json")
        return canonical({**content, "digest": sha256_hex(canonical(content))}) + b"\n"


def publish(
    announcement: Announcement,
    tickets: Sequence[str],
    seed: bytes,
    *,
    beacon: str = "",
    unclaimed: Sequence[str] = (),
) -> Publication:
    """Draws. ``unclaimed``: tickets whose prizes went to the next, in the order in which that was found.

    Raises ValueError when the seed is not the announced one, or a beacon is missing or was not announced.
    """
    if sha256_hex(seed) != announcement.seed_hash:
        raise ValueError("seed: its SHA-256 is not the announced seed_hash")
    if bool(beacon) != (announcement.beacon is not None):
        raise ValueError("beacon: what was announced and what is there do not agree")
    ordered = order(draw_key(announcement, tickets, seed, beacon), tickets)
    won = wins(announcement, ordered)
    return Publication(
        announcement=announcement,
        frozen=Frozen(tickets=tuple(tickets), tickets_hash=tickets_hash(tickets)),
        revealed=Revealed(seed=seed.hex(), beacon=beacon),
        result=Result(
            winners=tuple(Winner(ticket=each.ticket, prize=each.prize) for each in won),
            substitutes=tuple(_successor(each) for each in substitutes(ordered, won, unclaimed)),
        ),
    )


def _successor(substitute: Substitute) -> Successor:
    return Successor(ticket=substitute.ticket, prize=substitute.prize, instead_of=substitute.instead_of)
