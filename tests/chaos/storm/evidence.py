"""What the customers' phones, the platform's log and the bot's database hold when a round is over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from handlers.order_lookup import UNKNOWN
from storage.schema import deliveries, facts, inbox, outbox
from tests.chaos.storm.newsreel import Newsreel
from tests.chaos.storm.plan import Platform, Says
from tests.functional.bot.watching import database_of
from tests.functional.world import World

NUMBER = re.compile(r"HY2099\d{8}")
_RIGHT = re.compile(re.escape(UNKNOWN.format(number="#")).replace(r"\#", rf"({NUMBER.pattern})"))
LEFT_TO_PERSON = "message.left_to_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was said: its plan, and the platform's id for it."""

    says: Says
    msgid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An inbox row that names the number."""

    id: int
    state: str
    error: str | None
    left_to_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An outbox row that names the number. ``unknowns``: attempts on record whose outcome nobody knows."""

    id: int
    state: str
    reason: str
    unknowns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """``said`` and ``heard`` are numbers in the order of the phone; heard are those of right answers."""

    said: tuple[str, ...]
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """By order number, or by customer's name. ``gave_up`` and ``repeated`` hold numbers of the 公众号's questions.

    ``replayed``: replies that a person sent again from the dead list. ``unsettled``: what was still on its way when
    patience ended.
    """

    asked: Mapping[str, Asked]
    phones: Mapping[str, Phone]
    kept: Mapping[str, tuple[Kept, ...]]
    replies: Mapping[str, tuple[Reply, ...]]
    gave_up: frozenset[str]
    repeated: frozenset[str]
    replayed: frozenset[str]
    touched: frozenset[str]
    over_people: tuple[str, ...]
    violations: Mapping[str, int]
    attempts: Mapping[str, int]
    unsettled: tuple[str, ...] = ()


async def gather(
    world: World,
    asked: Mapping[str, Asked],
    newsreel: Newsreel,
    *,
    replayed: Iterable[str],
    unsettled: Iterable[str],
) -> Evidence:
    """Everything, after the round has settled."""
    await newsreel.follow(world)
    by_msgid = {item.msgid: number for number, item in asked.items()}
    return Evidence(
        asked=asked,
        phones=await phones(world, asked.values()),
        kept=await _kept(world),
        replies=await replies(world),
        gave_up=frozenset(by_msgid[msgid] for msgid in newsreel.gave_up if msgid in by_msgid),
        repeated=frozenset(by_msgid[msgid] for msgid in newsreel.repeated if msgid in by_msgid),
        replayed=frozenset(replayed),
        touched=frozenset(newsreel.touched),
        over_people=tuple(newsreel.over_people),
        violations=(await world.sim("GET", "invariants"))["counts"],
        attempts=await _attempts(world),
        unsettled=tuple(unsettled),
    )


async def phones(world: World, asked: Iterable[Asked]) -> dict[str, Phone]:
    """Every customer's phone, by name."""
    found = {}
    for row in (await world.sim("GET", "kefu/ledger"))["customers"]:
        found[row["id"]] = Phone(
            said=_numbers(line["text"] for line in row["sent"]),
            heard=_right_answers(line["text"] for line in row["delivered"]),
        )
    names = {item.says.customer.name for item in asked if item.says.customer.platform is Platform.OFFICIAL}
    for name in sorted(names):
        lines = (await world.sim("GET", f"shoppers/{name}/transcript"))["lines"]
        texts = [(line["direction"], str(line["content"].get("text", ""))) for line in lines]
        found[name] = Phone(
            said=_numbers(text for direction, text in texts if direction == "said"),
            heard=_right_answers(text for direction, text in texts if direction == "heard"),
        )
    return found


async def replies(world: World) -> dict[str, tuple[Reply, ...]]:
    """Every reply that names a number, by the number."""
    async with database_of(world) as database, database.reading() as connection:
        unknowns: dict[int, int] = {}
        for row in await connection.execute(
            select(deliveries.c.outbox_id).where(deliveries.c.outcome == "unknown")
        ):
            unknowns[row.outbox_id] = unknowns.get(row.outbox_id, 0) + 1
        columns = (outbox.c.id, outbox.c.conversation_id, outbox.c.body, outbox.c.state, outbox.c.error)
        found: dict[str, list[Reply]] = {}
        deferred: set[str] = set()
        for row in await connection.execute(select(*columns).order_by(outbox.c.id)):
            state, reason = row.state, row.error or ""
            if state == "deferred":
                deferred.add(row.conversation_id)
            elif state == "pending" and row.conversation_id in deferred:
                state, reason = "deferred", "in line behind a deferred reply"
            for number in NUMBER.findall(row.body):
                reply = Reply(id=row.id, state=state, reason=reason, unknowns=unknowns.get(row.id, 0))
                found.setdefault(number, []).append(reply)
    return {number: tuple(rows) for number, rows in found.items()}


async def _kept(world: World) -> dict[str, tuple[Kept, ...]]:
    async with database_of(world) as database, database.reading() as connection:
        # A fact's key is its message's key and a number.
        left = {
            row.key.rpartition(":")[0]
            for row in await connection.execute(select(facts.c.key).where(facts.c.name == LEFT_TO_PERSON))
        }
        columns = (inbox.c.id, inbox.c.key, inbox.c.body, inbox.c.state, inbox.c.error)
        found: dict[str, list[Kept]] = {}
        for row in await connection.execute(select(*columns).order_by(inbox.c.id)):
            for number in NUMBER.findall(str(_content(json.loads(row.body)))):
                found.setdefault(number, []).append(
                    Kept(id=row.id, state=row.state, error=row.error, left_to_person=row.key in left)
                )
    return {number: tuple(rows) for number, rows in found.items()}


async def _attempts(world: World) -> dict[str, int]:
    """Attempts to send, by route and outcome."""
    query = select(deliveries.c.route, deliveries.c.outcome, func.count().label("attempts"))
    async with database_of(world) as database, database.reading() as connection:
        rows = await connection.execute(query.group_by(deliveries.c.route, deliveries.c.outcome))
        return {f"{row.route} {row.outcome}": row.attempts for row in rows}


def _content(body: Mapping[str, Any]) -> object:
    """The words of a callback of the 公众号, or of a pulled item."""
    return body.get("Content") or body.get("text", {}).get("content", "")


def _numbers(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(number for text in texts for number in NUMBER.findall(text))


def _right_answers(texts: Iterable[str]) -> tuple[str, ...]:
    """The numbers that were answered as they should be; several answers may have come in one message."""
    return tuple(number for text in texts for number in _RIGHT.findall(text))
