"""The shop of each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from channels.kefu.adapter import KefuChannel
from channels.kefu.client import KefuClient
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.gettoken import GetToken
from channels.wecom.settings import WecomSettings
from conversations.clock import OffsetClock
from simulator.settings import Settings
from tests.functional.channels.kefu.shop import Shop
from tests.functional.simulator.conftest import running
from tests.functional.simulator.corp_bot import (
    AES_KEY,
    CORP_ID,
    SECRET,
    TOKEN,
    CorpBot,
    CorpClient,
    corp_settings,
    listening,
)
from tests.functional.simulator.echo_bot import AES_KEY as OFFICIAL_KEY
from tests.functional.simulator.echo_bot import APP_ID, APP_SECRET, ORIGINAL_ID
from tests.functional.simulator.echo_bot import TOKEN as OFFICIAL_TOKEN
from tests.unit.channels.kefu.platform import MemorySessions


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    bot = CorpBot()
    async with listening(bot) as callback_url:
        offset = tmp_path / "offset"
        world = Settings(
            app_id=APP_ID,
            app_secret=APP_SECRET,
            original_id=ORIGINAL_ID,
            token=OFFICIAL_TOKEN,
            aes_key=OFFICIAL_KEY,
            callback_url="http://127.0.0.1:9/callback/official",
            port=0,
            timeout_scale=0.05,
            clock_offset_file=offset,
            corp=corp_settings(callback_url),
        )
        async with running(world) as sim, aiohttp.ClientSession() as session:
            ours = WecomSettings.model_validate(
                {
                    "enabled": True,
                    "api_base": sim.corp_url,
                    "corp_id": CORP_ID,
                    "agent_id": 1_000_002,
                    "secret": SECRET,
                    "token": TOKEN,
                    "encoding_aes_key": AES_KEY,
                }
            )
            clock = OffsetClock(offset)
            client = KefuClient(QyApi(ours, session, TokenKeeper(GetToken(ours, session))))
            sessions = MemorySessions(clock)
            channel = KefuChannel(ours, client, sessions, clock)
            yield Shop(CorpClient(sim, bot), client, channel, sessions)
