"""Cases of customers who are served at our desk, taken and closed from WeCom: the two never say different things."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from conversations.outcomes import HandOverReason
from conversations.ownership import Owner
from escalation.book import AtDesk, CaseBook
from escalation.cases import Case, CaseKey, CaseState
from escalation.roster import Post
from escalation.service import ServiceState
from escalation.store import insert_case
from escalation.survey import Survey
from storage.console_schema import console_accounts
from storage.database import Database
from storage.schema import conversations
from tests.contract.escalation.people import REAL_MS, START, Shop, where

KEY = CaseKey("wang:case")


@pytest.fixture
async def shop(database: Database) -> Shop:
    shop = Shop(database=database)
    await shop.employs(Post(login="lin"), Post(login="mei"))
    await shop.meets("wang")
    case = Case(
        key=KEY,
        conversation_id=where("wang"),
        reason=HandOverReason.ASKED_FOR,
        summary="转人工",
        opened_at=START,
    )
    async with database.writing() as connection:
        for login in ("lin", "mei"):
            accounts = update(console_accounts).where(console_accounts.c.login == login)
            await connection.execute(accounts.values(wecom_userid=f"{login.title()}@shop"))
        await insert_case(connection, case)
    await shop.wants("wang")
    return shop


def book(shop: Shop) -> CaseBook:
    return CaseBook(shop.database, real_ms=lambda: REAL_MS, survey=Survey(rating=True))


async def test_who_takes_the_case_serves_the_customer_at_the_desk(shop: Shop) -> None:
    case = await book(shop).take(KEY, "lin@shop", START)

    assert isinstance(case, Case)
    assert (case.state, case.taken_by) == (CaseState.TAKEN, "lin@shop")
    owner = await shop.owner("wang")
    assert (owner.owner, owner.agent) == (Owner.AGENT, "lin")
    service = await shop.service("wang")
    assert service is not None
    assert service.state is ServiceState.SERVING
    assert [each.key for each in await book(shop).taken_by("Lin@shop", 5)] == [KEY]


async def test_the_second_learns_who_has_the_customer(shop: Shop) -> None:
    await shop.claims("wang", "mei")
    case = await book(shop).take(KEY, "Lin@shop", START)
    assert isinstance(case, Case)
    assert case.taken_by == "mei"


async def test_who_has_no_account_is_sent_to_the_desk(shop: Shop) -> None:
    assert await book(shop).take(KEY, "stranger", START) == AtDesk()
    assert await book(shop).close(KEY, "stranger", START) == AtDesk()
    assert (await shop.owner("wang")).owner is Owner.QUEUE


async def test_while_the_bot_speaks_it_is_to_be_tried_again(shop: Shop) -> None:
    async with shop.database.writing() as connection:
        await connection.execute(update(conversations).values(send_until_ms=REAL_MS + 900))
    assert await book(shop).take(KEY, "Lin@shop", START) == AtDesk(busy=True)


async def test_who_closes_the_case_ends_the_service_and_only_whose_it_is_can(shop: Shop) -> None:
    await book(shop).take(KEY, "Lin@shop", START)

    other = await book(shop).close(KEY, "Mei@shop", START)
    assert isinstance(other, Case)
    assert (other.state, other.taken_by) == (CaseState.TAKEN, "lin")
    mine = await book(shop).close(KEY, "Lin@shop", START)
    assert isinstance(mine, Case)
    assert (mine.state, mine.closed_by) == (CaseState.CLOSED, "Lin@shop")
    assert await shop.service("wang") is None
    assert (await shop.owner("wang")).owner is Owner.BOT
