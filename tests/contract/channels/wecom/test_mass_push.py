"""A push is made once whatever the platform answers, and open work is found by its index."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Select, select, text
from sqlalchemy.dialects import sqlite

from channels.calls import Result
from channels.outcomes import NotSent, OutcomeUnknown, Refused
from channels.wecom.mass import MassKind, MassMessage, MassMessages
from channels.wecom.mass_push import MassPushes
from channels.wecom.mass_store import MassStore, MassTask
from storage.database import Database
from storage.groups_schema import customer_groups, is_stale, is_unfinished, mass_tasks
from tests.unit.channels.wecom.qyapi import FakeQyApi, errcode, ok

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MESSAGE = MassMessage(kind=MassKind.GROUP, receivers=("wr1",), sender="li", text="上新啦")
MADE = ok(msgid="msg1", fail_list=[])
LOST = OutcomeUnknown(reason="no answer")


def pushes(database: Database, *answers: Result) -> tuple[MassPushes, FakeQyApi]:
    api = FakeQyApi(*answers)
    return MassPushes(MassMessages(api), MassStore(database)), api


async def test_the_same_push_is_asked_for_once(database: Database) -> None:
    ours, api = pushes(database, MADE)
    first = await ours.make("k1", MESSAGE, NOW)
    assert isinstance(first, MassTask)
    assert first.msgid == "msg1"
    assert await ours.make("k1", MESSAGE, NOW) == first
    assert len(api.asked) == 1


async def test_what_was_certainly_not_made_may_be_tried_again(database: Database) -> None:
    ours, api = pushes(database, errcode(45009), MADE)
    assert isinstance(await ours.make("k1", MESSAGE, NOW), NotSent)
    assert isinstance(await ours.make("k1", MESSAGE, NOW), MassTask)
    assert len(api.asked) == 2


@pytest.mark.parametrize(
    ("answer", "outcome", "state"),
    [
        (LOST, OutcomeUnknown, "unknown"),
        (errcode(-1), OutcomeUnknown, "unknown"),
        (errcode(40058), Refused, "refused"),
    ],
)
async def test_what_may_have_been_made_is_never_made_again(
    database: Database, answer: Result, outcome: type, state: str
) -> None:
    ours, api = pushes(database, answer)
    assert isinstance(await ours.make("k1", MESSAGE, NOW), outcome)
    task = await ours.make("k1", MESSAGE, NOW)
    assert isinstance(task, MassTask)
    assert (task.state, task.msgid) == (state, None)
    assert len(api.asked) == 1
    for done in (await ours.remind("k1", NOW), await ours.cancel("k1", NOW), await ours.look("k1", NOW)):
        assert isinstance(done, Refused)


async def test_a_look_that_fails_changes_nothing(database: Database) -> None:
    ours, _ = pushes(
        database, MADE, ok(task_list=[{"userid": "li", "status": 2}]), errcode(-1), errcode(45009)
    )
    before = await ours.make("k1", MESSAGE, NOW)
    assert isinstance(await ours.look("k1", NOW), NotSent)
    assert isinstance(await ours.look("k1", NOW), NotSent)
    assert await ours.make("k1", MESSAGE, NOW) == before


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (select(customer_groups.c.chat_id).where(is_stale()), "ix_customer_groups_stale"),
        (
            select(mass_tasks).where(is_unfinished()).order_by(mass_tasks.c.checked_ms),
            "ix_mass_tasks_unfinished",
        ),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_open_work_is_found_by_its_index(database: Database, query: Select[Any], index: str) -> None:
    async with database.reading() as connection:
        plan = await connection.execute(text(f"EXPLAIN QUERY PLAN {query.compile(dialect=sqlite.dialect())}"))
        assert any(index in str(row) for row in plan)
