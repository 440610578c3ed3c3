"""The agents: who serves customers at the desk, what they can do, and whether they are there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from escalation import service_store
from escalation.routing import Agent
from storage.conflicts import insert_or_ignore, insert_or_update
from storage.people_schema import agents
from storage.times import from_ms

GONE_AFTER_MS = 60_000
"""Real time: whose desk was not open for so long is not given anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What an agent is there for. ``room``: weights of conversations that they can have at once, from 0.

    ``deputies``: logins of those who stand in for them with their customers of high value, in that order.
    """

    login: str
    room: int = 8
    skills: frozenset[str] = field(default_factory=frozenset)
    vip: bool = False
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An agent's post, and whether they are at it. ``receives``: what they chose; ``there``: a desk is open."""

    post: Post
    receives: bool = False
    there: bool = False


async def appoint(connection: AsyncConnection, post: Post) -> None:
    """Adds the agent, who receives once their desk is open; or changes what they are there for, and nothing else."""
    row = {
        "receiving": 1,
        "login": post.login,
        "room": post.room,
        "skills": json.dumps(sorted(post.skills), ensure_ascii=False),
        "vip": int(post.vip),
        "deputies": json.dumps(post.deputies, ensure_ascii=False),
    }
    changed = ("room", "skills", "vip", "deputies")
    await connection.execute(insert_or_update(connection, agents, ("login",), changed), [row])


async def seats(connection: AsyncConnection, *, real_ms: int) -> dict[str, Seat]:
    """By login, of everybody who was an agent at least once."""
    rows = await connection.execute(select(agents).order_by(agents.c.login))
    return {
        row.login: Seat(
            post=Post(
                login=row.login,
                room=row.room,
                skills=frozenset(json.loads(row.skills)),
                vip=bool(row.vip),
                deputies=tuple(json.loads(row.deputies)),
            ),
            receives=bool(row.receiving),
            there=row.seen_ms > real_ms - GONE_AFTER_MS,
        )
        for row in rows
    }


async def let_receive(connection: AsyncConnection, login: str, receives: bool, *, now_ms: int) -> None:
    """Somebody else decides whether they receive; whether they are there does not change. Of an agent who is known."""
    await connection.execute(
        update(agents).where(agents.c.login == login).values(receiving=int(receives), idle_ms=now_ms)
    )


async def come(
    connection: AsyncConnection, login: str, *, receiving: bool, now_ms: int, real_ms: int
) -> None:
    """The agent receives customers from now on, or takes a break. Somebody new is added with what is usual."""
    await connection.execute(insert_or_ignore(connection, agents, "login"), [{"login": login}])
    await connection.execute(
        update(agents)
        .where(agents.c.login == login)
        .values(receiving=int(receiving), seen_ms=real_ms, idle_ms=now_ms)
    )


async def seen(connection: AsyncConnection, logins: Iterable[str], *, real_ms: int) -> None:
    """Their desks are open."""
    names = list(logins)
    if names:
        await connection.execute(update(agents).where(agents.c.login.in_(names)).values(seen_ms=real_ms))


async def present(connection: AsyncConnection, loads: dict[str, int], *, real_ms: int) -> list[Agent]:
    """Everybody, with what they have now; ``receiving`` only whose desk is open."""
    rows = await connection.execute(select(agents).order_by(agents.c.login))
    return [
        Agent(
            login=row.login,
            receiving=bool(row.receiving) and row.seen_ms > real_ms - GONE_AFTER_MS,
            room=row.room,
            idle_since=from_ms(row.idle_ms),
            load=loads.get(row.login, 0),
            skills=frozenset(json.loads(row.skills)),
            vip=bool(row.vip),
        )
        for row in rows
    ]


async def has_room(connection: AsyncConnection, login: str, weight: int) -> bool:
    """Whether they can take ``weight`` more. Holds the agent's row, so two who ask at once are counted one by one."""
    query = select(agents.c.room).where(agents.c.login == login).with_for_update()
    room: int | None = (await connection.execute(query)).scalar_one_or_none()
    if room is None:
        return False
    return (await service_store.loads(connection)).get(login, 0) + weight <= room


async def anybody(connection: AsyncConnection, *, real_ms: int) -> bool:
    """Whether a desk is open at all, whoever receives."""
    query = select(agents.c.login).where(agents.c.seen_ms > real_ms - GONE_AFTER_MS).limit(1)
    return (await connection.execute(query)).one_or_none() is not None


async def sit_down(
    connection: AsyncConnection, login: str, *, vip: bool, receives: bool, now_ms: int, real_ms: int
) -> None:
    """Their desk is open. Who comes for the first time receives customers or not as ``receives`` says."""
    new = {"login": login, "receiving": int(receives), "idle_ms": now_ms}
    await connection.execute(insert_or_ignore(connection, agents, "login"), [new])
    await connection.execute(
        update(agents).where(agents.c.login == login).values(seen_ms=real_ms, vip=int(vip))
    )


async def stand_up(connection: AsyncConnection, login: str) -> None:
    """Their last desk was closed: nobody new is given to them."""
    await connection.execute(update(agents).where(agents.c.login == login).values(seen_ms=0))


async def receivers(connection: AsyncConnection) -> set[str]:
    """The logins of all who chose to receive, whether or not they are there."""
    return set((await connection.execute(select(agents.c.login).where(agents.c.receiving == 1))).scalars())


async def receiving(connection: AsyncConnection, login: str) -> bool:
    query = select(agents.c.receiving).where(agents.c.login == login)
    return bool((await connection.execute(query)).scalar_one_or_none())
