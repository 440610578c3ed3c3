"""What people do with services: one wins, nobody is lost, and owner, case and record change together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.outcomes import HandOverReason
from conversations.ownership import Owner
from conversations.ratings import Rating
from conversations.replies import TextReply
from escalation import satisfaction, serving, speaking
from escalation.cases import Case, CaseKey
from escalation.comments import comments_between, counted
from escalation.ownership import Busy, Unknown
from escalation.roster import Post
from escalation.routing import Tier
from escalation.service import Ending, NotNow, Service, ServiceState
from escalation.service_store import EventKind
from escalation.serving import Moment
from escalation.store import insert_case
from escalation.survey import Question, Survey
from storage.database import Database
from storage.people_schema import services
from storage.questions_schema import questions
from storage.schema import cases, conversations, outbox
from storage.times import to_ms
from tests.contract.escalation.people import REAL_MS, START, Shop, where


@pytest.fixture
async def shop(database: Database) -> Shop:
    shop = Shop(database=database)
    await shop.employs(Post(login="lin"), Post(login="mei"))
    await shop.meets("wang", "zhao")
    return shop


async def test_of_twenty_who_click_at_once_one_serves_and_the_others_learn_who(shop: Shop) -> None:
    await shop.wants("wang")

    done = await asyncio.gather(
        *(shop.claims("wang", f"agent{n}") for n in range(20)), return_exceptions=True
    )

    (winner,) = [each for each in done if isinstance(each, Service)]
    refused = [each for each in done if isinstance(each, NotNow)]
    assert len(refused) == 19
    assert {each.agent for each in refused} == {winner.agent}
    assert (await shop.owner("wang")).agent == winner.agent
    assert [kind for kind, _, _ in await shop.happened("wang")] == ["wanted", "claimed"]


async def test_a_claim_waits_while_something_is_being_said(shop: Shop) -> None:
    await shop.wants("wang")
    async with shop.database.writing() as connection:
        await connection.execute(update(conversations).values(send_until_ms=REAL_MS + 700))

    assert await shop.claims("wang", "lin") == Busy(milliseconds=700)
    assert (await shop.owner("wang")).owner is Owner.QUEUE


async def test_the_case_is_taken_and_closed_with_the_service(shop: Shop) -> None:
    case = Case(
        key=CaseKey("wang:case"),
        conversation_id=where("wang"),
        reason=HandOverReason.ASKED_FOR,
        summary="转人工",
        opened_at=START,
    )
    async with shop.database.writing() as connection:
        await insert_case(connection, case)
    await shop.wants("wang")
    await shop.claims("wang", "lin")
    taken = await _case(shop)
    async with shop.database.writing() as connection:
        await serving.end(connection, where("wang"), by="lin", ending=Ending.SOLVED, at=shop.moment)

    assert (taken, await _case(shop)) == (("taken", "lin", None), ("closed", "lin", "lin"))
    assert (await shop.owner("wang")).owner is Owner.BOT
    assert await shop.service("wang") is None


async def test_a_second_wish_keeps_the_place_of_the_first(shop: Shop) -> None:
    first = await shop.wants("wang")
    shop.later(minutes=5)
    async with shop.database.writing() as connection:
        again = await serving.enter(
            connection, replace(first, key=CaseKey("wang2:case"), opened_at=shop.clock.now()), real_ms=REAL_MS
        )

    assert again == first
    assert [kind for kind, _, _ in await shop.happened("wang")] == ["wanted", "wanted_again"]


async def test_hands_change_and_each_change_is_on_record(shop: Shop) -> None:
    await shop.wants("wang")
    await shop.claims("wang", "lin")
    epochs = [(await shop.owner("wang")).epoch]
    async with shop.database.writing() as connection:
        await serving.hand_on(connection, where("wang"), by="lin", to="mei", at=shop.moment, why="换班")
    epochs.append((await shop.owner("wang")).epoch)
    async with shop.database.writing() as connection:
        await serving.hand_on(
            connection, where("wang"), by="boss", to="boss", at=shop.moment, supervisor=True
        )
    epochs.append((await shop.owner("wang")).epoch)
    async with shop.database.writing() as connection:
        await serving.give_back(connection, where("wang"), by="boss", at=shop.moment)

    assert epochs == sorted(set(epochs))
    assert (await shop.owner("wang")).owner is Owner.QUEUE
    assert await shop.happened("wang") == [
        ("wanted", ":customer", ""),
        ("claimed", "lin", ""),
        ("handed_on", "lin", "mei"),
        ("taken_over", "boss", "boss"),
        ("given_back", "boss", ""),
    ]


async def test_what_a_colleague_has_is_not_ended_handed_on_or_given_back(shop: Shop) -> None:
    await shop.wants("wang")
    await shop.claims("wang", "lin")
    acts: list[Callable[[AsyncConnection], Awaitable[object]]] = [
        lambda c: serving.end(c, where("wang"), by="mei", ending=Ending.SOLVED, at=shop.moment),
        lambda c: serving.hand_on(c, where("wang"), by="mei", to="mei", at=shop.moment),
        lambda c: serving.give_back(c, where("wang"), by="mei", at=shop.moment),
        lambda c: serving.snooze(c, where("wang"), by="mei", until=START, at=shop.moment),
    ]
    for act in acts:
        with pytest.raises(NotNow) as refused:
            async with shop.database.writing() as connection:
                await act(connection)
        assert refused.value.agent == "lin"
    assert (await shop.owner("wang")).agent == "lin"


async def test_who_is_put_off_hears_it_and_the_bot_goes_on(shop: Shop) -> None:
    await shop.wants("wang")
    tomorrow = START + timedelta(hours=9)
    async with shop.database.writing() as connection:
        assert await serving.put_off(connection, where("wang"), until=tomorrow, text="明天见", at=shop.moment)

    service = await shop.service("wang")
    assert service is not None
    assert (service.state, service.queued_at) == (ServiceState.LATER, START)
    owner = await shop.owner("wang")
    assert owner.owner is Owner.BOT
    async with shop.database.reading() as connection:
        said = (await connection.execute(select(outbox.c.kind, outbox.c.epoch, outbox.c.body))).one()
    assert (said.kind, said.epoch) == ("transition", owner.epoch)
    assert "明天见" in said.body


async def test_a_service_for_later_joins_the_queue_in_its_time(shop: Shop) -> None:
    opens = START + timedelta(hours=9)
    await shop.wants("wang", due_at=opens)
    async with shop.database.writing() as connection:
        early = await serving.queue_now(connection, where("wang"), shop.moment)
    async with shop.database.writing() as connection:
        on_time = await serving.queue_now(connection, where("wang"), Moment(now=opens, real_ms=REAL_MS))
    async with shop.database.writing() as connection:
        again = await serving.queue_now(connection, where("wang"), Moment(now=opens, real_ms=REAL_MS))

    assert (early, on_time, again) == (False, True, False)
    assert (await shop.owner("wang")).owner is Owner.QUEUE


async def test_room_is_counted_in_the_transaction_of_the_claim(shop: Shop) -> None:
    peers = [f"c{n}" for n in range(8)]
    await shop.employs(Post(login="one", room=3))
    await shop.meets(*peers)
    for peer in peers:
        await shop.wants(peer)

    async def assigns(peer: str) -> object:
        async with shop.database.writing() as connection:
            return await serving.claim(
                connection, where(peer), "one", Tier.POOL, shop.moment, within_room=True
            )

    done = await asyncio.gather(*(assigns(peer) for peer in peers), return_exceptions=True)

    assert sum(isinstance(each, Service) for each in done) == 3
    assert sum(isinstance(each, NotNow) for each in done) == 5
    owners = [(await shop.owner(peer)).owner for peer in peers]
    assert (owners.count(Owner.AGENT), owners.count(Owner.QUEUE)) == (3, 5)


async def test_notes_and_whispers_stand_with_the_service(shop: Shop) -> None:
    await shop.wants("wang")
    async with shop.database.writing() as connection:
        await serving.remark(
            connection, where("wang"), EventKind.WHISPER, by="boss", text="先道歉", at=shop.moment, whom="lin"
        )

    assert (await shop.happened("wang"))[-1] == ("whisper", "boss", "lin")


async def test_where_nobody_is_wanted_nothing_is_to_be_done(shop: Shop) -> None:
    for peer, error in (("zhao", NotNow), ("nobody", Unknown)):
        with pytest.raises(error):
            await shop.claims(peer, "lin")
    assert (await shop.owner("zhao")).owner is Owner.BOT


async def test_who_was_served_is_asked_how_it_was_and_says_so_once(shop: Shop) -> None:
    await shop.wants("wang")
    await shop.claims("wang", "lin")
    async with shop.database.writing() as connection:
        await speaking.say(
            connection,
            where("wang"),
            by="lin",
            reply=TextReply(text="好了"),
            mark="1",
            max_text_bytes=2048,
            at=shop.moment,
        )
        await serving.end(
            connection,
            where("wang"),
            by="lin",
            ending=Ending.SOLVED,
            at=shop.moment,
            survey=Survey(rating=True),
        )
    async with shop.database.reading() as connection:
        kept = select(conversations.c.context).where(conversations.c.id == where("wang"))
        context = json.loads((await connection.execute(kept)).scalar_one())
        said = (await connection.execute(select(outbox.c.kind).order_by(outbox.c.id))).scalars().all()
    assert context["offered"] == ["rate:5", "rate:3", "rate:1"]
    assert said == ["person", "transition"]

    for rating in (Rating(score=1), Rating(score=5), Rating(comment="太慢")):
        async with shop.database.writing() as connection:
            await satisfaction.record(connection, where("wang"), rating, START, REAL_MS)
    async with shop.database.reading() as connection:
        row = (await connection.execute(select(services.c.score, services.c.comment))).one()
    assert tuple(row) == (1, "太慢")


async def test_some_are_asked_whether_they_recommend_and_what_they_say_is_found_by_topic(shop: Shop) -> None:
    often = Survey(rating=True, recommend_share=1)
    for round_, expected in enumerate((Question.RECOMMEND, Question.RATING)):
        await shop.wants("wang", key=f"k{round_}")
        await shop.claims("wang", "lin")
        async with shop.database.writing() as connection:
            await speaking.say(
                connection,
                where("wang"),
                by="lin",
                reply=TextReply(text="好了"),
                mark=str(round_),
                max_text_bytes=2048,
                at=shop.moment,
            )
            await serving.end(
                connection, where("wang"), by="lin", ending=Ending.SOLVED, at=shop.moment, survey=often
            )
            row = (
                await connection.execute(
                    select(services.c.asked_ms, services.c.recommend_asked_ms).where(
                        services.c.key == f"k{round_}"
                    )
                )
            ).one()
            assert (row.asked_ms is None) == (expected is Question.RECOMMEND)
            for rating in (Rating(recommends=6), Rating(comment="快递太慢了 13800138000")):
                if expected is Question.RECOMMEND:
                    await satisfaction.record(connection, where("wang"), rating, shop.clock.now(), REAL_MS)
        shop.later(hours=1)
    before = (("answered", "other"), ("answered", "ships-when"), ("refused", "too-late"))
    for place, (reaction, entry) in enumerate(before):
        question = {
            "key": f"q{place}",
            "conversation_id": where("wang"),
            "channel": "official",
            "text": "什么时候发货",
            "reaction": reaction,
            "rule": "sure",
            "entries": json.dumps([entry]),
            "probability": 0.9,
            "at_ms": to_ms(START) - 1 + place,  # the last of them after the wish
        }
        async with shop.database.writing() as connection:
            await connection.execute(insert(questions).values(**question))
    async with shop.database.reading() as connection:
        (comment,) = await comments_between(connection, START, START + timedelta(days=1))
    assert (comment.recommends, comment.score, comment.agent) == (6, None, "lin")
    assert comment.entry == "ships-when"
    assert comment.topics == ("回复速度", "物流")
    assert counted([comment]) == [("回复速度", 1), ("物流", 1)]


async def test_who_was_not_written_to_or_left_is_not_asked(shop: Shop) -> None:
    for peer, ending in (("wang", Ending.SOLVED), ("zhao", Ending.SILENT)):
        await shop.wants(peer)
        await shop.claims(peer, "lin")
        async with shop.database.writing() as connection:
            await serving.end(
                connection, where(peer), by="lin", ending=ending, at=shop.moment, survey=Survey(rating=True)
            )
            await satisfaction.record(connection, where(peer), Rating(score=5), START, REAL_MS)
    async with shop.database.reading() as connection:
        assert (await connection.execute(select(outbox.c.id))).all() == []
        assert (await connection.execute(select(services.c.score))).scalars().all() == [None, None]


async def _case(shop: Shop) -> tuple[str, str | None, str | None]:
    async with shop.database.reading() as connection:
        row = (await connection.execute(select(cases))).one()
    return row.state, row.taken_by, row.closed_by
