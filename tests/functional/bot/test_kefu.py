"""微信客服 end to end: a real bot pulls from a simulated platform, answers, keeps quiet for people, survives faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from handlers.at_once import FAREWELL, PERSON_IS_HERE
from handlers.hand_over import CONNECTING
from storage.schema import cases, conversations, deliveries, inbox, kefu_accounts, messages, outbox
from tests.functional.bot.kefu_customers import (
    conversation_of_customer,
    delivered,
    reaches,
    says,
    serves,
    session,
    transcript,
    writes,
)
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import database_of, drained, rows, until, violations
from tests.functional.world import World
from tests.patience import PATIENCE

SECOND = "几点前下单当天发货"


@pytest.fixture
async def shop(example_knowledge: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A platform with 微信客服; the test starts the bots."""
    async with World(folder=tmp_path, knowledge_base=example_knowledge, corp=True) as running:
        yield running


async def nobody_receives(world: World) -> None:
    for userid in world.servicers:
        await world.sim("PUT", f"kefu/servicers/{userid}", {"receiving": False})


async def test_questions_of_one_page_are_answered_in_order(shop: World) -> None:
    for n in range(2):
        await writes(shop, "wang", QUESTION if n == 0 else SECOND)
    await shop.start_bot()
    first, second = await reaches(shop, "wang", 2)
    assert first == right_answer()
    assert "发" in second
    assert first != second
    assert await violations(shop) == {}


async def test_what_was_written_while_the_bot_was_away_is_answered_once(shop: World) -> None:
    await shop.start_bot()
    assert await says(shop, "wang", QUESTION) == right_answer()
    await shop.stop_bot()
    await writes(shop, "wang", SECOND)
    await asyncio.sleep(0.2)
    await shop.start_bot()
    assert len(await reaches(shop, "wang", 2)) == 2
    await drained(shop)
    assert len(await delivered(shop, "wang")) == 2


async def test_the_first_start_answers_nothing_older_than_ten_minutes(shop: World) -> None:
    await writes(shop, "old", "一个小时前的问题：满多少包邮？")
    await shop.sim("POST", "clock", {"advance_seconds": 3600})
    await writes(shop, "new", QUESTION)
    await shop.start_bot()
    assert (await reaches(shop, "new", 1))[0] == right_answer()
    await drained(shop)
    assert await delivered(shop, "old") == []
    kept = await rows(shop, messages, conversation_id=await conversation_of_customer(shop, "old"))
    assert ["一个小时前" in row.body for row in kept] == [True]


async def test_whoever_comes_through_the_link_is_greeted_by_its_code(shop: World) -> None:
    await shop.start_bot()
    answer = await shop.sim(
        "POST", f"kefu/customers/wang/enter?wait=answer&timeout={PATIENCE}", {"scene": "card"}
    )
    assert answer["heard"]["by"] == "event"
    labels = [item["click"]["content"] for item in answer["heard"]["content"]["list"]]
    assert labels[0] == "满多少包邮？"
    click = answer["heard"]["content"]["list"][0]["click"]
    tapped = await shop.sim(
        "POST",
        f"kefu/customers/wang/say?wait=answer&timeout={PATIENCE}",
        {"text": click["content"], "menu_id": click["id"]},
    )
    assert "包邮" in tapped["heard"]["text"]


async def test_with_nobody_receiving_a_wish_for_a_person_is_promised_honestly(shop: World) -> None:
    await nobody_receives(shop)
    await shop.start_bot()
    promise = await says(shop, "wang", "转人工")
    assert promise is not None
    assert "记下来" in promise
    assert (await session(shop, "wang"))["state"] in (0, 1)
    assert len(await rows(shop, cases)) == 1
    assert await says(shop, "wang", QUESTION) == right_answer(), "the bot goes on serving"


async def test_a_session_goes_to_people_and_comes_back(shop: World) -> None:
    servicer = shop.servicers[0]
    await shop.start_bot()
    assert await says(shop, "wang", "转人工") == CONNECTING
    assert (await session(shop, "wang"))["state"] == 2
    assert await says(shop, "wang", QUESTION, seconds=2) is None, "nobody but people may speak in the pool"
    await serves(shop, servicer, "take", "wang")
    assert await reaches(shop, "wang", 2, by="event") == [CONNECTING, PERSON_IS_HERE]
    await serves(shop, servicer, "say", "wang", text="您好，我是兰兰")
    assert await says(shop, "wang", QUESTION, seconds=2) is None
    await serves(shop, servicer, "end", "wang")
    assert (await reaches(shop, "wang", 3, by="event"))[2] == FAREWELL
    assert await says(shop, "wang", QUESTION) == right_answer()
    conversation = await conversation_of_customer(shop, "wang")
    authors = [row.author for row in await rows(shop, messages, conversation_id=conversation)]
    assert f"agent:{servicer}" in authors
    assert await violations(shop) == {}


