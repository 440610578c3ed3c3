"""The dead list: what could not be processed, delivered or carried out, and how it gets another chance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.errands.wording import shown
from conversations.errands import Errand, ErrandKind
from storage.database import Database
from storage.errands_schema import errands
from storage.outbox import OutboxState
from storage.schema import inbox, outbox
from storage.times import from_ms, now_ms

_IN = "in-"
_OUT = "out-"
_ERRAND = "errand-"
_LARGEST_ID = 2**63 - 1
"""Databases refuse to look for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEntry:
    """``id`` is ``in-N`` (a message that no turn could finish), ``out-N`` (a reply that could not be sent) or
    ``errand-N`` (what the shop's system did not do).
    """

    id: str
    conversation_id: str
    since: datetime
    attempts: int
    reason: str
    content: str


async def dead_list(database: Database, *, limit: int = 500) -> list[DeadEntry]:
    """Oldest first."""
    async with database.reading() as connection:
        unprocessed = await connection.execute(
            select(inbox).where(inbox.c.state == "dead").order_by(inbox.c.id).limit(limit)
        )
        undelivered = await connection.execute(
            select(outbox).where(outbox.c.state == OutboxState.DEAD).order_by(outbox.c.id).limit(limit)
        )
        undone = await connection.execute(
            select(errands).where(errands.c.state == "dead").order_by(errands.c.id).limit(limit)
        )
        entries = [
            DeadEntry(
                id=f"{_IN}{row.id}",
                conversation_id=row.conversation_id,
                since=from_ms(row.received_ms),
                attempts=row.attempts,
                reason=row.error or "",
                content=_shorten(_words(json.loads(row.body))),
            )
            for row in unprocessed
        ]
        entries += [
            DeadEntry(
                id=f"{_OUT}{row.id}",
                conversation_id=row.conversation_id,
                since=from_ms(row.created_ms),
                attempts=row.attempts,
                reason=row.error or "",
                content=_shorten(json.loads(row.body).get("text", "")),
            )
            for row in undelivered
        ]
        entries += [
            DeadEntry(
                id=f"{_ERRAND}{row.id}",
                conversation_id=row.conversation_id,
                since=from_ms(row.created_ms),
                attempts=row.attempts,
                reason=row.error or "",
                content=_shorten(shown(Errand(kind=ErrandKind(row.kind), order_no=row.order_no))),
            )
            for row in undone
        ]
    return sorted(entries, key=lambda entry: entry.since)


async def replay(database: Database, ids: list[str]) -> dict[str, bool]:
    """Gives each another chance, from the first attempt on. False for an id that is not on the list.

    Raises ValueError for something that is no id.
    """
    for name in ids:
        _parse(name)  # before anything is done
    return {name: await _replay_one(database, name) for name in ids}


async def _replay_one(database: Database, name: str) -> bool:
    box, number = _parse(name)
    if number > _LARGEST_ID:
        return False
    if box == _IN:
        statement = (
            update(inbox)
            .where(inbox.c.id == number, inbox.c.state == "dead")
            .values(state="waiting", attempts=0, due_ms=now_ms(), error=None)
        )
    elif box == _ERRAND:
        statement = (
            update(errands)
            .where(errands.c.id == number, errands.c.state == "dead")
            .values(
                state="pending",
                attempts=0,
                replays=errands.c.replays + 1,
                due_ms=now_ms(),
                error=None,
                ended_ms=None,
            )
        )
    else:
        statement = (
            update(outbox)
            .where(outbox.c.id == number, outbox.c.state == OutboxState.DEAD)
            .values(state=OutboxState.PENDING, attempts=0, unknowns=0, due_ms=now_ms(), error=None)
        )
    async with database.writing() as connection:
        return (await connection.execute(statement)).rowcount == 1


def _parse(name: str) -> tuple[str, int]:
    for box in (_IN, _OUT, _ERRAND):
        number = name.removeprefix(box)
        if number != name and number.isdecimal():
            return box, int(number)
    raise ValueError(f"{name!r} is no entry of the dead list; ids look like in-12, out-34 and errand-56")


def _words(body: Mapping[str, Any]) -> object:
    """The text in a stored message: ``Content`` in callbacks, ``text.content`` in what is pulled or comes as JSON."""
    text = body.get("text")
    return body.get("Content") or (text.get("content", "") if isinstance(text, dict) else "")


def _shorten(content: object, length: int = 40) -> str:
    text = str(content).replace("\n", " ")
    return text if len(text) <= length else text[: length - 1] + "…"
