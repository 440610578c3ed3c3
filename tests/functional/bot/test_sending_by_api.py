"""Answers that come too late for the callback go by the platform's API: within its quota, and whatever it does."""

from __future__ import annotations

import json

import pytest

from storage.schema import deliveries, inbox, outbox
from tests.functional.bot.commands import run_bot
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import (
    drained,
    faults,
    hears,
    lines,
    rows,
    rows_of,
    until,
    violations,
)
from tests.functional.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"inbox": {"passive_wait_seconds": 0}}
SEND = "/cgi-bin/message/custom/send"


async def ask(world: World, shopper: str, text: str = QUESTION) -> None:
    await world.sim("POST", f"shoppers/{shopper}/say", {"text": text})


async def outcomes(world: World, shopper: str) -> list[tuple[str, str]]:
    """What was recorded of every attempt to answer this shopper."""
    ids = {row.id for row in await rows_of(world, outbox, shopper)}
    return [(row.route, row.outcome) for row in await rows(world, deliveries) if row.outbox_id in ids]


async def states(world: World, shopper: str) -> list[str]:
    return [row.state for row in await rows_of(world, outbox, shopper)]


async def test_success_first_and_the_answer_by_the_api(world: World) -> None:
    await ask(world, "wang")
    assert await hears(world, "wang", 1) == [right_answer()]
    assert [line["route"] for line in await lines(world, "wang")] == ["custom"]
    await drained(world)
    assert await outcomes(world, "wang") == [("api", "sent")]
    assert (await world.sim("GET", "shoppers/wang"))["quota_left"] == 4


@pytest.mark.parametrize("end", ["tokens/expire", "tokens/kill"])
async def test_a_token_that_ended_is_replaced_and_nobody_notices(world: World, end: str) -> None:
    shopper = end.replace("/", "-")
    await ask(world, shopper)
    await hears(world, shopper, 1)
    await world.sim("POST", end)
    await ask(world, shopper)
    assert await hears(world, shopper, 2) == [right_answer()] * 2
    await drained(world)
    assert await outcomes(world, shopper) == [("api", "sent")] * 2


@pytest.mark.parametrize("fault", ["expire_token", "kill_token"])
async def test_a_token_that_ends_under_a_call_is_replaced(world: World, fault: str) -> None:
    async with faults(world, {"side": "api", "kind": fault, "path": SEND, "count": 1}):
        await ask(world, fault)
        assert await hears(world, fault, 1) == [right_answer()]


@pytest.mark.parametrize("errcode", [45015, 45047])
async def test_a_closed_window_waits_for_the_next_message(world: World, errcode: int) -> None:
    shopper = f"closed-{errcode}"
    rule = {"side": "api", "kind": "errcode", "errcode": errcode, "path": SEND, "count": 1}
    async with faults(world, rule):
        await ask(world, shopper, "订单HY20990000001")
        await until(lambda: _deferred(world, shopper), "a deferred reply")
    assert await lines(world, shopper) == []

    await ask(world, shopper, "订单HY20990000002")
    heard = "\n".join(await _all_said(world, shopper))
    assert heard.index("HY20990000001") < heard.index("HY20990000002")
    assert (await outcomes(world, shopper))[0] == ("api", "window_closed")


async def _deferred(world: World, shopper: str) -> bool:
    return await states(world, shopper) == ["deferred"]


async def _all_said(world: World, shopper: str) -> list[str]:
    await drained(world)
    return await hears(world, shopper, 1)


async def test_who_rejects_our_messages_goes_to_the_dead_list_at_once(world: World) -> None:
    async with faults(world, {"side": "api", "kind": "errcode", "errcode": 48002, "path": SEND, "count": 1}):
        await ask(world, "rejects")
        await until(lambda: _dead(world, "rejects"), "a dead reply")
    assert await outcomes(world, "rejects") == [("api", "refused")]
    assert await lines(world, "rejects") == []


