"""Erasure and copies over all tables, for one made-up person of two."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.consents import ConsentChange, Purpose
from conversations.inbound import MessageKey
from customers.consent import record, without_withdrawn
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.store import NewLink
from customers.rights.erasing import Erased, Eraser
from customers.rights.exporting import copy_of, write_copy
from customers.rights.holdings import HOLDINGS
from storage.customers_schema import events
from storage.database import Database
from storage.times import to_ms
from tests.contract.customers.rights.filling import KEYS, STORE, Made, dump, fill, fill_accounts

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_LOCKS = ("customer_population",)


@pytest.fixture
async def people(database: Database, tmp_path: Path) -> tuple[Made, Made]:
    async with database.writing() as connection:
        await fill_accounts(connection)
        made = await fill(connection, 1), await fill(connection, 2)
        out = [ConsentChange(purpose=Purpose.MARKETING, granted=False)]
        await record(connection, ConversationId(made[0].official), MessageKey("m1"), out, NOW)
    (tmp_path / "aa").mkdir()
    for each in made:
        (tmp_path / f"aa/file{each.number}").write_text(each.words)
    return made


async def _unwitnessed(_: AsyncConnection, __: Erased) -> None:
    return None


async def _dump(database: Database) -> dict[str, list[str]]:
    async with database.reading() as connection:
        return await dump(connection)


def _traces(dumped: dict[str, list[str]], made: Made) -> list[tuple[str, str]]:
    return [
        (table, trace)
        for table, rows in dumped.items()
        for trace in made.traces
        if any(trace in row for row in rows)
    ]


async def test_nothing_of_the_person_is_left_and_everything_of_others_is(
    database: Database, people: tuple[Made, Made], tmp_path: Path
) -> None:
    one, other = people
    before = await _dump(database)
    assert {table for table, _ in _traces(before, one)} >= {
        "customer_events",
        "customer_groups",
        "identities",
        "mall_changes",
        "mass_tasks",
        "messages",
        "question_labels",
    }
    done = await Eraser(database, tmp_path).erase(one.customer_id, NOW, _unwitnessed)
    assert done is not None
    after = await _dump(database)
    assert _traces(after, one) == []
    assert done.rows.keys() == {holding.table.name for holding in HOLDINGS}
    assert {table: len(rows) for table, rows in _of(before, other).items()} == {
        table: len(rows) for table, rows in _of(after, other).items()
    }
    assert sorted(each.name for each in (tmp_path / "aa").iterdir()) == ["file2"]
    again = await Eraser(database, tmp_path).erase(one.customer_id, NOW, _unwitnessed)
    assert again is None
    assert await _dump(database) == after


def _of(dumped: dict[str, list[str]], made: Made) -> dict[str, list[str]]:
    return {
        table: [row for row in rows if any(trace in row for trace in made.traces)]
        for table, rows in _but_locks(dumped).items()
    }


async def test_who_is_killed_in_the_middle_is_finished_by_doing_it_again(
    database: Database, database_url: str, people: tuple[Made, Made], tmp_path: Path
) -> None:
    one = people[0]
    before = await _dump(database)
    words = (database_url, str(tmp_path), str(one.customer_id))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.contract.customers.rights.dying", *words
    )
    assert await process.wait() == -signal.SIGKILL
    assert not (tmp_path / "aa/file1").exists(), "files go first"
    assert _but_locks(await _dump(database)) == _but_locks(before)
    done = await Eraser(database, tmp_path).erase(one.customer_id, NOW, _unwitnessed)
    assert done is not None
    assert _traces(await _dump(database), one) == []


async def test_nobody_gets_the_number_of_who_was_erased(
    database: Database, people: tuple[Made, Made], tmp_path: Path
) -> None:
    for each in people:
        await Eraser(database, tmp_path).erase(each.customer_id, NOW, _unwitnessed)
    ids = [number for each in people for number in each.identity_ids.values()]
    fresh = Identifier(IdentifierKind.UNIONID, "u9")
    async with database.writing() as connection:
        known = (await STORE.resolve(connection, [fresh], to_ms(NOW)))[fresh]
        kept = await copy_of(connection, max(ids), KEYS, NOW)
    assert known.identity_id > max(ids)
    assert known.customer_id == known.identity_id
    assert kept is None


async def test_an_event_that_is_being_written_meanwhile_goes_as_well(
    database: Database, people: tuple[Made, Made], tmp_path: Path
) -> None:
    one, done = people[0], asyncio.Event()
    event = {"source": "mall", "event_id": "late", "kind": "view", "at_ms": 1, "received_ms": 1, "data": "{}"}

    async def witness(_: AsyncConnection, __: Erased) -> None:
        done.set()

    async with database.writing() as connection:
        late = event | {"identity_id": one.identity_ids[IdentifierKind.MALL_ID]}
        await connection.execute(insert(events), [late])
        erasing = asyncio.create_task(Eraser(database, tmp_path).erase(one.customer_id, NOW, witness))
        if not database.is_sqlite:  # there the erasure waits for this transaction to end
            await done.wait()
    assert await erasing is not None
    async with database.reading() as connection:
        assert (await connection.execute(select(events).where(events.c.event_id == "late"))).all() == []


def _but_locks(dumped: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: rows for name, rows in dumped.items() if name not in _LOCKS}


async def test_a_withdrawal_goes_on_being_honoured_under_every_name(
    database: Database, people: tuple[Made, Made], tmp_path: Path
) -> None:
    one, other = people
    await Eraser(database, tmp_path).erase(one.customer_id, NOW, _unwitnessed)
    talks = [ConversationId(each) for each in (one.official, one.kefu, other.official)]
    fresh = ConversationId("official:gh_shop:oNewName")
    async with database.writing() as connection:
        assert await without_withdrawn(connection, [*talks, fresh], Purpose.MARKETING) == [talks[2], fresh]
        phone = Identifier(IdentifierKind.PHONE, one.phone)
        comes = Identifier(IdentifierKind.OPENID, "gh_shop:oNewName")
        await _join(connection, comes, phone)
        assert await without_withdrawn(connection, [fresh], Purpose.MARKETING) == []
        back = [ConsentChange(purpose=Purpose.MARKETING, granted=True)]
        await record(connection, fresh, MessageKey("m9"), back, NOW)
        assert await without_withdrawn(connection, [fresh], Purpose.MARKETING) == [fresh]


async def _join(connection: AsyncConnection, one: Identifier, other: Identifier) -> None:

    ids = await STORE.resolve(connection, [one, other], to_ms(NOW))
    ends = [ids[each].identity_id for each in (one, other)]
    link = NewLink(one=ends[0], other=ends[1], reason=LinkReason.PHONE, source="mall:e2")
    await STORE.link(connection, [link], to_ms(NOW))


async def test_transactions_stay_for_three_years_without_the_person(
    database: Database, people: tuple[Made, Made], tmp_path: Path
) -> None:
    identity = people[0].identity_ids[IdentifierKind.MALL_ID]
    told = {"order_no": "T7", "amount_fen": 21_200, "item": "荔枝", "text": people[0].words, "region": "广东"}

    def row(event_id: str, kind: str, at: datetime) -> dict[str, Any]:
        at_ms = to_ms(at)
        whose = {"identity_id": identity, "source": "mall", "event_id": event_id}
        return whose | {"kind": kind, "at_ms": at_ms, "received_ms": at_ms, "data": json.dumps(told)}

    rows = [
        row("p1", "pay", NOW),
        row("r1", "refund", NOW),
        row("v1", "view", NOW),
        row("p0", "pay", NOW - timedelta(days=1_100)),
    ]
    async with database.writing() as connection:
        await connection.execute(insert(events), rows)
    await Eraser(database, tmp_path).erase(people[0].customer_id, NOW, _unwitnessed)
    async with database.reading() as connection:
        kept = (await connection.execute(select(events).where(events.c.identity_id == 0))).all()
    assert sorted((each.kind, json.loads(each.data)) for each in kept) == [
        (kind, {"order_no": "T7", "amount_fen": 21_200, "item": "荔枝"}) for kind in ("pay", "refund")
    ]
    assert all(each.event_id.startswith("erased:") for each in kept)
    later = NOW + timedelta(days=1_100)
    await Eraser(database, tmp_path).erase(people[1].customer_id, later, _unwitnessed)
    async with database.reading() as connection:
        assert (await connection.execute(select(events))).all() == [], "three years are over"


async def test_a_copy_holds_everything_and_only_of_the_person(
    database: Database, people: tuple[Made, Made], tmp_path: Path
) -> None:
    one, other = people
    who = Identifier(IdentifierKind.PHONE, KEYS.hashed(one.phone))
    async with database.reading() as connection:
        copy = await copy_of(connection, who, KEYS, NOW)
        nobody = await copy_of(connection, replace(who, value="none"), KEYS, NOW)
    assert nobody is None
    assert copy is not None
    assert copy.rows == dict.fromkeys(copy.rows, 1) | {
        "会话": 2,
        "身份": 4,
        "身份之间的关联": 3,
        "同意和撤回": 4,
    }
    path = tmp_path / "copy.json"
    assert write_copy(copy, path, tmp_path) == 1
    text = path.read_text()
    assert all(trace in text for trace in one.traces if trace != KEYS.hashed(one.phone))
    assert [trace for trace in other.traces if trace in text] == []
    assert json.loads(text)["接收营销消息"] == {"同意": False, "时间": "2026-11-23T12:00:00+08:00"}
    files = tmp_path / "copy.json.files"
    assert [(each.name, each.read_text()) for each in files.iterdir()] == [("file1", one.words)]
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, files, files / "file1")]
    assert modes == [0o600, 0o700, 0o600]
    with pytest.raises(FileExistsError):
        write_copy(copy, path, tmp_path)