async def test_a_session_that_the_platform_gave_to_people_by_itself_is_left_to_them(shop: World) -> None:
    await shop.sim("PATCH", "settings", {"corp": {"native_reception": True}})
    await shop.start_bot()
    assert await says(shop, "wang", QUESTION, seconds=3) is None
    assert (await session(shop, "wang"))["state"] in (2, 3)
    (row,) = await rows(shop, conversations, id=await conversation_of_customer(shop, "wang"))
    assert row.owner in ("queue", "agent")
    assert [row.state for row in await rows(shop, outbox)] == ["withheld"]
    assert await violations(shop) == {}


async def test_a_lost_answer_to_a_send_doubles_nothing(shop: World) -> None:
    await shop.start_bot()
    rule = {"side": "api", "kind": "reset_after", "path": "/cgi-bin/kf/send_msg", "count": 3}
    await shop.sim("POST", "faults", rule)
    await writes(shop, "wang", QUESTION)

    async def settled() -> bool:
        return [row.state for row in await rows(shop, outbox)] == ["sent"]

    await until(settled, "the reply to be known as sent")
    assert len(await delivered(shop, "wang")) == 1
    attempts = [row.outcome for row in await rows(shop, deliveries)]
    assert attempts[:3] == ["unknown"] * 3
    assert attempts[-1] == "sent"


async def test_a_lost_bell_is_found_by_looking(shop: World) -> None:
    shop.settings = {"wecom": {"kefu": {"accounts": list(shop.kefu_accounts), "reconcile_seconds": 5}}}
    shop.write_config()
    await shop.start_bot()
    await shop.sim("POST", "faults", {"side": "callback", "kind": "drop_request"})
    await writes(shop, "wang", QUESTION)
    assert (await reaches(shop, "wang", 1))[0] == right_answer()


async def test_a_message_taken_back_before_its_turn_is_not_answered(shop: World) -> None:
    msgid = await writes(shop, "wang", QUESTION)
    await shop.sim("POST", "kefu/customers/wang/recall", {"msgid": msgid})
    await writes(shop, "wang", SECOND)
    await shop.start_bot()
    await reaches(shop, "wang", 1)
    await drained(shop)
    assert ["发" in text for text in await delivered(shop, "wang")] == [True]
    assert {row.error for row in await rows(shop, inbox, state="done")} == {None, "recalled"}


async def test_what_the_platform_reports_as_not_arrived_is_on_the_dead_list(shop: World) -> None:
    await shop.start_bot()
    assert await says(shop, "wang", QUESTION)
    (line,) = [line for line in await transcript(shop, "wang") if line["by"] == "api"]
    await shop.sim("POST", "kefu/fail", {"customer": "wang", "msgid": line["msgid"], "fail_type": 13})

    async def noted() -> bool:
        return [row.state for row in await rows(shop, outbox)] == ["dead"]

    await until(noted, "the failure to be written down")
    assert [row.outcome for row in await rows(shop, deliveries)] == ["sent", "failed_later"]


async def test_a_puller_that_is_killed_loses_nothing_and_repeats_nothing(shop: World) -> None:
    await shop.sim("PATCH", "settings", {"corp": {"kefu_page_limit": 20}})
    await shop.start_bot("one", role="web")
    await shop.start_bot("two", role="worker")
    customers = [f"c{n}" for n in range(60)]
    await shop.sim("POST", "kefu/bulk", {"customers": customers, "messages": 2, "texts": [QUESTION, SECOND]})
    await asyncio.sleep(0.3)
    await shop.kill_bot("two")
    await shop.start_bot("three", role="worker")
    for customer in customers:
        assert len(await reaches(shop, customer, 2)) == 2
    await drained(shop)
    ledger = (await shop.sim("GET", "kefu/ledger"))["customers"]
    assert {len(row["delivered"]) for row in ledger} == {2}
    assert len(await rows(shop, inbox)) == 120
    (account,) = await rows(shop, kefu_accounts)
    assert account.bells == account.served_bells
    assert await violations(shop) == {}


async def test_a_question_put_in_the_pool_is_answered_after_all_when_nobody_comes(shop: World) -> None:
    await shop.start_bot()
    assert await says(shop, "wang", "转人工") == CONNECTING
    assert await says(shop, "wang", QUESTION, seconds=1) is None
    await shop.sim("PUT", "kefu/customers/wang/state", {"state": 4})  # the platform, by itself and silently
    await writes(shop, "wang", "在吗")
    await shop.sim("POST", "clock", {"advance_seconds": 60})

    async def answered() -> bool:
        return right_answer() in await delivered(shop, "wang")

    await until(answered, "the answer to what was asked in the pool")
    (row,) = await rows(shop, conversations, id=await conversation_of_customer(shop, "wang"))
    assert row.owner == "bot"


async def test_a_cursor_that_the_platform_has_lost_is_given_up_and_nothing_is_said_twice(shop: World) -> None:
    await shop.start_bot()
    assert await says(shop, "wang", QUESTION) == right_answer()
    await shop.stop_bot()
    async with database_of(shop) as database, database.writing() as connection:
        await connection.execute(update(kefu_accounts).values(cursor="nobodyknowsit"))
    await shop.start_bot()
    await writes(shop, "wang", SECOND)
    assert len(await reaches(shop, "wang", 2)) == 2
    await drained(shop)
    assert len(await delivered(shop, "wang")) == 2
