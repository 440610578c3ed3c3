"""Cards of a case: a notice for each member, written with the turn, once, in a conversation that may be new."""

from __future__ import annotations

import json

from sqlalchemy import func, insert, select

from bot.inbox import ensure_conversations
from bot.turns import Card, Finished
from conversations.address import Address, Channel
from conversations.outcomes import HandOver, HandOverReason
from conversations.replies import CardReply, to_stored
from escalation.cases import Case, open_case
from storage.schema import cases, conversations, outbox
from tests.contract.bot.engine import Engine, text

LAN = Address(channel=Channel.WECOM, account="1000002", peer="lan")
MEI = Address(channel=Channel.WECOM, account="1000002", peer="mei")


def card(to: Address) -> Card:
    return Card(address=to, body=to_stored(CardReply(task_id=f"case-{to.peer}", card={"card_type": "x"})))


async def turn(engine: Engine, *cards: Card) -> Finished:
    """A turn that opens a case and tells members of it."""
    await engine.arrives(wait_ms=0)
    claimed = await engine.claim_one()
    wish = HandOver(reason=HandOverReason.ASKED_FOR, summary="转人工")
    case: Case = open_case(
        wish, message=claimed.key, conversation_id=claimed.conversation_id, now=engine.clock.now()
    )
    return Finished(claimed=claimed, speeches=(text("已记下"),), case=case, cards=cards, transcript="{}")


async def test_each_member_has_a_card_and_a_conversation_of_their_own(engine: Engine) -> None:
    committed = await engine.turns.commit(await turn(engine, card(LAN), card(MEI)))
    assert committed is not None
    assert committed.to_deliver
    known = {row.id: (row.channel, row.account, row.peer) for row in await engine.rows(conversations)}
    assert known[LAN.conversation_id] == ("wecom", "1000002", "lan")
    notices = [row for row in await engine.rows(outbox) if row.kind == "notice"]
    assert {row.conversation_id for row in notices} == {LAN.conversation_id, MEI.conversation_id}
    assert {json.loads(row.body)["type"] for row in notices} == {"card"}
    assert len(await engine.rows(cases)) == 1


async def test_a_member_who_is_known_stays_as_they_are(engine: Engine) -> None:
    async with engine.database.writing() as connection:
        await connection.execute(
            insert(conversations).values(
                id=LAN.conversation_id,
                channel="wecom",
                account="1000002",
                peer="lan",
                first_seen_ms=7,
                epoch=3,
            )
        )
    await engine.turns.commit(await turn(engine, card(LAN)))
    (row,) = [row for row in await engine.rows(conversations) if row.peer == "lan"]
    assert (row.first_seen_ms, row.epoch) == (7, 3)


async def test_two_turns_at_once_tell_the_same_members(engine: Engine) -> None:
    """Two workers meet in the members' conversations."""
    await engine.arrives("wang", wait_ms=0)
    await engine.arrives("li", wait_ms=0)
    for claimed in await engine.turns.claim(2):
        wish = HandOver(reason=HandOverReason.ASKED_FOR, summary="转人工")
        case = open_case(
            wish, message=claimed.key, conversation_id=claimed.conversation_id, now=engine.clock.now()
        )
        finished = Finished(claimed=claimed, case=case, cards=(card(LAN), card(MEI)), transcript="{}")
        assert await engine.turns.commit(finished) is not None
    assert len([row for row in await engine.rows(outbox) if row.kind == "notice"]) == 4


async def test_cards_are_lost_with_the_turn(engine: Engine) -> None:
    finished = await turn(engine, card(LAN))
    async with engine.database.writing() as connection:
        await connection.execute(conversations.update().values(epoch=9))
    assert await engine.turns.commit(finished) is None
    assert [row.peer for row in await engine.rows(conversations)] == ["wang"]
    assert await engine.rows(outbox) == []


async def test_nobody_to_make_known_is_no_work(engine: Engine) -> None:
    async with engine.database.writing() as connection:
        await ensure_conversations(connection, {}, 1)
        count = (await connection.execute(select(func.count()).select_from(conversations))).scalar_one()
    assert count == 0
