"""A running simulator with a corp, and a receiver of its callbacks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from simulator.settings import Settings
from tests.functional.simulator.conftest import running
from tests.functional.simulator.corp_bot import CorpBot, CorpClient, corp_settings, listening


@pytest.fixture
async def corp_bot() -> CorpBot:
    """The receiver, to be changed by a test."""
    return CorpBot()


@pytest.fixture
async def corp(settings: Settings, corp_bot: CorpBot) -> AsyncIterator[CorpClient]:
    """Account and corp, serving, with the platform's real patience."""
    async with (
        listening(corp_bot) as url,
        running(replace(settings, corp=corp_settings(url), timeout_scale=1.0)) as client,
    ):
        yield CorpClient(client, corp_bot)
