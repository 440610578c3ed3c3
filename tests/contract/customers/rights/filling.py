"""Rows of made-up people in every table that holds something of a person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Float, Integer, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

import storage.console_schema  # noqa: F401 - so that a dump is of all tables
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.keys import CustomerKeys
from customers.identity.store import IdentityStore, NewLink
from customers.rights.holdings import HOLDINGS
from storage.schema import kefu_accounts, metadata

KEYS = CustomerKeys("k" * 32)
STORE = IdentityStore(KEYS)
_MEMBER = "wecom:1000002:lan"
_MADE_OTHERWISE = {"identities", "identity_links", "consents", "conversations"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made-up person. ``number`` tells them apart."""

    number: int
    customer_id: int
    identity_ids: dict[IdentifierKind, int]

    @property
    def openid(self) -> str:
        return f"oPerson{self.number}Made"

    @property
    def external_userid(self) -> str:
        return f"wmPerson{self.number}Made"

    @property
    def phone(self) -> str:
        return f"1380013800{self.number}"

    @property
    def words(self) -> str:
        return f"我是第{self.number}位编出来的顾客"

    @property
    def official(self) -> str:
        return f"official:gh_shop:{self.openid}"

    @property
    def kefu(self) -> str:
        return f"kefu:wk1:{self.external_userid}"

    @property
    def traces(self) -> list[str]:
        """What nothing that is kept may hold once the person is erased."""
        hashed = KEYS.hashed(self.phone)
        return [self.openid, self.external_userid, self.phone, self.words, f"M{self.number}made", hashed]


async def fill(connection: AsyncConnection, number: int) -> Made:
    made = await _identities(connection, number)
    for conversation_id, peer in ((made.official, made.openid), (made.kefu, made.external_userid)):
        channel, account, _ = conversation_id.split(":")
        row = {
            "id": conversation_id,
            "channel": channel,
            "account": account,
            "peer": peer,
            "first_seen_ms": 1,
        }
        await connection.execute(insert(metadata.tables["conversations"]).values(row))
    filled = set(_MADE_OTHERWISE)
    for holding in reversed(HOLDINGS):
        if holding.table.name not in filled:
            filled.add(holding.table.name)
            await connection.execute(insert(holding.table).values(_row(holding.table, made)))
    card = {"key": f"card{number}", "conversation_id": _MEMBER, "body": json.dumps({"case": _case(made)})}
    await connection.execute(insert(metadata.tables["messages"]).values(card | {"author": "bot", "at_ms": 1}))
    return made


async def dump(connection: AsyncConnection) -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    return {
        name: sorted(str(tuple(row)) for row in await connection.execute(select(table)))
        for name, table in metadata.tables.items()
    }


async def _identities(connection: AsyncConnection, number: int) -> Made:
    draft = Made(number=number, customer_id=0, identity_ids={})
    who = [
        Identifier(IdentifierKind.OPENID, f"gh_shop:{draft.openid}"),
        Identifier(IdentifierKind.EXTERNAL_USERID, draft.external_userid),
        Identifier(IdentifierKind.MALL_ID, f"M{number}made"),
        Identifier(IdentifierKind.PHONE, draft.phone),
    ]
    known = await STORE.resolve(connection, who, 1)
    links = [
        NewLink(
            one=known[who[0]].identity_id,
            other=known[other].identity_id,
            reason=LinkReason.SIGNED_EVENT,
            source="mall:e1",
        )
        for other in who[1:]
    ]
    await STORE.link(connection, links, 1)
    found = await STORE.find(connection, who[0])
    assert found is not None
    ids = {each.kind: known[each].identity_id for each in who}
    return Made(number=number, customer_id=found.customer_id, identity_ids=ids)


async def fill_accounts(connection: AsyncConnection) -> None:
    await connection.execute(insert(kefu_accounts).values(account="wk1"))


def _row(table: Table, made: Made) -> dict[str, Any]:
    row = {
        column.name: _value(column.name, column.type, made)
        for column in table.c
        if not (column.primary_key and column.autoincrement is True)
    }
    return row | _linked(table, made)


def _value(name: str, kind: Any, made: Made) -> Any:
    named: dict[str, Any] = {
        "conversation_id": made.official,
        "customer_ref": made.official,
        "owner_ref": made.official,
        "receiver": made.external_userid,
        "external_userid": made.external_userid,
        "customer_id": made.customer_id,
        "identity_id": made.identity_ids[IdentifierKind.EXTERNAL_USERID],
        "mark": "made-up",
    }
    if name in named:
        return named[name]
    if isinstance(kind, Float):
        return 0.5
    if isinstance(kind, Integer | BigInteger):
        return made.number
    length = getattr(kind, "length", None)
    if length is None:
        return json.dumps({"text": made.words}, ensure_ascii=False)
    return f"{name}{made.number}"[:length]


def _linked(table: Table, made: Made) -> dict[str, Any]:
    """What other columns or rows have to be like."""
    names = json.dumps([made.external_userid, "wmSomebodyElse"])
    members = [{"id": each} for each in (made.external_userid, "wmSomebodyElse")]
    theirs: dict[str, dict[str, Any]] = {
        "outbox": {"id": made.number, "state": "pending"},
        "deliveries": {"outbox_id": made.number},
        "questions": {"key": _question(made)},
        "question_marks": {"question_key": _question(made)},
        "question_labels": {"question_key": _question(made)},
        "cases": {"key": _case(made)},
        "media": {"file": f"aa/file{made.number}"},
        "customer_events": {"kind": "message", "event_id": f"e{made.number}"},
        "mass_tasks": {"receivers": names, "left_out": names, "members": "[]", "error": None},
        "customer_groups": {"roster": json.dumps({"members": members})},
        "mall_changes": {"kind": "return", "order_no": f"T{made.number}"},
        "mall_orders": {"body": json.dumps({"items": [], "tracking_no": f"SF{made.openid}"})},
        "services": {"state": "serving"},
    }
    return theirs.get(table.name, {})


def _question(made: Made) -> str:
    return f"question-{made.number}-made"


def _case(made: Made) -> str:
    return f"official:gh_shop:90{made.number}:case"