@pytest.mark.parametrize("kind", ["reset_after", "refuse", "bad_gateway"])
async def test_an_unknown_outcome_is_sent_again_once_and_on_record(world: World, kind: str) -> None:
    async with faults(world, {"side": "api", "kind": kind, "path": SEND, "count": 1}):
        await ask(world, kind)
        await until(lambda: _all_sent(world, kind), "a reply that is sent")
    assert await outcomes(world, kind) == [("api", "unknown"), ("api", "sent")]
    heard = [str(line["content"]["text"]) for line in await lines(world, kind)]
    assert heard == [right_answer()] * (2 if kind == "reset_after" else 1)


async def _all_sent(world: World, shopper: str) -> bool:
    return await states(world, shopper) == ["sent"]


async def test_lost_twice_is_for_a_person_to_decide_who_may_replay_it(world: World) -> None:
    shopper = "unlucky"
    async with faults(world, {"side": "api", "kind": "bad_gateway", "path": SEND, "count": 2}):
        await ask(world, shopper, "查订单HY20990007777")
        await until(lambda: _dead(world, shopper), "a dead reply")
    assert await lines(world, shopper) == []

    (row,) = await rows_of(world, outbox, shopper)
    listed = await run_bot(world, "dead", "list", "--json")
    assert (listed.code, listed.out.count("\n")) == (0, 1)
    mine = [entry for entry in json.loads(listed.out)["dead"] if entry["id"] == f"out-{row.id}"]
    assert [(entry["attempts"], entry["conversation_id"]) for entry in mine] == [(2, row.conversation_id)]
    assert "HY20990007777" in mine[0]["content"]

    replayed = await run_bot(world, "dead", "replay", f"out-{row.id}", "--json")
    assert (replayed.code, json.loads(replayed.out)) == (0, {"replayed": {f"out-{row.id}": True}})
    await drained(world)
    # Two attempts that may have been heard have used up the bot's share, so it waits for the shopper's next word.
    assert await states(world, shopper) == ["deferred"]
    await ask(world, shopper)
    assert "HY20990007777" in (await hears(world, shopper, 1))[0]
    await drained(world)

    again = await run_bot(world, "dead", "replay", f"out-{row.id}", "in-999999")
    assert again.code == 1
    assert again.out.count("is not on the dead list") == 2


async def _dead(world: World, shopper: str) -> bool:
    return await states(world, shopper) == ["dead"]


async def test_who_left_cannot_be_answered_and_nothing_is_tried_again(world: World) -> None:
    """The answer is still on its way when the shopper goes."""
    async with faults(world, {"side": "api", "kind": "errcode", "errcode": -1, "path": SEND, "count": 1}):
        await ask(world, "leaver")
        await until(lambda: _tried(world, "leaver"), "a first attempt")
        await world.sim("POST", "shoppers/leaver/unfollow", {})
        await drained(world)
    assert await states(world, "leaver") == ["dead"]
    assert await outcomes(world, "leaver") == [("api", "unknown"), ("api", "refused")]


async def _tried(world: World, shopper: str) -> bool:
    return bool(await outcomes(world, shopper))


async def test_the_bot_never_asks_for_more_than_its_share_and_loses_nothing(world: World) -> None:
    """Without passive answers two replies a message are all that the bot may use."""
    numbers = [f"HY2099111{n:04d}" for n in range(12)]
    before = (await violations(world)).get("over-quota", 0)
    for number in numbers:
        await ask(world, "chatty", f"订单{number}")
    await drained(world)
    for round_ in range(12):
        heard = " ".join(await hears(world, "chatty", 1))
        if all(number in heard for number in numbers):
            break
        await ask(world, "chatty", f"订单HY2099222{round_:04d}")
        await drained(world)
    heard = " ".join(await hears(world, "chatty", 1))
    arrived = [row.body for row in await rows_of(world, inbox, "chatty")]
    numbers.sort(key=lambda number: next(n for n, body in enumerate(arrived) if number in body))
    assert sorted(numbers, key=heard.index) == numbers
    assert (await violations(world)).get("over-quota", 0) == before
    left = (await world.sim("GET", "shoppers/chatty"))["quota_left"]
    # The platform's count begins anew when the shopper writes, ours when the message is kept: a reply to an earlier
    # message that went out in between is charged to the new window there. Hence the notice's slot may be gone.
    assert left >= 2, "two are kept for people"
