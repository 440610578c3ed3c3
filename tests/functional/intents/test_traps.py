"""What goes wrong with Rasa when nobody looks, and must not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from conversations.errors import Transient
from conversations.guidance import Ending, merged
from handlers.guided.conversing import tracker_id
from intents.rasa_service import environment
from intents.rasa_service.client import RasaClient
from tests.functional.intents.dialogue import Dialogue, dialogue_with
from tests.servers.rasa import RasaServer

pytestmark = pytest.mark.timeout(900)  # whoever is first starts Rasa, and trains it where the data are new

TRACKER = {"slots": {}, "latest_message": {"text": "", "metadata": {"key": "k", "who": "w"}}}


async def test_it_is_our_model_that_is_loaded(dialogue: Dialogue) -> None:
    """`rasa run -m missing.tar.gz` silently loads another one."""
    assert Path(await dialogue.client.model_file()).name == dialogue.rasa.model.name


async def test_without_the_token_nothing_is_read(dialogue: Dialogue) -> None:
    """The REST channel has no lock of its own (hence loopback); everything else does."""
    async with aiohttp.ClientSession() as session:
        stranger = RasaClient(session, dialogue.rasa.url, token="wrong", parse_seconds=5, guide_seconds=5)
        with pytest.raises(Transient):
            await stranger.parse("你好")
        with pytest.raises(Transient):
            await stranger.model_file()


async def test_without_the_secret_no_action_runs(dialogue: Dialogue) -> None:
    url = f"http://127.0.0.1:{dialogue.rasa.actions_port}/rasa/actions"
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"X-Xiaoer-Secret": "wrong"}):
            async with session.post(
                url, json={"next_action": "validate_return_form"}, headers=headers
            ) as answer:
                assert answer.status == 403
        right = {"X-Xiaoer-Secret": dialogue.rasa.action_secret}
        unknown = {"next_action": "action_unheard_of", "sender_id": "a", "tracker": TRACKER}
        async with session.post(url, json=unknown, headers=right) as answer:
            assert answer.status == 400
            assert (await answer.json())["action_name"] == "action_unheard_of"
        async with session.post(url, data=b"{", headers=right) as answer:
            assert answer.status == 400


async def test_while_our_actions_are_away_nothing_is_handed_in_and_the_message_is_no_answer(
    rasa: RasaServer,
) -> None:
    """Rasa still runs the submit action then, and the customer would get an empty reply."""
    async with dialogue_with(rasa) as dialogue:
        await dialogue.begins("return_goods", "我要退货")
        await dialogue.hears("抽纸", "不喜欢")
        tracker = dialogue.tracker
    async with aiohttp.ClientSession() as session:
        client = RasaClient(session, rasa.url, token=rasa.token, parse_seconds=10, guide_seconds=20)
        told = dialogue.told("lost")
        assert merged(await client.tell(tracker, "确认提交", told=told)).errands == ()
    async with dialogue_with(rasa) as dialogue:
        dialogue.tracker = tracker
        done = await dialogue.hears("确认提交")
        assert done.ending is Ending.DONE
        assert len(done.errands) == 1


async def test_an_id_that_needs_quoting_would_be_another_tracker(dialogue: Dialogue) -> None:
    """Rasa takes an id in a path as it stands there: what was heard could never be found again."""
    told = dialogue.told("quoted")
    await dialogue.client.begin("a:b#c", "return_goods", "我要退货", told=told)
    path = "/conversations/{}/tracker?include_events=ALL"
    found = await asyncio.to_thread(dialogue.rasa.request, "GET", path.format("a%3Ab%23c"))
    assert "quoted" not in json.dumps(found)
    assert tracker_id("a:b#c", "d", "e").isalnum()


async def test_entities_and_intents_are_read(dialogue: Dialogue) -> None:
    parsed = await dialogue.client.parse("我要退货")
    assert parsed.intent == "return_goods"
    assert parsed.confidence > 0.5
    assert parsed.ranking[0] == (parsed.intent, parsed.confidence)
    assert len(parsed.ranking) >= 5


async def test_any_text_is_read(dialogue: Dialogue) -> None:
    for text in ("", " ", "/", "/restart", "🙂" * 50, "啊" * 5000, "\x00\u200b", '{"a": 1}'):
        parsed = await dialogue.client.parse(text)
        assert 0 <= parsed.confidence <= 1
        assert not parsed.intent.startswith("restart")


async def test_rasa_stays_below_a_gigabyte(dialogue: Dialogue) -> None:
    await asyncio.gather(*(dialogue.client.parse(f"我要退货{number}") for number in range(20)))
    assert dialogue.rasa.resident_bytes() < 1_000_000_000


def test_our_environment_never_imports_rasa() -> None:
    found = list(environment.ROOT.glob(".venv/lib/python3*/site-packages/rasa"))
    assert found == []
