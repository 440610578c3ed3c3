"""The demo mall's changes in SQL: its rules looked up and its books written in one transaction, once for each key."""

from __future__ import annotations

import json
import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.errands import Errand, ErrandKind
from mall.demo_rows import from_row
from mall.demo_rules import Books, Decided, decide, reference
from mall.port import Order, Receipt, Reward
from storage.conflicts import insert_or_ignore
from storage.mall_schema import mall_changes, mall_points, mall_rewards
from storage.schema import mall_orders
from storage.times import to_ms


async def change(
    connection: AsyncConnection, errand: Errand, *, key: str, customer_ref: str, now: datetime
) -> Receipt:
    """The receipt for this key, made now or kept from before; in the caller's transaction."""
    row_id = await _reserve(connection, errand, key=key, customer_ref=customer_ref, now=now)
    if row_id is None:
        return await _kept(connection, key)
    number = reference(errand.kind, row_id, now, coupon=f"JF{secrets.token_hex(4).upper()}")
    books = await _books(connection, errand, customer_ref)
    decided = decide(errand, books, customer_ref=customer_ref, number=number, now=now)
    await _write(connection, errand, row_id, decided, customer_ref=customer_ref)
    return decided.receipt


async def points_of(connection: AsyncConnection, customer_ref: str) -> int | None:
    query = select(mall_points.c.points).where(mall_points.c.owner_ref == customer_ref)
    points: int | None = (await connection.execute(query)).scalar_one_or_none()
    return points


async def all_rewards(connection: AsyncConnection) -> list[Reward]:
    """The cheapest first."""
    rows = await connection.execute(select(mall_rewards).order_by(mall_rewards.c.points, mall_rewards.c.id))
    return [Reward(id=row.id, name=row.name, points=row.points) for row in rows]


async def _reserve(
    connection: AsyncConnection, errand: Errand, *, key: str, customer_ref: str, now: datetime
) -> int | None:
    """A new row for the key; None when there is one. Whoever comes second with a key waits here for the first."""
    adding = insert_or_ignore(connection, mall_changes, "key").returning(mall_changes.c.id)
    row = {
        "key": key,
        "customer_ref": customer_ref,
        "kind": errand.kind.value,
        "order_no": errand.order_no,
        "details": json.dumps(dict(errand.details), ensure_ascii=False),
        "at_ms": to_ms(now),
    }
    row_id: int | None = (await connection.execute(adding, row)).scalar_one_or_none()
    return row_id


async def _kept(connection: AsyncConnection, key: str) -> Receipt:
    row = (await connection.execute(select(mall_changes).where(mall_changes.c.key == key))).one()
    return Receipt(accepted=bool(row.accepted), text=row.text, reference=row.reference)


async def _books(connection: AsyncConnection, errand: Errand, customer_ref: str) -> Books:
    """What the decision needs, held until the transaction ends (SQLite has one writer anyway)."""
    if errand.kind is ErrandKind.REDEEM_POINTS:
        held = select(mall_points.c.points).where(mall_points.c.owner_ref == customer_ref).with_for_update()
        points = (await connection.execute(held)).scalar_one_or_none()
        return Books(points=points, rewards=tuple(await all_rewards(connection)))
    order = await _order(connection, errand.order_no or "")
    invoiced = errand.kind is ErrandKind.INVOICE and await _has_invoice(connection, errand.order_no or "")
    refunded = await _refunded(connection, errand.order_no or "") if errand.kind is ErrandKind.REFUND else 0
    return Books(order=order, invoiced=invoiced, refunded_fen=refunded)


async def _order(connection: AsyncConnection, number: str) -> Order | None:
    held = select(mall_orders).where(mall_orders.c.number == number).with_for_update()
    row = (await connection.execute(held)).mappings().one_or_none()
    return None if row is None else from_row(row)


async def _has_invoice(connection: AsyncConnection, number: str) -> bool:
    query = select(mall_changes.c.id).where(
        mall_changes.c.order_no == number,
        mall_changes.c.kind == ErrandKind.INVOICE.value,
        mall_changes.c.accepted == 1,
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def _refunded(connection: AsyncConnection, number: str) -> int:
    query = select(mall_changes.c.details).where(
        mall_changes.c.order_no == number,
        mall_changes.c.kind == ErrandKind.REFUND.value,
        mall_changes.c.accepted == 1,
    )
    return sum(int(json.loads(each)["fen"]) for each in (await connection.execute(query)).scalars())


async def _write(
    connection: AsyncConnection, errand: Errand, row_id: int, decided: Decided, *, customer_ref: str
) -> None:
    receipt = decided.receipt
    await connection.execute(
        update(mall_changes)
        .where(mall_changes.c.id == row_id)
        .values(accepted=int(receipt.accepted), text=receipt.text, reference=receipt.reference)
    )
    if decided.status is not None:
        theirs = mall_orders.c.number == errand.order_no
        await connection.execute(update(mall_orders).where(theirs).values(status=decided.status.value))
    if decided.spent:
        await connection.execute(
            update(mall_points)
            .where(mall_points.c.owner_ref == customer_ref)
            .values(points=mall_points.c.points - decided.spent)
        )
