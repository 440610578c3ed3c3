"""A phone in a real browser, and a real bot behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.functional.knowledge import example_knowledge, small_knowledge
from tests.functional.world import World
from tests.patience import PATIENCE_MS
from tests.servers.browser import CHROMIUM_ARGUMENTS

__all__ = ["example_knowledge", "small_knowledge"]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def world(tmp_path: Path, example_knowledge: Path) -> AsyncIterator[World]:
    async with World(folder=tmp_path, knowledge_base=example_knowledge) as running:
        await running.start_bot()
        yield running


@pytest.fixture
async def browser(chromium_path: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=str(chromium_path), args=list(CHROMIUM_ARGUMENTS)
        )
        yield launched
        await launched.close()
