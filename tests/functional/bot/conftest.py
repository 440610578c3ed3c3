"""A running world for each module: one simulated platform, one real bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.functional.knowledge import example_knowledge
from tests.functional.world import World

__all__ = ["example_knowledge"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    request: pytest.FixtureRequest, example_knowledge: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The module may name ``SETTINGS`` (sections of config.yml) and ``SIMULATOR`` (its options)."""
    async with World(
        folder=tmp_path_factory.mktemp("world"),
        knowledge_base=example_knowledge,
        settings=getattr(request.module, "SETTINGS", {}),
        simulator_options=getattr(request.module, "SIMULATOR", ()),
    ) as running:
        await running.start_bot()
        yield running


@pytest.fixture
async def fresh_world(example_knowledge: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A platform of the test's own; the test starts the bots."""
    async with World(folder=tmp_path, knowledge_base=example_knowledge) as running:
        yield running
