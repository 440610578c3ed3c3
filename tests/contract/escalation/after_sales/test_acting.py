"""Cases of after-sales on both databases: begun once, acted in once, told once, warned of once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import Address, Channel
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from escalation.after_sales import acting, store
from escalation.after_sales.acting import Deed
from escalation.after_sales.case import AfterSalesCase, AfterSalesKey, AfterSalesState, NotPossible, Why
from escalation.after_sales.clocks import AfterSalesRules
from escalation.after_sales.opening import open_by_agent, open_by_turn
from escalation.after_sales.outcomes import Ended, errand_ended
from escalation.after_sales.round import answers_heard, warn
from escalation.after_sales.store import Promises
from escalation.hours import ALWAYS
from storage.console_schema import console_accounts
from storage.database import Database
from storage.errands_schema import errands
from storage.schema import conversations, facts, messages, outbox

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WHERE = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang").conversation_id
PROMISES = Promises(hours=ALWAYS, rules=AfterSalesRules())
KEY = AfterSalesKey("m1:errand:0:after")
WISH = AfterSalesWish(kind=AfterSalesKind.RETURN, order_no="HY1", wants="大米", why="有虫")


def deed(seen: int, by: str = "lin", *, supervisor: bool = False, minutes: int = 0) -> Deed:
    return Deed(
        number=1,
        seen=seen,
        by=by,
        now=NOW + timedelta(minutes=minutes),
        real_ms=1_000,
        promises=PROMISES,
        supervisor=supervisor,
    )


async def begins(connection: AsyncConnection, wish: AfterSalesWish = WISH) -> None:
    await connection.execute(
        insert(conversations).values(
            id=WHERE, channel="official", account="gh_shop", peer="wang", first_seen_ms=0
        )
    )
    assert await open_by_turn(connection, KEY, WHERE, wish, PROMISES, NOW, errand="m1:errand:0")


async def the_case(connection: AsyncConnection) -> AfterSalesCase:
    found = await store.by_number(connection, 1)
    assert found is not None
    return found.case


async def said(connection: AsyncConnection) -> list[str]:
    rows = await connection.execute(select(outbox.c.body).order_by(outbox.c.id))
    return [json.loads(each)["text"] for each in rows.scalars()]


async def test_a_turn_that_runs_again_or_a_wish_repeated_begins_nothing(database: Database) -> None:
    async with database.writing() as connection:
        await begins(connection)
        assert not await open_by_turn(connection, KEY, WHERE, WISH, PROMISES, NOW, errand="m1:errand:0")
        other = AfterSalesKey("m2:errand:0:after")
        for _ in range(2):
            assert not await open_by_turn(connection, other, WHERE, WISH, PROMISES, NOW, errand="m2:errand:0")
        kinds = [each.kind.value for each in await store.history(connection, KEY)]
        assert kinds == ["opened", "asked_again"]
        assert len(await store.open_in(connection, WHERE)) == 1
        assert await store.of_errand(connection, "m2:errand:0") == KEY


@pytest.mark.parametrize(
    ("ended", "state", "trouble"),
    [
        (Ended.ACCEPTED, AfterSalesState.WAITING_GOODS, ""),
        (Ended.DECLINED, AfterSalesState.OPENED, "过了 7 天"),
        (Ended.DEAD, AfterSalesState.OPENED, "过了 7 天"),
    ],
)
async def test_what_the_malls_answer_means(
    database: Database, ended: Ended, state: AfterSalesState, trouble: str
) -> None:
    async with database.writing() as connection:
        await begins(connection)
        needing = await errand_ended(connection, "m1:errand:0", ended, "过了 7 天", PROMISES, NOW)
        case = await the_case(connection)
        assert (case.state, case.trouble) == (state, trouble)
        assert (needing is None) == (trouble == "")
        assert await errand_ended(connection, "of nobody", ended, "", PROMISES, NOW) is None


async def test_a_form_sent_twice_acts_and_tells_once(database: Database) -> None:
    async with database.writing() as connection:
        await begins(connection)
        await acting.take(connection, deed(0))
        await acting.ask_customer(connection, deed(1), "能拍张照片吗？")
        for wrong, why in (
            (deed(1), Why.CHANGED),
            (deed(2, by="mei"), Why.SOMEBODYS),
            (replace(deed(2), number=99), Why.GONE),
        ):
            with pytest.raises(NotPossible) as refused:
                await acting.ask_customer(connection, wrong, "能拍张照片吗？")
            assert refused.value.why is why
        texts = await said(connection)
        assert len(texts) == 2
        assert "退货（订单 HY1）" in texts[0]
        assert "能拍张照片吗？" in texts[1]


async def test_refunds_of_an_order_beyond_the_limit_are_for_supervisors(database: Database) -> None:
    async with database.writing() as connection:
        await begins(connection)
        with pytest.raises(NotPossible) as refused:
            await acting.refund(connection, deed(0), 20_001, limit_fen=20_000)
        assert refused.value.why is Why.SUPERVISOR
        after = await acting.refund(connection, deed(0), 15_000, limit_fen=20_000)
        assert after.state is AfterSalesState.WAITING_REFUND
        assert after.errand is not None
        row = (await connection.execute(select(errands))).one()
        assert (row.kind, row.order_no, json.loads(row.details)) == ("refund", "HY1", {"fen": "15000"})
        second = replace(WISH, kind=AfterSalesKind.COMPLAINT)
        other = await open_by_agent(connection, WHERE, second, by="mei", promises=PROMISES, at=NOW)
        number = (await store.open_in(connection, WHERE))[-1].number
        theirs = replace(deed(other.version, by="mei"), number=number)
        with pytest.raises(NotPossible) as refused:
            await acting.refund(connection, theirs, 5_001, limit_fen=20_000)
        assert refused.value.why is Why.SUPERVISOR
        await acting.refund(connection, replace(theirs, supervisor=True), 5_001, limit_fen=20_000)
        await errand_ended(connection, after.errand, Ended.ACCEPTED, "退了", PROMISES, NOW)
        done = await the_case(connection)
        assert (done.state, done.refunded_fen) == (AfterSalesState.DONE, 15_000)
        names = set((await connection.execute(select(facts.c.name))).scalars())
        assert names == {"after_sales.first_action", "after_sales.closure"}


async def test_a_refund_that_the_mall_declines_comes_back_to_the_agent(database: Database) -> None:
    async with database.writing() as connection:
        await begins(connection)
        after = await acting.refund(connection, deed(0), 100, limit_fen=100)
        assert after.errand is not None
        needing = await errand_ended(connection, after.errand, Ended.DECLINED, "最多退 0 元", PROMISES, NOW)
        assert needing is not None
        case = await the_case(connection)
        assert (case.state, case.trouble, case.refunded_fen) == (AfterSalesState.IN_HAND, "最多退 0 元", 0)


async def test_each_warning_is_given_once_to_who_has_the_case_then_to_supervisors(database: Database) -> None:
    async with database.writing() as connection:
        for login, roles in (("lin", "agent"), ("chen", "agent,supervisor")):
            await connection.execute(
                insert(console_accounts).values(
                    login=login, name=login, roles=roles, wecom_userid=f"wx_{login}", created_ms=0
                )
            )
        await begins(connection)

        async def heard(minutes: int) -> list[str]:
            now = NOW + timedelta(minutes=minutes)
            told = await warn(connection, PROMISES, now, members=("boss",), url="https://x")
            assert all("https://x/1" in each.text for each in told)
            return [each.userid for each in told]

        assert [await heard(each) for each in (15, 16, 16, 18, 19, 21, 30)] == [
            [],
            ["boss"],
            [],
            ["wx_chen"],
            [],
            [],
            [],
        ]
        await acting.take(connection, deed(0, minutes=31))
        hours = [await heard(60 * each) for each in (19, 20, 22, 25)]
        assert hours == [[], ["wx_lin"], ["wx_chen"], []]
        rows = await connection.execute(select(facts.c.name, facts.c.details).order_by(facts.c.id))
        told = [
            (name, json.loads(details).get("promise", json.loads(details).get("kept")))
            for name, details in rows
        ]
        assert told == [
            ("after_sales.broken", "first_action"),
            ("after_sales.first_action", False),
            ("after_sales.broken", "closure"),
        ]


async def test_who_was_asked_and_writes_sets_the_clock_going(database: Database) -> None:
    async with database.writing() as connection:
        await begins(connection)

        async def writes(key: str) -> None:
            line = {"key": key, "conversation_id": WHERE, "author": "customer", "body": "{}", "at_ms": 0}
            await connection.execute(insert(messages).values(line))

        await writes("m1")
        await acting.ask_customer(connection, deed(0), "哪一袋？")
        assert await answers_heard(connection, PROMISES, NOW) == 0
        found = await store.by_number(connection, 1)
        assert found is not None
        assert found.due_at is None
        await writes("m2")
        assert await answers_heard(connection, PROMISES, NOW + timedelta(hours=2)) == 1
        found = await store.by_number(connection, 1)
        assert found is not None
        assert found.due_at == NOW + timedelta(hours=26)
        assert found.case.state is AfterSalesState.IN_HAND
