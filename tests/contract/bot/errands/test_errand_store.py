"""Claiming and settling errands: in order, by one worker, and told with the same transaction."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.dead import dead_list, replay
from bot.errands.store import ErrandStore
from bot.errands.values import ErrandState, Verdict
from conversations.address import Address, Channel
from storage.errands_schema import errands
from storage.schema import cases, facts, messages, outbox
from tests.contract.bot.engine import Engine
from tests.contract.bot.errands.shop import DONE, WANG, asks, cancel, claim_one, lapse

MEMBER = Address(channel=Channel.WECOM, account="1000002", peer="zhangsan")
FINE = Verdict(state=ErrandState.DONE, tells=DONE.text, receipt=DONE)
AWAY = Verdict(state=ErrandState.PENDING, due_in_ms=60_000, error="Transient: away")
GIVEN_UP = Verdict(
    state=ErrandState.DEAD, tells="没办妥", error="Permanent: no", summary="取消订单没办成：HY20261100001"
)


@pytest.fixture
def store(engine: Engine) -> ErrandStore:
    return ErrandStore(engine.database, worker="one", members=(MEMBER,))


@pytest.fixture
def other(engine: Engine) -> ErrandStore:
    return ErrandStore(engine.database, worker="two")


async def test_errands_of_a_conversation_are_taken_in_order_those_of_others_beside_them(
    engine: Engine, store: ErrandStore
) -> None:
    await asks(engine, cancel(1), cancel(2))
    await asks(engine, cancel(3), peer="li")

    first, beside = await store.claim(10)
    assert (first.errand, beside.errand) == (cancel(1), cancel(3))
    assert (first.customer_ref, first.attempts, first.replays) == (WANG, 1, 0)
    assert await store.claim(10) == []

    assert await store.settle(first, FINE)
    assert (await claim_one(store)).errand == cancel(2)


async def test_an_errand_that_waits_holds_up_its_own_conversation_alone(
    engine: Engine, store: ErrandStore
) -> None:
    await asks(engine, cancel(1), cancel(2))
    assert await store.settle(await claim_one(store), AWAY)
    await asks(engine, cancel(3), peer="li")

    assert (await claim_one(store)).errand == cancel(3)
    assert [row.error for row in await engine.rows(errands)] == ["Transient: away", None, None]
    assert await engine.rows(cases) == []


async def test_who_died_is_taken_over_from_and_cannot_settle_any_more(
    engine: Engine, store: ErrandStore, other: ErrandStore
) -> None:
    await asks(engine, cancel(1))
    dead = await claim_one(store)
    assert await other.claim(10) == []
    await lapse(engine.database)
    taken = await claim_one(other)
    assert (taken.key, taken.attempts) == (dead.key, 2)

    assert not await store.settle(dead, FINE)
    assert await other.settle(taken, FINE)
    assert not await other.settle(taken, FINE)
    told = [row for row in await engine.rows(outbox) if row.kind == "notice"]
    assert len(told) == 1


async def test_of_many_who_claim_at_once_each_errand_goes_to_one(
    engine: Engine, store: ErrandStore, other: ErrandStore
) -> None:
    for number in range(8):
        await asks(engine, cancel(number), cancel(number + 100), peer=f"peer{number}")
    taken = await asyncio.gather(*(each.claim(3) for each in (store, other) * 4))
    keys = [claimed.key for claims in taken for claimed in claims]
    assert len(keys) == len(set(keys))
    rest = [claimed.key for claimed in await store.claim(100)]
    assert len(keys) + len(rest) == 8


async def test_the_receipt_is_a_notice_in_the_transcript_too(engine: Engine, store: ErrandStore) -> None:
    await asks(engine, cancel(1), key="m1")
    await store.settle(await claim_one(store), FINE)

    notice = (await engine.rows(outbox))[-1]
    assert (notice.key, notice.kind, notice.state) == ("m1:errand:0:done0", "notice", "pending")
    assert json.loads(notice.body)["text"] == "办好了"
    line = (await engine.rows(messages))[-1]
    assert (line.key, line.author) == (notice.key, "bot")
    (row,) = await engine.rows(errands)
    assert (row.state, row.lease_token) == ("done", None)
    assert json.loads(row.receipt) == {"accepted": True, "text": "办好了", "reference": "TH1"}
    assert row.ended_ms is not None
    (fact,) = await engine.rows(facts)
    assert (fact.name, json.loads(fact.details)) == ("errand.done", {"kind": "cancel", "attempts": 1})


async def test_what_is_given_up_is_for_people_and_no_longer_in_the_way(
    engine: Engine, store: ErrandStore
) -> None:
    await asks(engine, cancel(1), cancel(2), key="m1")
    await store.settle(await claim_one(store), GIVEN_UP)

    (case,) = await engine.rows(cases)
    assert (case.reason, case.summary, case.state) == ("not_done", GIVEN_UP.summary, "open")
    card = (await engine.rows(outbox))[-1]
    assert card.conversation_id == MEMBER.conversation_id
    assert (await claim_one(store)).errand == cancel(2)
    (entry,) = await dead_list(engine.database)
    assert (entry.reason, entry.content) == ("Permanent: no", "取消订单 HY20261100001")
    assert entry.id.startswith("errand-")


async def test_the_dead_list_gives_another_chance_which_may_fail_again(
    engine: Engine, store: ErrandStore
) -> None:
    await asks(engine, cancel(1), key="m1")
    await store.settle(await claim_one(store), GIVEN_UP)
    (entry,) = await dead_list(engine.database)

    assert await replay(engine.database, [entry.id]) == {entry.id: True}
    assert await replay(engine.database, [entry.id]) == {entry.id: False}
    assert await dead_list(engine.database) == []
    again = await claim_one(store)
    assert (again.key, again.attempts, again.replays) == ("m1:errand:0", 1, 1)
    await store.settle(again, replace(GIVEN_UP, summary="又没办成"))
    assert [case.summary for case in await engine.rows(cases)] == [GIVEN_UP.summary, "又没办成"]

    await replay(engine.database, [entry.id])
    assert await store.settle(await claim_one(store), FINE)
    told = [
        row.key for row in await engine.rows(outbox) if row.conversation_id == WANG and row.kind == "notice"
    ]
    assert told == ["m1:errand:0:dead0", "m1:errand:0:dead1", "m1:errand:0:done2"]


async def test_kinds_of_a_later_version_are_left_to_it(engine: Engine, store: ErrandStore) -> None:
    await asks(engine, cancel(1))
    async with engine.database.writing() as connection:
        await connection.execute(update(errands).values(kind="teleport"))
    assert await store.claim(10) == []


async def test_a_word_in_between_changes_nothing_else(engine: Engine, store: ErrandStore) -> None:
    await asks(engine, cancel(1), key="m1")
    await store.settle(await claim_one(store), replace(AWAY, tells="还在办"))
    await lapse(engine.database)
    await store.settle(await claim_one(store), replace(AWAY, tells="还在办"))
    told = [row.key for row in await engine.rows(outbox) if row.kind == "notice"]
    assert told == ["m1:errand:0:pending0"]
    assert await engine.rows(facts) == []
