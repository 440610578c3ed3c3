"""A corp with its bot, both serving."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.functional.simulator.staff_bot import StaffBot, listening, staff_settings
from tests.functional.simulator.staff_client import StaffClient, running_staff


@pytest.fixture
def bot() -> StaffBot:
    """The bot's behaviour, to be changed by a test."""
    return StaffBot()


@pytest.fixture
async def corp(bot: StaffBot, tmp_path: Path) -> AsyncIterator[StaffClient]:
    """The simulator with its corp, serving."""
    async with listening(bot) as url, running_staff(staff_settings(url, tmp_path)) as client:
        yield client
