"""Nothing is doubled and nothing lost when a message comes again, or Rasa is killed in the middle."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

import pytest

from conversations.errors import Transient
from conversations.guidance import Ending, Guidance, merged
from handlers.guided.conversing import tracker_id
from tests.functional.intents.dialogue import Dialogue, dialogue_with
from tests.servers.rasa import RasaServer

LINES = ("我要退货", "抽纸", "不喜欢", "确认提交")
KILLS = 3
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
    tracker = tracker_id("official:gh_shop:wang", f"k{number}-0")
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
