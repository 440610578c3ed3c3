"""Finding customers by what they are called: a phone number in full, an id of a platform, an account of the mall."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from storage.customers_schema import identities as table

LONGEST = 200
_PHONE = re.compile(r"(?:\+?86)?(1\d{10})")
_NUMBER = re.compile(r"#?(\d{1,15})")


def phone_in(text: str) -> str | None:
    """A mainland mobile number as eleven digits; None: the text is something else."""
    found = _PHONE.fullmatch(re.sub(r"[\s-]", "", text))
    return found[1] if found else None


def named_by(text: str, accounts: Sequence[str]) -> list[Identifier]:
    """Every name that the text may be. ``accounts``: whose openids may be written without their account."""
    text = text.strip()[:LONGEST]
    phone = phone_in(text)
    return [
        *([Identifier(IdentifierKind.PHONE, phone)] if phone else []),
        *(Identifier(IdentifierKind.OPENID, f"{account}:{text}") for account in accounts if ":" not in text),
        *(Identifier(kind, text) for kind in IdentifierKind if kind is not IdentifierKind.PHONE),
    ]


async def customers_named(
    connection: AsyncConnection, text: str, identities: IdentityStore, accounts: Sequence[str]
) -> list[int]:
    """Their ids, each once, by index. A short number may also be that of a customer, as the pages show it."""
    found: list[int] = []
    for identifier in named_by(text, accounts):
        known = await identities.find(connection, identifier)
        if known is not None:
            found.append(known.customer_id)
    if number := _NUMBER.fullmatch(text.strip()):
        query = select(table.c.customer_id).where(table.c.id == int(number[1]))
        found += (await connection.execute(query)).scalars()
    return list(dict.fromkeys(found))
