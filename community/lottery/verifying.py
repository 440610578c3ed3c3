"""Whether a published draw is what it says: drawn again from its one file, compared byte by byte. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from community.lottery.announcement import Announcement
from community.lottery.drawing import (
    announcement_hash,
    canonical,
    draw_key,
    order,
    sha256_hex,
    tickets_hash,
    wins,
)
from community.lottery.drawing import substitutes as draw_substitutes
from community.lottery.publication import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``problems``: what is wrong, for people; nothing when the draw is as it should be.

    ``announcement_hash`` and ``tickets_hash`` are reckoned from the file: they must be those that were published before
    the entries opened, and when they closed. None where there is nothing to reckon them from.
    """

    problems: tuple[str, ...]
    announcement_hash: str | None = None
    tickets_hash: str | None = None
    tickets: int = 0
    winners: int = 0

    @property
    def is_right(self) -> bool:
        return not self.problems


def verify(file: bytes, *, announced: str = "", frozen: str = "") -> Verdict:
    """``announced`` and ``frozen``: the hashes that were published earlier, where one has them."""
    try:
        publication, digest = _read(file)
    except ValidationError as error:
        return Verdict(problems=tuple(_words(error)))
    except ValueError as error:
        return Verdict(problems=(f"the file is no published draw: {error}",))
    announcement, tickets = publication.announcement, publication.frozen.tickets
    problems = [*_of_the_file(file, publication, digest), *_of_the_draw(publication)]
    found = Verdict(
        problems=(),
        announcement_hash=announcement_hash(announcement),
        tickets_hash=tickets_hash(tickets),
        tickets=len(tickets),
        winners=len(publication.result.winners),
    )
    if announced and announced != found.announcement_hash:
        problems.append("announcement: it is not the one that was announced (another hash)")
    if frozen and frozen != found.tickets_hash:
        problems.append("tickets: they are not those that took part (another hash)")
    return Verdict(
        problems=tuple(problems),
        announcement_hash=found.announcement_hash,
        tickets_hash=found.tickets_hash,
        tickets=found.tickets,
        winners=found.winners,
    )


def _read(file: bytes) -> tuple[Publication, object]:
    """Raises ValueError (of which ValidationError is one)."""
    content = json.loads(file.decode())
    digest = content.pop("digest", None) if isinstance(content, dict) else None
    return Publication.model_validate(content), digest


def _of_the_file(file: bytes, publication: Publication, digest: object) -> Iterator[str]:
    content = publication.model_dump(mode="json")
    if digest != sha256_hex(canonical(content)):
        yield "digest: the file was changed after it was published"
    elif file != publication.to_bytes():
        yield "the file is written in another way than it was published"


def _of_the_draw(publication: Publication) -> Iterator[str]:
    announcement, revealed = publication.announcement, publication.revealed
    tickets, result = publication.frozen.tickets, publication.result
    seed = bytes.fromhex(revealed.seed)
    if sha256_hex(seed) != announcement.seed_hash:
        yield "seed: it is not the one whose hash was announced"
    if publication.frozen.tickets_hash != tickets_hash(tickets):
        yield "tickets: the list is not the one whose hash is given"
    yield from _of_the_beacon(announcement, revealed.beacon)
    ordered = order(draw_key(announcement, tickets, seed, revealed.beacon), tickets)
    won = wins(announcement, ordered)
    if [(each.ticket, each.prize) for each in won] != [(each.ticket, each.prize) for each in result.winners]:
        yield "winners: another draw comes of these tickets and this seed"
        return
    given = [(each.ticket, each.prize, each.instead_of) for each in result.substitutes]
    try:
        drawn = draw_substitutes(ordered, won, [instead_of for _, _, instead_of in given])
    except ValueError as error:
        yield f"substitutes: {error}"
        return
    if given != [(each.ticket, each.prize, each.instead_of) for each in drawn]:
        yield "substitutes: they are not the next in the order of the draw"


def _of_the_beacon(announcement: Announcement, value: str) -> Iterator[str]:
    if announcement.beacon is None and value:
        yield "beacon: there is a value, and none was announced"
    if announcement.beacon is not None and not value:
        yield f"beacon: the value of {announcement.beacon.source}, round {announcement.beacon.round}, is missing"


def _words(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(str(part) for part in each["loc"]) or "the file"
        yield f"{where}: {each['msg'].removeprefix('Value error, ')}"
