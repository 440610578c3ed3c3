"""What every test may use, and what tests are by the folder they live in."""

from pathlib import Path

import pytest

from tests.servers.browser import chromium_path
from tests.servers.ports import free_port
from tests.servers.postgres import postgres_server, postgres_url
from tests.servers.redis import redis_server, redis_url

__all__ = [
    "chromium_path",
    "free_port",
    "postgres_server",
    "postgres_url",
    "redis_server",
    "redis_url",
]

TESTS = Path(__file__).parent
ONE_AT_A_TIME = {"browser", "chaos"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser and chaos tests, and keep each kind on one process: two of them at once would starve."""
    for item in items:
        kind = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if kind in ONE_AT_A_TIME:
            item.add_marker(kind)
            item.add_marker(pytest.mark.xdist_group(kind))
