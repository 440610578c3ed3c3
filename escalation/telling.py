"""What members of the shop are to hear, and by which name WeCom knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.console_schema import console_accounts

_LEADS = frozenset({"supervisor"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """``key``: unique for ever, so that it is said once. ``userid``: who is to hear it."""

    key: str
    userid: str
    text: str


async def leaders(connection: AsyncConnection, members: Sequence[str]) -> Sequence[str]:
    """The userids of supervisors; ``members`` where none of them has one in the console."""
    query = _known().order_by(console_accounts.c.id)
    rows = (await connection.execute(query)).all()
    return [row.wecom_userid for row in rows if _LEADS & set(row.roles.split(","))] or members


async def colleague(connection: AsyncConnection, login: str | None, members: Sequence[str]) -> Sequence[str]:
    """The userid of an agent; who has none in the console is answered for by the ``members``."""
    query = _known().where(console_accounts.c.login == login)
    mine = (await connection.execute(query)).one_or_none()
    return members if mine is None else [mine.wecom_userid]


async def name_of(connection: AsyncConnection, login: str) -> str:
    """What colleagues call an agent; the login where the console does not know them."""
    query = select(console_accounts.c.name).where(console_accounts.c.login == login)
    return (await connection.execute(query)).scalar_one_or_none() or login


def _known() -> Select[Any]:
    return select(console_accounts).where(
        console_accounts.c.disabled == 0, console_accounts.c.wecom_userid.is_not(None)
    )
