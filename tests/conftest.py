"""What every test may use, and what tests are by the folder they live in."""

import gc
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

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


#: Folders whose tests share a server that takes half a minute to start, and most of a gigabyte.
ONE_SERVER = ("tests/functional/intents/",)

#: Folders whose modules each start a world of their own, which all tests of the module share.
A_WORLD_A_MODULE = {"functional"}


# Also where the environment asks for no compiled modules (images of containers often do): the tests start hundreds of
# processes, each of which would compile the bot again, and pytest would rewrite every assertion anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# Machines that do other work too are slow now and then, and that says nothing about the code. All else as it was: on
# CI the examples are the same each time.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What collecting makes stays until the end: looking for garbage in it takes a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser and chaos tests; what takes long comes first, so that nobody waits for it alone in the end."""
    for item in items:
        kind = _kind(item)
        if kind in ONE_AT_A_TIME:
            item.add_marker(kind)
    slow_modules = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: _place(item, slow_modules))


def _kind(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""


def _place(item: pytest.Item, slow_modules: set[Path]) -> int:
    kind = _kind(item)
    if kind in ONE_AT_A_TIME or any(folder in item.nodeid for folder in ONE_SERVER):
        return 0
    if item.path in slow_modules:
        return 1
    return 2 if kind in A_WORLD_A_MODULE else 3


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """What must stay on one process: a kind of which two at once would starve, a module that shares a world.

    xdist's own groups (3.8.0) do not work with pytest 9: it renames tests by an attribute that is no more.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        if shared := [folder for folder in ONE_SERVER if module.startswith(folder)]:
            return shared[0]
        kinds = set(Path(module).parts)
        if alone := kinds & ONE_AT_A_TIME:
            return alone.pop()
        return module if kinds & A_WORLD_A_MODULE else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    return Together(config, log) if config.getoption("dist") == "loadgroup" else None
