"""A customer's rights in a running shop: a copy, deletion, and no more advertising even when they come back."""

from __future__ import annotations

import json
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

from conversations.address import ConversationId
from conversations.consents import Purpose
from customers.consent import without_withdrawn
from customers.events.client import EventClient
from storage.console_schema import console_audit
from storage.customers_schema import events, identities
from tests.functional.bot.commands import Ran, run_command
from tests.functional.bot.watching import conversation_of, database_of, drained, hears, rows, until
from tests.functional.world import World

SECRET, KEY = "m" * 32, "k" * 32
PHONE, WORDS = "13800138007", "荔枝坏了三颗，这句话是编出来的"
ENVIRONMENT = {
    "XIAOER_CUSTOMERS__EVENTS__SECRETS": json.dumps({"mall": SECRET}),
    "XIAOER_CUSTOMERS__KEY": KEY,
}


async def test_write_buy_opt_out_copy_erase_and_come_back(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    await world.start_bot(environment=ENVIRONMENT)
    for number, text in enumerate(("你好", WORDS, "不要再发活动消息"), start=1):
        assert await world.says("lin", text)
        await hears(world, "lin", number)
    assert await world.says("wu", "你好")
    conversation = await conversation_of(world, "lin")
    openid = conversation.rpartition(":")[2]
    await _buys(world, openid)
    await drained(world)
    assert not await _may_be_sent(world, conversation)

    path = tmp_path / "copy.json"
    shown = await _customers(world, "export", "mall:M7", "--to", str(path))
    assert shown.code == 0, shown.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    copy = path.read_text()
    assert [each for each in (PHONE, WORDS, openid, "M7", "T7", "不要再发活动消息") if each not in copy] == []
    assert json.loads(copy)["接收营销消息"]["同意"] is False

    before = await rows(world, identities)
    erased = await _customers(world, "erase", f"phone:{PHONE}", "--yes")
    assert erased.code == 0, erased.err
    traces = [PHONE, WORDS, openid, "M7", "不要再发活动消息"]
    assert [each for each in traces if each in _dump(world)] == []
    kept = [json.loads(row.data) for row in await rows(world, events, identity_id=0)]
    assert kept == [{"order_no": "T7", "amount_fen": 21_200}]
    acts = [row.act for row in await rows(world, console_audit)]
    assert acts == ["customer.exported", "customer.erased"]
    again = await _customers(world, "erase", f"phone:{PHONE}", "--yes")
    assert (again.code, "没有这位顾客" in again.err) == (1, True)

    assert await world.says("lin", "你好")
    await drained(world)

    async def is_there() -> bool:
        return any(row.key.endswith(openid) for row in await rows(world, identities))

    await until(is_there, "a new identity")
    (now,) = [row for row in await rows(world, identities) if row.key.endswith(openid)]
    assert now.id > max(row.id for row in before)
    found = json.loads((await _customers(world, "show", f"openid:gh_demo:{openid}", "--json")).out)
    assert [name["kind"] for name in found["names"]] == ["openid"], "a new person"
    assert not await _may_be_sent(world, conversation), "still no advertising"
    assert await _may_be_sent(world, await conversation_of(world, "wu"))


async def _buys(world: World, openid: str) -> None:
    client = EventClient(world.session, world.bot_url, "mall", SECRET)
    told = {
        "id": "p7",
        "kind": "pay",
        "at": datetime.now(UTC).isoformat(),
        "who": {"mall_id": "M7", "openid": f"gh_demo:{openid}", "phone": PHONE},
        "order_no": "T7",
        "amount_fen": 21_200,
        "text": WORDS,
    }
    assert (await client.send([told])).taken == 1


async def _customers(world: World, *arguments: str) -> Ran:
    return await run_command(
        *("customers", *arguments, "--config", str(world.config)),
        environment={**world.environment, **ENVIRONMENT},
    )


async def _may_be_sent(world: World, conversation: str) -> bool:
    wanted = [ConversationId(conversation)]
    async with database_of(world) as database, database.reading() as connection:
        return await without_withdrawn(connection, wanted, Purpose.MARKETING) == wanted


def _dump(world: World) -> str:
    with sqlite3.connect(world.folder / "xiaoer.db") as connection:
        return "\n".join(connection.iterdump())


async def test_who_asks_for_it_in_the_chat_comes_to_who_does_it(fresh_world: World) -> None:
    world = fresh_world
    await world.start_bot(environment=ENVIRONMENT)
    for text in ("帮我删除我的个人信息", "确定删除"):
        assert await world.says("lin", text)
    await drained(world)
    listed = await _customers(world, "requests", "--json")
    assert listed.code == 0, listed.err
    (request,) = json.loads(listed.out)["requests"]
    assert request["taken_by"] is None
    assert request["last_day"] > request["asked_at"][:10]
    erased = await _customers(world, "erase", request["who"], "--yes")
    assert erased.code == 0, erased.err
    openid = (await conversation_of(world, "lin")).rpartition(":")[2]
    assert openid not in _dump(world)
    assert json.loads((await _customers(world, "requests", "--json")).out) == {"requests": []}
