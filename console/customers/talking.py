"""Where a customer talks with us, and what they agreed to there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.customers.words import CHANNELS, PURPOSES
from conversations.address import Address, Channel
from conversations.consents import Purpose
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.known_as import Name
from customers.rights.saying import Circle, statements
from storage.schema import conversations, kefu_accounts, messages

_BY_BOT = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """``granted`` None: nothing was ever said. ``at_ms``: when it was said."""

    purpose: str
    granted: bool | None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkLine:
    """A conversation. ``with_person``: it is a colleague's now. ``last_ms``: of its latest message, None without."""

    conversation_id: str
    channel: str
    with_person: bool
    last_ms: int | None


async def talks_of(connection: AsyncConnection, names: Sequence[Name]) -> tuple[TalkLine, ...]:
    """The latest first."""
    wanted = possible_ids(names, await _accounts(connection))
    query = select(conversations).where(conversations.c.id.in_(wanted))
    rows = (await connection.execute(query)).all() if wanted else []
    found = [
        TalkLine(
            conversation_id=row.id,
            channel=CHANNELS[Channel(row.channel)],
            with_person=row.owner != _BY_BOT,
            last_ms=await _last_ms(connection, row.id),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda talk: -(talk.last_ms or 0)))


async def consents_of(
    connection: AsyncConnection, identifiers: Collection[Identifier]
) -> tuple[ConsentLine, ...]:
    """For every purpose, whatever the conversation in which they said so. ``identifiers``: as they are kept."""
    circle = Circle(names=frozenset(identifiers))
    found = []
    for purpose in Purpose:
        row = (await statements(connection, [circle], purpose))[circle].deciding()
        found.append(
            ConsentLine(
                purpose=PURPOSES[purpose],
                granted=None if row is None else bool(row.granted),
                at_ms=None if row is None else row.at_ms,
            )
        )
    return tuple(found)


def possible_ids(names: Sequence[Name], kefu: Sequence[str]) -> list[str]:
    """The ids that conversations with these names have. ``kefu``: accounts of 微信客服. Pure."""
    found = []
    for name in names:
        if name.kind is IdentifierKind.OPENID:
            account, _, peer = name.value.partition(":")
            found.append(Address(channel=Channel.OFFICIAL, account=account, peer=peer))
        elif name.kind is IdentifierKind.EXTERNAL_USERID:
            found += [Address(channel=Channel.KEFU, account=each, peer=name.value) for each in kefu]
    return [address.conversation_id for address in found]


async def _accounts(connection: AsyncConnection) -> list[str]:
    return list((await connection.execute(select(kefu_accounts.c.account))).scalars())


async def _last_ms(connection: AsyncConnection, conversation_id: str) -> int | None:
    last = select(func.max(messages.c.id)).where(messages.c.conversation_id == conversation_id)
    query = select(messages.c.at_ms).where(messages.c.id == last.scalar_subquery())
    found: int | None = (await connection.execute(query)).scalar_one_or_none()
    return found
