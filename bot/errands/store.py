"""The two transactions around asking the mall: take what is next under a lease, and write down what became of it.

Of a conversation only the oldest errand that is not finished can be taken, so they are carried out in order. A worker
that dies loses its lease by time; whoever takes over asks with the same key and gets the same receipt.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errands.after_sales import tell_after_sales
from bot.errands.telling import tell_customer, tell_people
from bot.errands.values import ClaimedErrand, ErrandState, Verdict
from conversations.address import Address, ConversationId
from conversations.clock import Clock, SystemClock
from conversations.errands import Errand, ErrandKind
from escalation.after_sales.store import Promises
from storage.conflicts import insert_or_ignore
from storage.database import Database
from storage.errands_schema import errands, is_pending
from storage.schema import facts
from storage.times import now_ms

CALL_SECONDS = 8.0
"""The longest that the mall may take to answer."""
LEASE_MS = 12_000
"""Longer than a call and writing down what became of it."""

_NOW: BindParameter[int] = bindparam("now_ms")
_KNOWN: list[ColumnElement[Any]] = [literal_column(f"'{kind.value}'") for kind in ErrandKind]
"""Another kind was written by a later version, which carries it out."""


def _claimable() -> Select[Any]:
    earlier = errands.alias("earlier")
    first_in_line: ColumnElement[bool] = ~exists().where(
        earlier.c.conversation_id == errands.c.conversation_id,
        is_pending(earlier),
        earlier.c.id < errands.c.id,
    )
    return (
        select(errands)
        .where(is_pending(errands), errands.c.due_ms <= _NOW, errands.c.lease_until_ms <= _NOW)
        .where(first_in_line, errands.c.kind.in_(_KNOWN))
        .order_by(errands.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


CLAIMABLE = _claimable()
"""``now_ms``, ``most``: the oldest errand of each conversation that is due and that nobody is carrying out."""

_TAKE = (
    update(errands)
    .where(errands.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        attempts=errands.c.attempts + 1, lease_token=bindparam("token"), lease_until_ms=bindparam("until_ms")
    )
)
_END = (
    update(errands)
    .where(
        errands.c.id == bindparam("row_id"), errands.c.lease_token == bindparam("held"), is_pending(errands)
    )
    .values(
        state=bindparam("new_state"),
        due_ms=bindparam("due"),
        error=bindparam("why"),
        receipt=bindparam("answer"),
        ended_ms=bindparam("ended"),
        lease_token=None,
        lease_until_ms=0,
    )
)


class ErrandStore:
    def __init__(
        self,
        database: Database,
        *,
        worker: str,
        members: Sequence[Address] = (),
        lease_ms: int = LEASE_MS,
        promises: Promises | None = None,
        clock: Clock | None = None,
    ) -> None:
        """``worker`` names this process, for people who look at leases; ``members`` hear of what could not be done.

        ``promises``: those of after-sales, whose cases go on with an errand's end; ``clock``: business time for them.
        """
        self._promises = promises
        self._clock = clock or SystemClock()
        self._database = database
        self._worker = worker
        self._members = members
        self._lease_ms = lease_ms

    async def claim(self, limit: int) -> list[ClaimedErrand]:
        """Takes the next errand of up to ``limit`` conversations, oldest first."""
        now = now_ms()
        token = f"{self._worker}:{secrets.token_hex(6)}"
        async with self._database.writing() as connection:
            rows = (await connection.execute(CLAIMABLE, {"now_ms": now, "most": limit})).all()
            if rows:
                lease = {"token": token, "until_ms": now + self._lease_ms}
                await connection.execute(_TAKE, {"ids": [row.id for row in rows], **lease})
        return [_claimed(row, token) for row in rows]

    async def settle(self, claimed: ClaimedErrand, verdict: Verdict) -> bool:
        """Writes down what became of it, and says it. False: somebody has taken it over, and nothing is written."""
        now = now_ms()
        async with self._database.writing() as connection:
            ended = await connection.execute(_END, _ending(claimed, verdict, now))
            if not ended.rowcount:
                return False
            await _record(connection, claimed, verdict, now)
            if verdict.tells is not None:
                await tell_customer(connection, claimed, verdict.state, verdict.tells, now)
            if self._promises is not None:
                await tell_after_sales(connection, claimed, verdict, self._promises, self._clock.now())
            if verdict.state is ErrandState.DEAD and verdict.summary:
                await tell_people(connection, claimed, verdict.summary, self._members, now)
        return True


def _claimed(row: Any, token: str) -> ClaimedErrand:
    return ClaimedErrand(
        row_id=row.id,
        key=row.key,
        conversation_id=ConversationId(row.conversation_id),
        customer_ref=row.customer_ref,
        errand=Errand(kind=ErrandKind(row.kind), order_no=row.order_no, details=json.loads(row.details)),
        attempts=row.attempts + 1,
        replays=row.replays,
        lease=token,
    )


def _ending(claimed: ClaimedErrand, verdict: Verdict, now: int) -> dict[str, Any]:
    receipt = None if verdict.receipt is None else json.dumps(asdict(verdict.receipt), ensure_ascii=False)
    return {
        "row_id": claimed.row_id,
        "held": claimed.lease,
        "new_state": verdict.state,
        "due": now + verdict.due_in_ms,
        "why": verdict.error or None,
        "answer": receipt,
        "ended": None if verdict.state is ErrandState.PENDING else now,
    }


async def _record(connection: AsyncConnection, claimed: ClaimedErrand, verdict: Verdict, now: int) -> None:
    """A fact for each end."""
    if verdict.state is ErrandState.PENDING:
        return
    fact = {
        "key": f"{claimed.key}:{verdict.state}{claimed.replays}",
        "name": f"errand.{verdict.state}",
        "conversation_id": claimed.conversation_id,
        "details": json.dumps({"kind": claimed.errand.kind, "attempts": claimed.attempts}),
        "at_ms": now,
    }
    await connection.execute(insert_or_ignore(connection, facts, "key"), fact)
