"""Bells are on disk before they are acknowledged, and none is forgotten."""

from __future__ import annotations

import asyncio

import pytest

from bot.pulling.bells import Bell, Bells, bell_in
from storage.database import Database
from storage.schema import kefu_accounts
from tests.contract.bot.pulling.pages import puller, rows
from tests.unit.channels.kefu.pulled import ACCOUNT


def bell(account: str = ACCOUNT, token: str = "t", at: int = 1_000) -> Bell:
    return Bell(account=account, token=token, rung_ms=at)


async def test_a_bell_of_an_account_never_heard_of_is_kept(database: Database) -> None:
    await Bells(database).ring(bell())
    (row,) = await rows(database, kefu_accounts)
    assert (row.account, row.bells, row.served_bells, row.bell_token, row.bell_ms) == (
        ACCOUNT,
        1,
        0,
        "t",
        1_000,
    )


async def test_the_newest_token_counts(database: Database) -> None:
    bells = Bells(database)
    await bells.ring(bell(token="old"))
    await bells.ring(bell(token="new", at=2_000))
    (row,) = await rows(database, kefu_accounts)
    assert (row.bells, row.bell_token, row.bell_ms) == (2, "new", 2_000)


async def test_many_at_once_ring_for_each_account(database: Database) -> None:
    await puller(database).enrol()
    mine, theirs = Bells(database), Bells(database)
    await asyncio.gather(
        *(bells.ring(bell(f"wk{n % 3}", token=f"t{n}")) for n in range(60) for bells in (mine, theirs))
    )
    kept = {row.account: row for row in await rows(database, kefu_accounts)}
    assert sorted(kept) == sorted(["wk0", "wk1", "wk2", ACCOUNT])
    assert all(kept[f"wk{n}"].bells > 0 for n in range(3))
    assert kept[ACCOUNT].bells == 0


async def test_ringing_leaves_where_the_pulling_stands(database: Database) -> None:
    store = puller(database)
    await store.enrol()
    (pull,) = await store.claim(0)
    await Bells(database).ring(bell())
    (row,) = await rows(database, kefu_accounts)
    assert (row.lease_token, row.cursor, row.pulled_ms) == (pull.lease, "", 0)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"Event": "kf_msg_or_event", "OpenKfId": "wk1", "Token": "t"}, bell("wk1")),
        ({"Event": "KF_MSG_OR_EVENT", "OpenKfId": "wk1", "Token": "t"}, bell("wk1")),
        ({"Event": "kf_msg_or_event", "OpenKfId": "wk1"}, bell("wk1", token="")),
        ({"Event": "kf_msg_or_event", "Token": "t"}, None),
        ({"Event": "enter_agent", "OpenKfId": "wk1", "Token": "t"}, None),
        ({"MsgType": "text", "OpenKfId": "wk1"}, None),
        ({}, None),
    ],
)
def test_what_a_bell_is(fields: dict[str, object], found: Bell | None) -> None:
    assert bell_in(fields, 1_000) == found
