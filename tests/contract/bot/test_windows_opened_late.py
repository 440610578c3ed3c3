"""What we said since the person wrote counts, however late we hear of it: on both databases."""

from __future__ import annotations

from bot.inbox import Arrival
from conversations.inbound import MessageKey, Trigger
from storage.schema import reply_windows
from storage.times import now_ms, to_ms
from tests.contract.bot.engine import Engine, address

SAID = 1
"""Replies charged so far."""


async def _says_something(engine: Engine, *, others: int = 0) -> int:
    """The message of ours is answered, behind so many others; returns the time after which nothing was said."""
    await engine.arrives(wait_ms=0)
    if others:
        await engine.turns.claim(others)
    await engine.answers(await engine.claim_one(), "好")
    await engine.sent(await engine.dispatch_one())
    assert await _used(engine) == SAID
    return now_ms() + 1


async def _used(engine: Engine) -> int:
    windows = {row.conversation_id: row.used for row in await engine.rows(reply_windows)}
    return int(windows[address().conversation_id])


async def _arrives(engine: Engine, written_ms: int | None) -> None:
    now = now_ms() + 5_000
    await engine.inbox.accept(
        Arrival(
            key=MessageKey("late"),
            address=address(),
            body={"MsgType": "text", "Content": "还有"},
            trigger=Trigger.MESSAGE,
            triggered_ms=to_ms(engine.clock.now()),
            received_ms=now,
            decide_by_ms=now,
            written_ms=written_ms,
        )
    )


async def test_what_was_said_since_the_message_was_written_counts_still(engine: Engine) -> None:
    said = await _says_something(engine)
    await _arrives(engine, said - 10_000)
    assert await _used(engine) == SAID


async def test_what_was_said_before_counts_no_more(engine: Engine) -> None:
    said = await _says_something(engine)
    await _arrives(engine, said)
    assert await _used(engine) == 0


async def test_a_message_of_this_moment_opens_a_window_of_its_own(engine: Engine) -> None:
    await _says_something(engine)
    await _arrives(engine, None)
    assert await _used(engine) == 0


async def test_everybody_is_asked_about_their_own_conversation_only(engine: Engine) -> None:
    for peer in ("li", "zhao"):
        await engine.arrives(peer, wait_ms=0)
    said = await _says_something(engine, others=2)
    await _arrives(engine, said - 10_000)
    assert await _used(engine) == SAID


async def test_a_send_under_way_counts(engine: Engine) -> None:
    said = await _says_something(engine)
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "好")
    await engine.dispatch_one()
    await _arrives(engine, said)
    assert await _used(engine) == SAID
