"""Names of customers that nobody can read: under them stays what has to be known of somebody who was erased.

HMAC-SHA256 of the name, with 32 random bytes of this database as the key. Who has a name can find what is kept under
it, as a sender has to; who has only the database cannot list names, but for those that can be guessed one by one. Phone
numbers can be, so of these it is the keyed hash that is hashed again: its key is not in the database.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NewType

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import Address
from customers.identity.identifier import Identifier, IdentifierKind, of_address
from storage.conflicts import insert_or_ignore
from storage.customers_schema import population

HiddenName = NewType("HiddenName", str)
"""``name:`` and 64 hexadecimal digits."""

_KEY = "names_key"
_PREFIX = "name:"


def hidden(key: bytes, kind: IdentifierKind, value: str) -> HiddenName:
    """``value``: as in the table of identities; of a phone number the keyed hash."""
    return HiddenName(_PREFIX + hmac.new(key, f"{kind.value}:{value}".encode(), hashlib.sha256).hexdigest())


def is_hidden(conversation_id: str) -> bool:
    return conversation_id.startswith(_PREFIX)


def name_of_conversation(conversation_id: str) -> Identifier | None:
    """Whom it is with; None where nobody is a customer."""
    try:
        return of_address(Address.parse(conversation_id))
    except ValueError:
        return None


async def names_key(connection: AsyncConnection) -> bytes | None:
    """None until something was kept under a hidden name."""
    mine = select(population.c.data).where(population.c.key == _KEY)
    found = (await connection.execute(mine)).scalar_one_or_none()
    return None if found is None else bytes.fromhex(found)


async def made_names_key(connection: AsyncConnection) -> bytes:
    """The same for everybody, whoever comes first."""
    found = await names_key(connection)
    if found is None:
        row = {"key": _KEY, "data": secrets.token_hex(32), "made_ms": 0}
        await connection.execute(insert_or_ignore(connection, population, "key"), row)
        found = await names_key(connection)
    if found is None:
        raise LookupError("the key of hidden names was not kept")
    return found
