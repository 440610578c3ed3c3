"""Mass messages in SQL: the intention first, then the platform's task, who confirmed, and what arrived."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from channels.limits.decisions import CHINA
from channels.wecom.mass import MassCreated, MassKind, MassMessage
from channels.wecom.mass_progress import MassState, MemberTask, Receipt, state
from storage.conflicts import insert_or_ignore, insert_or_update
from storage.database import Database
from storage.groups_schema import is_unfinished, mass_receipts, mass_tasks
from storage.times import from_ms, to_ms

_CREATING, _REFUSED, _UNKNOWN = "creating", "refused", "unknown"
_IN_ONE_QUERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MassTask:
    """A mass message as we know it.

    ``state`` is a MassState once the platform has made the task (``msgid``); before that it is creating, refused, or
    unknown: the answer was lost, so the task may exist. ``error`` tells why.
    """

    key: str
    msgid: str | None
    kind: MassKind
    sender: str
    receivers: tuple[str, ...]
    left_out: tuple[str, ...]
    state: str
    members: tuple[MemberTask, ...]
    error: str | None
    created_at: datetime

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Members who have not confirmed."""
        return tuple(member.userid for member in self.members if not member.confirmed)


class MassStore:
    """Mass messages by our own key. Every method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, key: str, message: MassMessage, now: datetime) -> bool:
        """Writes down that the task is about to be made; False: it was begun before, so make no second one."""
        row = {
            "key": key,
            "kind": message.kind.value,
            "sender": message.sender,
            "receivers": json.dumps(message.receivers),
            "state": _CREATING,
            "created_ms": to_ms(now),
        }
        async with self._database.writing() as connection:
            added = await connection.execute(insert_or_ignore(connection, mass_tasks, "key"), row)
        return bool(added.rowcount)

    async def created(self, key: str, task: MassCreated) -> None:
        """The platform has made the task; now members must confirm."""
        await self._set(
            key, msgid=task.msgid, left_out=json.dumps(task.left_out), state=MassState.PENDING, error=None
        )

    async def not_created(self, key: str, reason: str, *, sure: bool) -> None:
        """The platform refused; or (not ``sure``) the answer was lost and a person has to look."""
        await self._set(key, state=_REFUSED if sure else _UNKNOWN, error=reason)

    async def forget(self, key: str) -> None:
        """The task was certainly not made, and the same key may be begun again."""
        async with self._database.writing() as connection:
            unmade = (mass_tasks.c.key == key) & (mass_tasks.c.state == _CREATING)
            await connection.execute(delete(mass_tasks).where(unmade))

    async def cancelled(self, key: str, now: datetime) -> None:
        """No member will be asked any more; those who have confirmed have sent."""
        async with self._database.writing() as connection:
            open_task = (mass_tasks.c.key == key) & is_unfinished()
            values = {"state": MassState.CANCELLED, "checked_ms": to_ms(now)}
            await connection.execute(update(mass_tasks).where(open_task).values(values))

    async def reminded(self, key: str, now: datetime) -> None:
        await self._set(key, reminded_ms=to_ms(now))

    async def checked(
        self, key: str, members: Sequence[MemberTask], receipts: Sequence[Receipt], now: datetime
    ) -> MassState:
        """What the platform told about members and receivers; returns the task's state after it."""
        async with self._database.writing() as connection:
            held = select(mass_tasks.c.msgid, mass_tasks.c.state).where(mass_tasks.c.key == key)
            before = (await connection.execute(held.with_for_update())).one()
            after = state(members, cancelled=before.state == MassState.CANCELLED)
            values = {
                "members": json.dumps([asdict(member) for member in members]),
                "state": after,
                "checked_ms": to_ms(now),
            }
            await connection.execute(update(mass_tasks).where(mass_tasks.c.key == key).values(values))
            if receipts:
                insert = insert_or_update(
                    connection, mass_receipts, ("msgid", "userid", "receiver"), ("status", "sent_ms")
                )
                await connection.execute(insert, [_receipt_row(before.msgid, one) for one in receipts])
        return after

    async def get(self, key: str) -> MassTask | None:
        async with self._database.reading() as connection:
            query = select(mass_tasks).where(mass_tasks.c.key == key)
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else _from_row(row)

    async def unfinished(self, limit: int) -> tuple[MassTask, ...]:
        """Tasks that members have not all confirmed, the one looked at longest ago first."""
        query = select(mass_tasks).where(is_unfinished())
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(mass_tasks.c.checked_ms).limit(limit))
            return tuple(_from_row(row) for row in rows.mappings())

    async def receipts(self, msgid: str) -> tuple[Receipt, ...]:
        query = select(mass_receipts).where(mass_receipts.c.msgid == msgid)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(mass_receipts.c.userid, mass_receipts.c.receiver))
            return tuple(
                Receipt(
                    receiver=row.receiver,
                    userid=row.userid,
                    status=row.status,
                    sent_at=0 if row.sent_ms is None else row.sent_ms // 1000,
                )
                for row in rows
            )

    async def received(self, receivers: Sequence[str], now: datetime) -> Mapping[str, Sequence[datetime]]:
        """When each receiver had mass messages lately, at least this month's (for ``full_this_month``)."""
        since = to_ms(now.astimezone(CHINA).replace(day=1) - timedelta(days=1))
        found: dict[str, list[datetime]] = {}
        query = select(mass_receipts.c.receiver, mass_receipts.c.sent_ms)
        async with self._database.reading() as connection:
            for start in range(0, len(receivers), _IN_ONE_QUERY):
                some = receivers[start : start + _IN_ONE_QUERY]
                theirs = query.where(mass_receipts.c.receiver.in_(some), mass_receipts.c.sent_ms >= since)
                for row in await connection.execute(theirs):
                    found.setdefault(row.receiver, []).append(from_ms(row.sent_ms))
        return found

    async def _set(self, key: str, **values: object) -> None:
        async with self._database.writing() as connection:
            await connection.execute(update(mass_tasks).where(mass_tasks.c.key == key).values(values))


def _receipt_row(msgid: str, receipt: Receipt) -> dict[str, object]:
    return {
        "msgid": msgid,
        "userid": receipt.userid,
        "receiver": receipt.receiver,
        "status": receipt.status,
        "sent_ms": receipt.sent_at * 1000 if receipt.sent else None,
    }


def _from_row(row: Mapping[Any, Any]) -> MassTask:
    return MassTask(
        key=row["key"],
        msgid=row["msgid"],
        kind=MassKind(row["kind"]),
        sender=row["sender"],
        receivers=tuple(json.loads(row["receivers"])),
        left_out=tuple(json.loads(row["left_out"])),
        state=row["state"],
        members=tuple(MemberTask(**member) for member in json.loads(row["members"])),
        error=row["error"],
        created_at=from_ms(row["created_ms"]),
    )
