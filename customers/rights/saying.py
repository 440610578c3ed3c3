"""What customers said about a consent, read and spread over all their names. The caller's transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import Address, Channel, ConversationId
from conversations.consents import Purpose
from customers.identity.identifier import Identifier, IdentifierKind
from customers.rights.names import (
    HiddenName,
    hidden,
    is_hidden,
    made_names_key,
    name_of_conversation,
    names_key,
)
from customers.rights.standing import Said, decisive, to_be_kept_withdrawn
from storage.bulk import insert_rows, matching
from storage.consents_schema import consents
from storage.customers_schema import identities
from storage.schema import kefu_accounts

KEY_ENDS = ":consent:"
_HEARD = "heard:"
_NAME_DIGITS = 10
_MARK_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """All names of one customer. ``own``: of conversations nobody is known to be with, their id."""

    names: frozenset[Identifier]
    own: str = ""

    def spoken(self) -> list[str]:
        """Names as ``Said`` has them."""
        return [_spoken(each) for each in sorted(self.names)] or [self.own]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """``rows``: by place, those of the statements."""

    said: tuple[Said, ...]
    rows: Mapping[int, Row[Any]]

    def deciding(self) -> Row[Any] | None:
        """The row that decides, as its speaker wrote it where that is still theirs."""
        found = decisive(self.said)
        if found is None:
            return None
        own = [each.place for each in self.said if each.mark == found.mark and not each.heard]
        return self.rows[own[0] if found.heard and own else found.place]


async def circles_of(connection: AsyncConnection, conversation_ids: Collection[str]) -> dict[str, Circle]:
    """By conversation: with whom it is. Three questions to the database, all by index."""
    named = {each: name_of_conversation(each) for each in conversation_ids}
    wanted = sorted({(name.kind.value, name.value) for name in named.values() if name is not None})
    known = await matching(
        connection,
        identities,
        [{"kind": kind, "key": value} for kind, value in wanted],
        ("kind", "key", "customer_id"),
    )
    members = await matching(
        connection,
        identities,
        [{"customer_id": each} for each in sorted({row.customer_id for row in known})],
        ("kind", "key", "customer_id"),
    )
    together: dict[int, set[Identifier]] = defaultdict(set)
    for row in members:
        together[row.customer_id].add(Identifier(IdentifierKind(row.kind), row.key))
    customer = {Identifier(IdentifierKind(row.kind), row.key): row.customer_id for row in known}
    return {each: _circle(each, name, customer, together) for each, name in named.items()}


async def statements(
    connection: AsyncConnection, circles: Collection[Circle], purpose: Purpose, also: Collection[str] = ()
) -> dict[Circle, Statements]:
    """``also``: conversations that were asked about, whose accounts count as the shop's."""
    key = await names_key(connection)
    accounts = set((await connection.execute(select(kefu_accounts.c.account))).scalars())
    accounts |= {address.account for each in also if (address := _kefu(each)) is not None}
    places: dict[str, tuple[Circle, str]] = {}
    for circle in set(circles):
        if not circle.names:
            places[circle.own] = circle, circle.own
        for name in circle.names:
            for place in _kept_under(name, accounts, key):
                places[place] = circle, _spoken(name)
    rows = await matching(
        connection,
        consents,
        [{"conversation_id": each, "purpose": purpose.value} for each in sorted(places)],
        ("id", "key", "conversation_id", "granted", "at_ms"),
    )
    found: dict[Circle, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[places[row.conversation_id][0]].append(row)
    return {
        circle: Statements(
            said=tuple(_said(row, places[row.conversation_id][1]) for row in found[circle]),
            rows={row.id: row for row in found[circle]},
        )
        for circle in set(circles)
    }


async def spread(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    source: str,
    changes: Mapping[Purpose, bool],
    at_ms: int,
) -> None:
    """Tells the other names of the customer what was said in a conversation."""
    circle = (await circles_of(connection, [conversation_id]))[conversation_id]
    others = sorted(circle.names - {name_of_conversation(conversation_id)})
    for purpose, granted in changes.items():
        await _tell(connection, others, mark_of(source), purpose, granted=granted, at_ms=at_ms)


async def keep_withdrawn(
    connection: AsyncConnection, parts: Sequence[Collection[Identifier]], at_ms: int
) -> None:
    """For a customer who has just been parted into ``parts``: those who said nothing themselves stay held."""
    names = sorted({name for part in parts for name in part})
    before = Circle(names=frozenset(names))
    for purpose in Purpose:
        said = (await statements(connection, [before], purpose))[before].said
        spoken = [[_spoken(name) for name in part] for part in parts]
        held = set(to_be_kept_withdrawn(said, [_spoken(name) for name in names], spoken))
        told = [name for name in names if _spoken(name) in held]
        await _tell(connection, told, new_mark("parted"), purpose, granted=False, at_ms=at_ms)


async def keep_hidden(
    connection: AsyncConnection,
    names: Collection[Identifier],
    conversation_ids: Collection[str],
    mark: str,
    at_ms: int,
) -> int:
    """For a customer who is about to be erased: what they withdrew stays so. Returns for how many purposes."""
    circle, kept = Circle(names=frozenset(names)), 0
    for purpose in Purpose:
        found = decisive((await statements(connection, [circle], purpose, conversation_ids))[circle].said)
        if found is not None and not found.granted:
            kept += 1
            await _tell(connection, sorted(names), mark, purpose, granted=False, at_ms=at_ms)
    return kept


def heard_keys(mark: str) -> str:
    """How the keys of what was heard of a statement begin."""
    return f"{_HEARD}{mark}{KEY_ENDS}"


def mark_of(source: str) -> str:
    """Of a statement, by the key of its message; says nothing about it."""
    return hashlib.sha256(source.encode()).hexdigest()[:_MARK_DIGITS]


def new_mark(why: str) -> str:
    """Of what nobody said with a message."""
    return f"{why}-{secrets.token_hex(8)}"


async def _tell(
    connection: AsyncConnection,
    names: Sequence[Identifier],
    mark: str,
    purpose: Purpose,
    *,
    granted: bool,
    at_ms: int,
) -> None:
    if not names:
        return
    key = await made_names_key(connection)
    rows = [
        {
            "key": f"{heard_keys(mark)}{purpose.value}:{_short(place)}",
            "conversation_id": place,
            "purpose": purpose.value,
            "granted": int(granted),
            "at_ms": at_ms,
        }
        for place in (hidden(key, name.kind, name.value) for name in names)
    ]
    await insert_rows(connection, consents, rows, unique=("key",))


def _short(name: HiddenName) -> str:
    return name[-_NAME_DIGITS:]


def _circle(
    conversation_id: str,
    name: Identifier | None,
    customer: Mapping[Identifier, int],
    together: Mapping[int, set[Identifier]],
) -> Circle:
    if name is None:
        return Circle(names=frozenset(), own=conversation_id)
    return Circle(names=frozenset(together[customer[name]] if name in customer else {name}))


def _kept_under(name: Identifier, accounts: Collection[str], key: bytes | None) -> list[str]:
    """The conversations with somebody of that name that there could be, and what stands under it unreadably."""
    places: list[str] = [] if key is None else [hidden(key, name.kind, name.value)]
    match name.kind:
        case IdentifierKind.OPENID:
            places.append(f"{Channel.OFFICIAL}:{name.value}")
        case IdentifierKind.EXTERNAL_USERID:
            kefu = (Address(channel=Channel.KEFU, account=each, peer=name.value) for each in accounts)
            places += [each.conversation_id for each in kefu]
        case IdentifierKind.UNIONID | IdentifierKind.MALL_ID | IdentifierKind.PHONE:
            pass
    return places


def _kefu(conversation_id: str) -> Address | None:
    try:
        address = Address.parse(conversation_id)
    except ValueError:
        return None
    return address if address.channel is Channel.KEFU else None


def _said(row: Row[Any], name: str) -> Said:
    source = row.key.rpartition(KEY_ENDS)[0]
    heard = is_hidden(row.conversation_id)
    mark = source.removeprefix(_HEARD) if heard else mark_of(source)
    return Said(place=row.id, name=name, mark=mark, granted=bool(row.granted), heard=heard)


def _spoken(name: Identifier) -> str:
    return f"{name.kind.value}:{name.value}"
