"""A promise about marketing, and doing without a person, are written with their turn or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.turns import Claimed, Committed, Finished
from conversations.consents import ConsentChange, Purpose
from conversations.outcomes import HandOver, HandOverReason
from customers.consent import current
from escalation.cases import open_case
from storage.consents_schema import consents
from storage.schema import cases
from tests.contract.bot.engine import Engine, address, text

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


async def _answered(engine: Engine, claimed: Claimed, granted: bool) -> Committed | None:
    change = ConsentChange(purpose=Purpose.MARKETING, granted=granted)
    return await engine.turns.commit(
        Finished(claimed=claimed, speeches=(text("好"),), consents=(change,), transcript="{}")
    )


async def test_a_consent_is_written_with_the_turn_and_names_its_message(engine: Engine) -> None:
    await engine.arrives(key="out")
    await _answered(engine, await engine.claim_one(), granted=False)
    await engine.arrives(key="back")
    await _answered(engine, await engine.claim_one(), granted=True)

    async with engine.database.reading() as connection:
        now = await current(connection, address().conversation_id, Purpose.MARKETING)
    assert now is not None
    assert (now.granted, now.source) == (True, "back")
    assert [row.granted for row in await engine.rows(consents)] == [0, 1]


async def test_a_turn_that_lost_its_lease_changes_no_consent(engine: Engine) -> None:
    await engine.arrives()
    lost = await engine.claim_one()
    await engine.lapse_leases()
    taken = await engine.claim_one()

    assert await _answered(engine, lost, granted=False) is None
    assert await engine.rows(consents) == []
    assert await _answered(engine, taken, granted=False) is not None
    assert len(await engine.rows(consents)) == 1


async def test_doing_without_a_person_closes_what_waits_for_one(engine: Engine) -> None:
    for peer in ("wang", "li"):
        await engine.arrives(peer, key=f"{peer}-asks")
        claimed = await engine.claim_one()
        asked = HandOver(reason=HandOverReason.ASKED_FOR, summary="转人工")
        case = open_case(asked, message=claimed.key, conversation_id=claimed.conversation_id, now=NOW)
        await engine.turns.commit(Finished(claimed=claimed, case=case, transcript="{}"))
    await engine.arrives("wang", key="wang-stays")
    await engine.turns.commit(
        Finished(claimed=await engine.claim_one(), withdraws_case=True, transcript="{}")
    )

    assert {row.key: row.state for row in await engine.rows(cases)} == {
        "wang-asks:case": "closed",
        "li-asks:case": "open",
    }
