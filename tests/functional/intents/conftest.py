"""One real Rasa for all tests of this folder, and our actions beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.functional.intents.dialogue import Dialogue, dialogue_with
from tests.servers.rasa import RasaServer


@pytest.fixture(scope="session")
def rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaServer]:
    server = RasaServer(tmp_path_factory.mktemp("rasa"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
async def dialogue(rasa: RasaServer) -> AsyncIterator[Dialogue]:
    async with dialogue_with(rasa) as talking:
        yield talking
