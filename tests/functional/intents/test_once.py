"""Nothing is doubled and nothing lost when a message comes again, or Rasa is killed in the middle."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from conversations.errors import Transient
from conversations.guidance import Ending, Guidance, merged
from handlers.guided.conversing import tracker_id
from tests.functional.intents.dialogue import Dialogue, dialogue_with
from tests.servers.rasa import RasaServer

pytestmark = pytest.mark.timeout(900)  # whoever is first starts Rasa, and trains it where the data are new

LINES = ("我要退货", "抽纸", "不喜欢", "确认提交")
KILLS = 2
CONVERSATIONS = 8
LONGEST_WAIT = 150.0


@pytest.fixture
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaServer]:
    """A Rasa of one's own, to be killed."""
    server = RasaServer(tmp_path_factory.mktemp("mortal-rasa"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def test_a_message_that_comes_again_is_heard_once(dialogue: Dialogue) -> None:
    await dialogue.begins("return_goods", LINES[0])
    first = await dialogue.hears("抽纸")
    again = merged(await dialogue.client.tell(dialogue.tracker, "抽纸", told=dialogue.told(again=True)))
    assert again == first
    assert again.asked == "reason"


async def test_one_that_was_not_heard_is_heard_when_it_comes_again(dialogue: Dialogue) -> None:
    await dialogue.begins("return_goods", LINES[0])
    told = merged(
        await dialogue.client.tell(dialogue.tracker, "抽纸", told=dialogue.told("never", again=True))
    )
    assert told.asked == "reason"


@pytest.mark.parametrize("broken", ["validate_return_form", "action_ask_return_form_order_no"])
async def test_a_beginning_that_was_cut_off_is_begun_again(dialogue: Dialogue, broken: str) -> None:
    dialogue.actions.broken = frozenset({broken, "action_ask_return_form_product"})
    assert not (await dialogue.begins("return_goods", LINES[0])).is_whole
    dialogue.actions.broken = frozenset()
    told = dialogue.told(again=True)
    begun = merged(await dialogue.client.begin(dialogue.tracker, "return_goods", LINES[0], told=told))
    assert begun.asked == "product"
    assert (await dialogue.hears(*LINES[1:])).ending is Ending.DONE


@pytest.mark.parametrize("broken", ["validate_return_form", "action_ask_return_form_reason"])
async def test_an_answer_that_was_cut_off_is_taken_when_it_comes_again(
    dialogue: Dialogue, broken: str
) -> None:
    await dialogue.begins("return_goods", LINES[0])
    dialogue.actions.broken = frozenset({broken})
    assert not (await dialogue.hears("抽纸")).is_whole
    assert not (await dialogue.hears_again("抽纸")).is_whole
    dialogue.actions.broken = frozenset()
    told = await dialogue.hears_again("抽纸")
    assert (told.asked, dict(told.collected)) == (
        "reason",
        {"order_no": "HY20261101001", "product": "抽纸 24包"},
    )
    assert (await dialogue.hears(*LINES[2:])).ending is Ending.DONE


@pytest.mark.parametrize("last", ["确认提交", "算了不退了"])
@pytest.mark.parametrize("broken", ["validate_return_form", "action_submit_return_form"])
async def test_an_end_that_was_cut_off_is_reached_when_it_comes_again(
    dialogue: Dialogue, broken: str, last: str
) -> None:
    await dialogue.begins("return_goods", LINES[0])
    await dialogue.hears(*LINES[1:3])
    dialogue.actions.broken = frozenset({broken})
    assert not (await dialogue.hears(last)).is_whole
    assert not (await dialogue.hears_again(last)).is_whole
    dialogue.actions.broken = frozenset()
    done = await dialogue.hears_again(last)
    assert done.ending is (Ending.DONE if last == "确认提交" else Ending.CANCELLED)
    assert len(done.errands) == (last == "确认提交")
    assert await dialogue.hears_again(last) == done


async def test_a_message_that_rasa_hears_twice_all_the_same_counts_once(dialogue: Dialogue) -> None:
    """The first telling was too slow for us, and Rasa was still at it when we asked."""
    await dialogue.begins("return_goods", LINES[0])
    first = await dialogue.hears("抽纸")
    second = merged(await dialogue.client.tell(dialogue.tracker, "抽纸", told=dialogue.told()))
    assert second == first
    assert await dialogue.hears_again("抽纸") == first


async def test_a_form_waits_for_days(dialogue: Dialogue) -> None:
    """By itself Rasa begins a new session after an hour of silence, without the form."""
    await dialogue.begins("return_goods", LINES[0])
    await dialogue.hears("抽纸")
    _as_if_longer_ago(dialogue.rasa.folder / "trackers.db", dialogue.tracker, seconds=47 * 3600)
    told = await dialogue.hears("不喜欢")
    assert told.asked == "confirmed"
    assert told.collected["product"] == "抽纸 24包"


def _as_if_longer_ago(database: Path, tracker: str, *, seconds: float) -> None:
    """Sets back the times of a tracker's events, which Rasa keeps in a column and in their JSON."""
    with closing(sqlite3.connect(database)) as connection, connection:
        rows = connection.execute("SELECT id, data FROM events WHERE sender_id = ?", (tracker,)).fetchall()
        assert rows
        for number, data in rows:
            event = json.loads(data)
            event["timestamp"] -= seconds
            connection.execute(
                "UPDATE events SET timestamp = ?, data = ? WHERE id = ?",
                (event["timestamp"], json.dumps(event), number),
            )


async def test_the_same_words_twice_are_two_messages(dialogue: Dialogue) -> None:
    await dialogue.begins("return_goods", LINES[0])
    told = await dialogue.hears("抽纸", "抽纸")
    assert told.collected["reason"] == "抽纸"


async def test_the_end_can_be_read_again(dialogue: Dialogue) -> None:
    await dialogue.begins("return_goods", LINES[0])
    done = await dialogue.hears(*LINES[1:])
    again = merged(await dialogue.client.tell(dialogue.tracker, LINES[-1], told=dialogue.told(again=True)))
    assert again == done
    assert again.ending is Ending.DONE


@pytest.mark.timeout(900)
async def test_killed_again_and_again_every_conversation_hands_in_once(mortal: RasaServer) -> None:
    """Whoever carries out an errand goes by the message's key: the keys of all errands must be one a conversation."""
    async with dialogue_with(mortal) as dialogue:
        work = asyncio.gather(*(_played(dialogue, number) for number in range(CONVERSATIONS)))
        chance = random.Random(1)
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 1.0))
            mortal.kill()
            await asyncio.to_thread(mortal.start)
        endings = await asyncio.wait_for(work, LONGEST_WAIT)
    assert [ending.ending for ending in endings] == [Ending.DONE] * CONVERSATIONS
    assert [len(ending.errands) for ending in endings] == [1] * CONVERSATIONS
    for ending in endings:
        assert ending.errands[0].details == {"product": "抽纸 24包", "reason": "不喜欢"}


async def _played(dialogue: Dialogue, number: int) -> Guidance:
    """One customer, whose messages are tried again until Rasa answers, as the worker does."""
    tracker = tracker_id("official:gh_shop:wang", f"k{number}-0", "return_goods")
    led = Guidance()
    for place, text in enumerate(LINES):
        led = await _until_answered(dialogue, tracker, text, f"k{number}-{place}", begins=place == 0)
        await asyncio.sleep(0.1)
    return led


async def _until_answered(dialogue: Dialogue, tracker: str, text: str, key: str, *, begins: bool) -> Guidance:
    again = False
    while True:
        told = dialogue.told(key, again=again)
        try:
            if begins:
                pieces = await dialogue.client.begin(tracker, "return_goods", text, told=told)
            else:
                pieces = await dialogue.client.tell(tracker, text, told=told)
        except Transient:
            again = True
            await asyncio.sleep(0.5)
        else:
            return merged(pieces)
