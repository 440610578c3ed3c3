"""What a customer who needs a person gets, and how the queue is drained, on real databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from conversations.outcomes import HandOverReason
from conversations.ownership import Owner
from customers.profile.profile import Profile, Segment
from escalation import stewards
from escalation.assigning import Assigner, Round
from escalation.cases import Case, CaseKey
from escalation.front_desk import USUAL_RANK, VALUE_RANK, VIP_RANK, FrontDesk, Received
from escalation.roster import Post
from escalation.routing import Tier
from escalation.service import Need, ServiceState
from escalation.settings import DeskSettings
from storage.console_schema import console_accounts
from storage.customers_schema import identities
from storage.database import Database
from storage.people_schema import agents, services
from tests.contract.escalation.people import REAL_MS, START, Shop, where
from tests.unit.customers.profiles import profile_of

OFFICE_HOURS = DeskSettings.model_validate({"hours": {"mon": ["9:00-18:00"], "tue": ["9:00-18:00"]}})


@pytest.fixture
async def shop(database: Database) -> Shop:
    shop = Shop(database=database)
    await shop.meets("wang", "zhao", "li")
    return shop


def front_desk(shop: Shop, settings: DeskSettings | None = None) -> FrontDesk:
    return FrontDesk(shop.database, settings or DeskSettings(), real_ms=lambda: REAL_MS)


def assigner(shop: Shop, settings: DeskSettings | None = None) -> Assigner:
    return Assigner(shop.database, settings or DeskSettings(), shop.clock, real_ms=lambda: REAL_MS)


def a_case(peer: str, reason: HandOverReason = HandOverReason.ASKED_FOR) -> Case:
    return Case(
        key=CaseKey(f"{peer}:case"), conversation_id=where(peer), reason=reason, summary="…", opened_at=START
    )


async def received(
    shop: Shop,
    peer: str = "wang",
    *,
    reason: HandOverReason = HandOverReason.ASKED_FOR,
    profile: Profile | None = None,
    settings: DeskSettings | None = None,
) -> Received:
    return await front_desk(shop, settings).receive(a_case(peer, reason), shop.clock.now(), profile)


async def valued(shop: Shop, customer_id: int = 7) -> Profile:
    async with shop.database.writing() as connection:
        await connection.execute(
            insert(identities).values(
                id=customer_id,
                kind="mall_id",
                key=f"M{customer_id}",
                customer_id=customer_id,
                first_seen_ms=0,
            )
        )
    return replace(profile_of(Segment.HIGH_VALUE), customer_id=customer_id)


async def test_with_nobody_there_it_is_for_later_and_the_bot_goes_on(shop: Shop) -> None:
    got = await received(shop)
    assert (got.service.state, got.queues) == (ServiceState.LATER, False)
    assert "都不在" in got.text


async def test_outside_the_hours_the_next_opening_is_told_and_kept(shop: Shop) -> None:
    await shop.employs(Post(login="lin"))
    shop.clock.time = START + timedelta(hours=9)  # 19:00 in Beijing

    got = await received(shop, settings=OFFICE_HOURS)

    opens = START + timedelta(hours=23)
    assert got.service.due_at == opens
    assert "明天 9:00" in got.text
    await shop.wants("wang", due_at=opens)
    rounds = assigner(shop, OFFICE_HOURS)
    assert await rounds.round() == Round()
    shop.clock.time = opens
    done = await rounds.round()
    assert (done.queued, [each.login for each in done.claimed]) == (1, ["lin"])


async def test_complaints_come_before_others_and_vips_before_all(shop: Shop) -> None:
    await shop.employs(Post(login="lin"))
    vip = await valued(shop)
    ranks = [
        (await received(shop)).service.need.rank,
        (await received(shop, reason=HandOverReason.COMPLAINT)).service.need.rank,
        (await received(shop, profile=vip)).service.need.rank,
    ]
    assert ranks == [USUAL_RANK, VALUE_RANK, VIP_RANK] == sorted(ranks, reverse=True)


async def test_a_customer_of_high_value_gets_an_agent_of_their_own_and_keeps_them(shop: Shop) -> None:
    await shop.employs(Post(login="lin", vip=True), Post(login="mei", vip=True), Post(login="chen"))
    first, second = await valued(shop, 7), await valued(shop, 8)

    got = await received(shop, profile=first)
    assert (got.service.need.own, got.text) == ("lin", "好的，您的专属管家Lin马上来～")
    assert (await received(shop, "zhao", profile=second)).service.need.own == "mei"
    assert (await received(shop, profile=first)).service.need.own == "lin"


async def test_whoever_stands_in_comes_when_the_own_agent_is_away(shop: Shop) -> None:
    await shop.employs(Post(login="lin", vip=True))
    await shop.employs(Post(login="mei"), Post(login="chen"))
    vip = await valued(shop)
    async with shop.database.writing() as connection:
        await stewards.entrust(connection, 7, "lin", by="boss", now=START)
        await connection.execute(
            update(agents).where(agents.c.login == "lin").values(receiving=0, deputies='["mei"]')
        )
    got = await received(shop, profile=vip)
    assert "Lin这会儿不在" in got.text
    assert got.service.need.deputies == ("mei",)

    await shop.wants("wang", got.service.need)
    done = await assigner(shop).round()
    assert [(each.login, each.tier) for each in done.claimed] == [("mei", Tier.DEPUTY)]


async def test_a_disabled_account_is_nobodys_own_agent(shop: Shop) -> None:
    await shop.employs(Post(login="lin", vip=True), Post(login="mei", vip=True))
    vip = await valued(shop)
    assert (await received(shop, profile=vip)).service.need.own == "lin"
    async with shop.database.writing() as connection:
        await connection.execute(
            update(console_accounts).where(console_accounts.c.login == "lin").values(disabled=1)
        )
    assert (await received(shop, profile=vip)).service.need.own == "mei"


async def test_who_asks_again_keeps_the_place_and_nothing_new_is_written(shop: Shop) -> None:
    await shop.employs(Post(login="lin", room=0))
    await shop.wants("wang")
    again = await front_desk(shop).receive(
        Case(
            key=CaseKey("another:case"),
            conversation_id=where("wang"),
            reason=HandOverReason.ASKED_FOR,
            summary="…",
            opened_at=START,
        ),
        shop.clock.now(),
        None,
    )
    assert again.again
    assert again.service.key == "wang:case"
    assert "下一位" in await front_desk(shop).place(where("wang"))
    assert await front_desk(shop).place(where("li")) == ""


async def test_the_queue_is_drained_in_order_as_agents_have_room(shop: Shop) -> None:
    await shop.employs(Post(login="lin", room=1), Post(login="mei", room=1))
    for peer in ("wang", "zhao", "li"):
        await shop.wants(peer)
        shop.later(seconds=1)

    done = await assigner(shop).round()

    assert [each.key for each in done.claimed] == ["wang:case", "zhao:case"]
    assert (await shop.owner("li")).owner is Owner.QUEUE
    assert await assigner(shop).round() == Round()


async def test_skills_are_asked_for_and_then_less(shop: Shop) -> None:
    await shop.employs(Post(login="lin"))
    await shop.wants("wang", Need(skills=frozenset({"投诉"})))
    rounds = assigner(shop)
    assert (await rounds.round()).claimed == ()
    shop.later(seconds=121)
    assert [each.login for each in (await rounds.round()).claimed] == ["lin"]


async def test_who_waits_with_every_desk_closed_goes_back_to_the_bot_and_hears_so(shop: Shop) -> None:
    await shop.employs(Post(login="lin", room=0))
    await shop.wants("wang")
    async with shop.database.writing() as connection:
        await connection.execute(update(agents).values(seen_ms=0))

    assert await assigner(shop).round() == Round(put_off=1)
    assert (await shop.owner("wang")).owner is Owner.BOT
    async with shop.database.reading() as connection:
        states = (await connection.execute(select(services.c.state))).scalars().all()
    assert states == ["later"]
