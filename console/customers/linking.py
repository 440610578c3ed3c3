"""Links as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from console.customers.naming import called, names_with
from console.customers.words import LINK_REASONS
from console.masking import mask_text
from customers.identity.keys import CustomerKeys
from customers.identity.known_as import Link, LinkState
from storage.times import to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLine:
    """``one`` and ``other``: what the two names are, masked. ``source``: what said that they are one person."""

    link_id: int
    one: str
    other: str
    reason: str
    state: LinkState
    source: str
    at_ms: int


async def link_lines(
    connection: AsyncConnection, links: Sequence[Link], keys: CustomerKeys | None
) -> tuple[LinkLine, ...]:
    """What waits for a person first, then the newest."""
    names = await names_with(connection, {end for link in links for end in (link.one, link.other)}, keys)
    ordered = sorted(links, key=lambda link: (link.state is not LinkState.CONFLICT, -link.link_id))
    return tuple(
        LinkLine(
            link_id=link.link_id,
            one=called([names[link.one]] if link.one in names else []),
            other=called([names[link.other]] if link.other in names else []),
            reason=LINK_REASONS[link.reason],
            state=link.state,
            source=mask_text(link.source),
            at_ms=to_ms(link.at),
        )
        for link in ordered
    )
