"""Questions are written by the commit of the turn that asked them, and by no other."""

from __future__ import annotations

import json

from bot.people_said import people_said
from bot.question_pruning import prune_questions
from bot.turns import Claimed, Finished
from conversations.facts import Fact
from conversations.ownership import to_agent
from conversations.questions import AskedQuestion, Reaction
from knowledge_base.mining.store import questions_between
from storage.questions_schema import question_marks, questions
from storage.schema import messages
from storage.times import from_ms, now_ms
from tests.contract.bot.engine import Engine

ASKED = AskedQuestion(text="怎么退货", reaction=Reaction.ASKED, rule="unsure", entries=("return", "refund"))


def finished(claimed: Claimed, **changes: object) -> Finished:
    return Finished(claimed=claimed, transcript="{}", **changes)  # type: ignore[arg-type]


async def test_a_question_is_written_with_its_turn(engine: Engine) -> None:
    await engine.arrives()
    claimed = await engine.claim_one()
    await engine.turns.commit(finished(claimed, question=ASKED))
    (row,) = await engine.rows(questions)
    assert (row.key, row.conversation_id, row.channel) == (claimed.key, claimed.conversation_id, "official")
    assert (row.text, row.reaction, json.loads(row.entries)) == ("怎么退货", "asked", ["return", "refund"])


async def test_a_turn_that_lost_its_lease_writes_nothing(engine: Engine) -> None:
    await engine.arrives()
    stale = await engine.claim_one()
    await engine.lapse_leases()
    (fresh,) = await engine.other_turns.claim(1)
    assert await engine.turns.commit(finished(stale, question=ASKED)) is None
    assert await engine.rows(questions) == []
    await engine.other_turns.commit(finished(fresh, question=ASKED))
    assert len(await engine.rows(questions)) == 1


async def test_a_choice_and_a_hand_over_mark_the_question_before(engine: Engine) -> None:
    for _ in range(3):
        await engine.arrives()
    asked = await engine.claim_one()
    await engine.turns.commit(finished(asked, question=ASKED))
    chose = Fact(name="faq.chosen", details={"entry": "refund", "place": 2})
    await engine.turns.commit(finished(await engine.claim_one(), facts=(chose,)))
    taken = await engine.claim_one()
    await engine.turns.commit(finished(taken, ownership=to_agent(taken.conversation.ownership, "li")))
    marks = [(row.question_key, row.kind, row.value) for row in await engine.rows(question_marks)]
    assert marks == [(asked.key, "chosen", "refund"), (asked.key, "handed_over", taken.key)]


async def test_questions_are_kept_for_so_many_days(engine: Engine) -> None:
    await engine.arrives()
    await engine.turns.commit(finished(await engine.claim_one(), question=ASKED))
    assert await prune_questions(engine.database, days=1) == 0
    async with engine.database.writing() as connection:
        await connection.execute(questions.update().values(at_ms=now_ms() - 2 * 86_400_000))
    assert await prune_questions(engine.database, days=3) == 0
    assert await prune_questions(engine.database, days=1) == 1
    assert await engine.rows(questions) == []


async def test_what_agents_said_after_a_hand_over_is_found_without_personal_data(engine: Engine) -> None:
    await engine.arrives()
    await engine.arrives()
    asked = await engine.claim_one()
    await engine.turns.commit(finished(asked, question=ASKED))
    taken = await engine.claim_one()
    await engine.turns.commit(finished(taken, ownership=to_agent(taken.conversation.ownership, "li")))
    kefu = {
        "msgtype": "text",
        "origin": 5,
        "servicer_userid": "li",
        "external_userid": "wm1",
        "open_kfid": "wk1",
        "send_time": 1_790_000_000,
        "text": {"content": "请拨 13812345678，我们上门取件。"},
    }
    said = [
        ("s1", "agent:li", kefu),
        ("s2", "agent:li", {"type": "text", "text": "退货在订单里申请就行。"}),
        ("s3", "customer", {"type": "text", "text": "好"}),
        ("s4", "agent:li", {"type": "image", "media_id": "m"}),
    ]
    async with engine.database.writing() as connection:
        shared = {"conversation_id": asked.conversation_id, "at_ms": now_ms() + 1_000}
        rows = [{**shared, "key": key, "author": who, "body": json.dumps(body)} for key, who, body in said]
        await connection.execute(messages.insert(), rows)
    async with engine.database.reading() as connection:
        logged = await questions_between(connection, from_ms(0), from_ms(now_ms() + 60_000))
        found = await people_said(connection, logged)
    assert found == {asked.conversation_id: ("请拨 （已隐去），我们上门取件。", "退货在订单里申请就行。")}
