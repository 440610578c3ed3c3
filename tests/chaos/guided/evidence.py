"""What the customers' phones, the bot's database and the mall's books hold when a round is over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from conversations.errands import ErrandKind
from storage.errands_schema import errands
from storage.mall_schema import mall_changes
from storage.schema import cases, deliveries, inbox, outbox
from tests.chaos.guided.lines import CHOSEN, RECEIPT, SUBMITTED, Heard, recognised, shown
from tests.functional.bot.watching import conversation_of, database_of, lines
from tests.functional.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandEvidence:
    """A row of ``errands``."""

    state: str
    goods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEvidence:
    """A return in the mall's books; ``reference`` is the mall's number of it."""

    accepted: bool
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEvidence:
    """One kind of text to one customer: rows of the outbox, copies on the phone, attempts with an unknown outcome."""

    written: int = 0
    heard: int = 0
    unknowns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEvidence:
    """``told_numbers``: the mall's numbers on the phone. ``told_away``: how often they heard that it has to wait."""

    name: str
    chose: str
    errands: tuple[ErrandEvidence, ...] = ()
    returns: tuple[ReturnEvidence, ...] = ()
    submitted: TextEvidence = TextEvidence()
    receipt: TextEvidence = TextEvidence()
    told_numbers: tuple[str, ...] = ()
    told_away: int = 0
    last_offers_person: bool = False
    cases: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """``violations``: rules of the platform that were broken, and how often. ``unsettled``: what never came to rest.

    ``thought_again``: messages that somebody began to think about more than once, because somebody was away or dead.
    """

    customers: tuple[CustomerEvidence, ...]
    violations: Mapping[str, int]
    thought_again: int = 0
    returns_of_nobody: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()


async def gather(world: World, names: Iterable[str], *, unsettled: Sequence[str]) -> Evidence:
    """Everything, after the round has settled."""
    ids = {name: await conversation_of(world, name) for name in names}
    async with database_of(world) as database, database.reading() as connection:
        done = list(await connection.execute(select(errands)))
        changes = list(
            await connection.execute(
                select(mall_changes).where(mall_changes.c.kind == ErrandKind.RETURN.value)
            )
        )
        written = list(await connection.execute(select(outbox.c.id, outbox.c.conversation_id, outbox.c.body)))
        unknown = Counter(
            (
                await connection.execute(
                    select(deliveries.c.outbox_id).where(deliveries.c.outcome == "unknown")
                )
            ).scalars()
        )
        repeated = select(func.count()).select_from(inbox).where(inbox.c.attempts > 1)
        thought_again: int = (await connection.execute(repeated)).scalar_one()
        opened = Counter((await connection.execute(select(cases.c.conversation_id))).scalars())
    customers = []
    for name, conversation_id in ids.items():
        phone = [shown(line["content"]) for line in await lines(world, name)]
        replies = [row for row in written if row.conversation_id == conversation_id]
        customers.append(
            CustomerEvidence(
                name=name,
                chose=CHOSEN,
                errands=tuple(_errand(row) for row in done if row.conversation_id == conversation_id),
                returns=tuple(
                    ReturnEvidence(accepted=bool(row.accepted), reference=row.reference)
                    for row in changes
                    if row.customer_ref == conversation_id
                ),
                submitted=_text(Heard.SUBMITTED, replies, phone, unknown),
                receipt=_text(Heard.RECEIPT, replies, phone, unknown),
                told_numbers=tuple(number for text in phone for number in RECEIPT.findall(text)),
                told_away=sum(recognised(text) is Heard.AWAY for text in phone),
                last_offers_person=bool(phone) and recognised(phone[-1]) is Heard.AWAY,
                cases=opened[conversation_id],
            )
        )
    known = set(ids.values())
    return Evidence(
        customers=tuple(customers),
        violations=(await world.sim("GET", "invariants"))["counts"],
        thought_again=thought_again,
        returns_of_nobody=tuple(row.customer_ref for row in changes if row.customer_ref not in known),
        unsettled=tuple(unsettled),
    )


def _errand(row: Any) -> ErrandEvidence:
    return ErrandEvidence(state=row.state, goods=str(json.loads(row.details).get("product", "")))


def _text(
    kind: Heard, replies: Iterable[Any], phone: Iterable[str], unknown: Mapping[int, int]
) -> TextEvidence:
    rows = [row for row in replies if _copies(kind, str(json.loads(row.body)))]
    return TextEvidence(
        written=len(rows),
        heard=sum(_copies(kind, text) for text in phone),
        unknowns=sum(unknown.get(row.id, 0) for row in rows),
    )


def _copies(kind: Heard, text: str) -> int:
    """How often a text says it: several replies may have come in one message."""
    return len(RECEIPT.findall(text)) if kind is Heard.RECEIPT else text.count(SUBMITTED)
