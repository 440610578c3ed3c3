"""One puller per account, and a page with its cursor or neither."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from bot.pulling.bells import Bell, Bells
from bot.pulling.contents import HISTORY
from bot.pulling.store import LEASE_MS, TOKEN_LIFE_MS, PullStore
from storage.database import Database
from storage.schema import conversations, inbox, kefu_sessions, media, messages, outbox, reply_windows
from storage.times import now_ms, to_ms
from tests.contract.bot.pulling.pages import (
    RECONCILE_MS,
    account,
    change_account,
    claim_one,
    page,
    puller,
    rows,
)
from tests.unit.channels.kefu.pulled import ACCOUNT, CUSTOMER, NOW, event, message, text

CONVERSATION = f"kefu:{ACCOUNT}:{CUSTOMER}"
NOW_MS = to_ms(NOW)


async def ring(database: Database, *, token: str = "t1", at: int = NOW_MS, name: str = ACCOUNT) -> None:
    await Bells(database).ring(Bell(account=name, token=token, rung_ms=at))


@pytest.fixture
async def store(database: Database) -> PullStore:
    """Enrolled, and the account has never been pulled."""
    made = puller(database)
    await made.enrol()
    return made


async def pulled(store: PullStore) -> None:
    """The account has been pulled to the end once."""
    await store.finish(await claim_one(store))


async def test_enrolling_twice_keeps_where_we_stand(database: Database, store: PullStore) -> None:
    kept = await store.keep_page(await claim_one(store), page(), "c1")
    assert kept is not None
    await store.finish(kept)
    await store.enrol()
    assert (await account(database)).cursor == "c1"


async def test_a_new_account_is_pulled_though_no_bell_rang(store: PullStore) -> None:
    pull = await claim_one(store)
    assert (pull.account, pull.cursor, pull.bells, pull.bell_token, pull.first) == (ACCOUNT, "", 0, "", True)


async def test_of_two_workers_one_gets_the_account(database: Database, store: PullStore) -> None:
    other = puller(database, "two")
    mine, theirs = await asyncio.gather(store.claim(NOW_MS), other.claim(NOW_MS))
    assert len([*mine, *theirs]) == 1
    assert await store.claim(NOW_MS) == []


async def test_accounts_of_others_are_left_alone(database: Database, store: PullStore) -> None:
    await ring(database, name="wkNotOurs")
    assert [pull.account for pull in await store.claim(NOW_MS)] == [ACCOUNT]


async def test_several_accounts_are_taken_at_once(database: Database) -> None:
    store = puller(database, accounts=("wk2", "wk1"))
    await store.enrol()
    assert [pull.account for pull in await store.claim(NOW_MS)] == ["wk1", "wk2"]


async def test_nobody_pulls_what_was_pulled_until_a_bell_rings(database: Database, store: PullStore) -> None:
    await pulled(store)
    assert await store.claim(NOW_MS) == []
    await ring(database)
    pull = await claim_one(store)
    assert (pull.bells, pull.bell_token, pull.first) == (1, "t1", False)


async def test_a_bell_during_a_pull_leads_to_another(database: Database, store: PullStore) -> None:
    await pulled(store)
    await ring(database)
    pull = await claim_one(store)
    await ring(database, token="t2")
    await store.finish(pull)
    again = await claim_one(store)
    assert (again.bells, again.bell_token) == (2, "t2")
    await store.finish(again)
    assert await store.claim(NOW_MS) == []


async def test_bells_can_be_lost_so_it_is_looked_now_and_then(database: Database, store: PullStore) -> None:
    await pulled(store)
    await change_account(database, pulled_ms=now_ms() - RECONCILE_MS + 10_000)
    assert await store.claim(NOW_MS) == []
    await change_account(database, pulled_ms=now_ms() - RECONCILE_MS)
    assert (await claim_one(store)).first is False


@pytest.mark.parametrize(
    ("age_ms", "token"),
    [(0, "t1"), (TOKEN_LIFE_MS - 1, "t1"), (TOKEN_LIFE_MS, ""), (-1, "")],
)
async def test_a_bells_token_is_used_while_it_is_young(
    database: Database, store: PullStore, age_ms: int, token: str
) -> None:
    await ring(database, at=NOW_MS - age_ms)
    assert (await claim_one(store)).bell_token == token


async def test_a_page_and_its_cursor_are_kept_together(database: Database, store: PullStore) -> None:
    pull = await claim_one(store)
    picture = message("image", {"media_id": "MEDIA-1"}, msgid="b")
    kept = await store.keep_page(pull, page(text(msgid="a"), picture), "c1")
    assert kept == replace(pull, cursor="c1")
    assert (await account(database)).cursor == "c1"
    stored = await rows(database, inbox)
    assert [(row.key, row.conversation_id, row.state, row.answer) for row in stored] == [
        (f"kefu:{ACCOUNT}:a", CONVERSATION, "waiting", "active"),
        (f"kefu:{ACCOUNT}:b", CONVERSATION, "waiting", "active"),
    ]
    assert [row.id for row in await rows(database, conversations)] == [CONVERSATION]
    assert [(row.trigger, row.used) for row in await rows(database, reply_windows)] == [("message", 0)]
    assert [row.media_id for row in await rows(database, media)] == ["MEDIA-1"]


async def test_a_thousand_items_stand_in_the_platforms_order(database: Database, store: PullStore) -> None:
    bodies = [text(msgid=f"m{n}", external_userid=f"wm{n % 7}") for n in range(1000)]
    assert await store.keep_page(await claim_one(store), page(*bodies), "c1") is not None
    assert [row.key for row in await rows(database, inbox)] == [f"kefu:{ACCOUNT}:m{n}" for n in range(1000)]


async def test_whoever_lost_the_account_writes_nothing(database: Database, store: PullStore) -> None:
    lost = await claim_one(store)
    await change_account(database, lease_until_ms=0)
    taken = await claim_one(puller(database, "two"))

    late = page(text(msgid="late"), event("enter_session", welcome_code="w"))
    assert await store.keep_page(lost, late, "c-late") is None
    assert await rows(database, inbox) == []
    assert await rows(database, outbox) == []
    assert (await account(database)).cursor == ""

    await store.finish(lost)
    await store.pause(lost, seconds=300)
    row = await account(database)
    assert (row.lease_token, row.pulled_ms, row.due_ms, row.failures) == (taken.lease, 0, 0, 0)
    assert await puller(database, "two").keep_page(taken, page(text(msgid="a")), "c1") is not None


async def test_each_page_renews_the_lease(database: Database, store: PullStore) -> None:
    pull = await claim_one(store)
    await change_account(database, lease_until_ms=now_ms() + 1)
    before = now_ms()
    await store.keep_page(pull, page(), "c1")
    assert (await account(database)).lease_until_ms >= before + LEASE_MS


async def test_a_page_that_cannot_be_written_leaves_the_cursor(database: Database, store: PullStore) -> None:
    pull = await claim_one(store)
    good = page(text(msgid="a"), text(msgid="b"))
    broken = replace(good, arrivals=[good.arrivals[0], replace(good.arrivals[1], triggered_ms="never")])  # type: ignore[arg-type]
    if database.is_sqlite:  # which takes any value in any column
        broken = replace(good, arrivals=[good.arrivals[0], replace(good.arrivals[1], received_ms=None)])  # type: ignore[arg-type]
    with pytest.raises((SQLAlchemyError, TypeError)):
        await store.keep_page(pull, broken, "c1")
    assert (await account(database)).cursor == ""
    assert await rows(database, inbox) == []
    assert await store.keep_page(pull, good, "c1") is not None
    assert len(await rows(database, inbox)) == 2


async def test_the_same_page_again_changes_nothing(database: Database, store: PullStore) -> None:
    """An empty cursor brings three days again."""
    again = page(
        text(msgid="a"),
        {
            **event("session_status_change", change_type=3, old_servicer_userid="li", msg_code="c"),
            "msgid": "e",
        },
    )
    pull = await claim_one(store)
    await store.keep_page(pull, again, "c1")
    async with database.writing() as connection:
        await connection.execute(reply_windows.update().values(used=3))
        await connection.execute(inbox.update().values(state="done"))
        await connection.execute(insert(kefu_sessions).values(conversation_id=CONVERSATION, state=1))
    await store.keep_page(pull, again, "c2")
    assert [row.state for row in await rows(database, inbox)] == ["done", "done"]
    assert [row.used for row in await rows(database, reply_windows)] == [3]
    assert [row.state for row in await rows(database, kefu_sessions)] == [1]
    assert len(await rows(database, outbox)) == 1


async def test_what_is_taken_back_before_its_turn_is_done(database: Database, store: PullStore) -> None:
    pull = await claim_one(store)
    await store.keep_page(pull, page(text(msgid="a"), text(msgid="b")), "c1")
    back = [{**event("user_recall_msg", recall_msgid=f"{n}"), "msgid": f"r{n}"} for n in "ac"]
    await store.keep_page(pull, page(text(msgid="c"), *back), "c2")
    states = [(row.key, row.state, row.error) for row in await rows(database, inbox) if ":r" not in row.key]
    assert states == [
        (f"kefu:{ACCOUNT}:a", "done", "recalled"),
        (f"kefu:{ACCOUNT}:b", "waiting", None),
        (f"kefu:{ACCOUNT}:c", "done", "recalled"),
    ]


async def test_what_was_answered_already_cannot_be_taken_back(database: Database, store: PullStore) -> None:
    pull = await claim_one(store)
    await store.keep_page(pull, page(text(msgid="a")), "c1")
    async with database.writing() as connection:
        await connection.execute(inbox.update().values(state="done"))
    await store.keep_page(pull, page(event("user_recall_msg", recall_msgid="a")), "c2")
    assert [row.error for row in await rows(database, inbox)] == [None, None]


async def test_a_session_that_changed_is_asked_about_again(database: Database, store: PullStore) -> None:
    async with database.writing() as connection:
        for name in (CONVERSATION, "kefu:wk:other"):
            await connection.execute(insert(kefu_sessions).values(conversation_id=name, state=1))
    changed = event("session_status_change", change_type=1, new_servicer_userid="li")
    await store.keep_page(await claim_one(store), page(changed), "c1")
    assert {row.conversation_id: row.state for row in await rows(database, kefu_sessions)} == {
        CONVERSATION: None,
        "kefu:wk:other": 1,
    }


async def test_what_a_code_pays_for_is_written_with_its_event(database: Database, store: PullStore) -> None:
    await store.keep_page(await claim_one(store), page(event("enter_session", welcome_code="w")), "c1")
    (row,) = await rows(database, outbox)
    assert (row.lane, row.state, row.conversation_id) == ("code", "pending", CONVERSATION)
    assert [line.author for line in await rows(database, messages)] == ["bot"]


async def test_history_is_kept_in_the_transcript_and_not_thought_about(
    database: Database, store: PullStore
) -> None:
    old: dict[str, Any] = {
        **text("昨天", msgid="a"),
        "send_time": int((NOW - HISTORY - timedelta(hours=9)).timestamp()),
    }
    pull = await claim_one(store)
    for cursor in ("c1", "c2"):
        await store.keep_page(pull, page(old, first=True), cursor)
    assert [(row.state, row.error) for row in await rows(database, inbox)] == [("done", "history")]
    (line,) = await rows(database, messages)
    assert (line.author, line.conversation_id) == ("customer", CONVERSATION)


async def test_a_first_pull_that_was_cut_off_is_still_the_first(database: Database, store: PullStore) -> None:
    pull = await claim_one(store)
    assert await store.keep_page(pull, page(text(msgid="a")), "c1") is not None
    await store.pause(pull, seconds=0)
    again = await claim_one(store)
    assert (again.first, again.cursor) == (True, "c1")
    await store.finish(again)
    await ring(database)
    assert (await claim_one(store)).first is False


async def test_a_failed_pull_waits_its_time_and_counts(database: Database, store: PullStore) -> None:
    await store.pause(await claim_one(store), seconds=60)
    assert await store.claim(NOW_MS) == []
    await change_account(database, due_ms=0)
    again = await claim_one(store)
    assert again.failures == 1
    kept = await store.keep_page(again, page(), "c1")
    assert kept is not None
    assert kept.failures == 0, "it goes on, so the next failure is the first one again"
    await store.pause(kept, seconds=0)
    assert (await claim_one(store)).failures == 1
