"""How Rasa is started: on loopback, with our model, and with no secret where others could read it."""

from __future__ import annotations

import stat
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from intents.rasa_service.launching import Service, command, hidden, variables, write_files

SERVICE = Service(
    python=Path("/env/bin/python"),
    port=5055,
    folder=Path("/var/rasa"),
    model=Path("/models/0123.tar.gz"),
    actions_url="http://127.0.0.1:8080/rasa/actions",
    database="/var/rasa/trackers.db",
    redis=None,
    token="the-token-of-the-api",
    action_secret="the-secret-of-actions",
)
SHARED = replace(
    SERVICE,
    database="postgresql://rasa:p%40ss-word@db.example:5433/xiaoer_rasa",
    redis="redis://:hush-hush@127.0.0.1:6380/3",
)


def test_it_listens_on_loopback_with_our_model_and_files() -> None:
    words = command(SERVICE)
    assert words[0] == "/env/bin/python"
    options = dict(pairwise(words))
    assert options["--interface"] == "127.0.0.1"
    assert options["--port"] == "5055"
    assert options["--model"] == "/models/0123.tar.gz"
    assert options["--endpoints"] == "/var/rasa/endpoints.yml"
    assert options["--credentials"] == "/var/rasa/credentials.yml"
    assert "--enable-api" in words


def test_no_secret_is_on_the_command_line() -> None:
    line = " ".join(command(SHARED))
    for secret in (SHARED.token, SHARED.action_secret, "ss-word", "hush"):
        assert secret not in line


def test_rasa_gets_its_own_secrets_and_none_of_the_bots() -> None:
    shell = {"PATH": "/bin", "XIAOER_WECOM__SECRET": "not for Rasa", "XIAOER_RASA__TOKEN": "an older one"}
    given = variables(SHARED, shell)
    assert given == {
        "PATH": "/bin",
        "SANIC_WORKERS": "1",
        "XIAOER_RASA__TOKEN": SHARED.token,
        "XIAOER_RASA__ACTION_SECRET": SHARED.action_secret,
        "RASA_DATABASE_PASSWORD": "p@ss-word",
        "RASA_REDIS_PASSWORD": "hush-hush",
    }


def test_the_files_are_for_us_alone_and_hold_names_of_variables(tmp_path: Path) -> None:
    service = replace(SHARED, folder=tmp_path / "rasa")
    write_files(service)
    for file in (service.endpoints_file, service.credentials_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = service.endpoints_file.read_text()
    for secret in (SHARED.token, SHARED.action_secret, "ss-word", "hush"):
        assert secret not in text
    told = yaml.safe_load(text)
    store = told["tracker_store"]
    assert (store["url"], store["port"], store["db"]) == ("db.example", 5433, "xiaoer_rasa")
    assert store["password"] == "${RASA_DATABASE_PASSWORD}"
    assert told["lock_store"]["password"] == "${RASA_REDIS_PASSWORD}"
    assert told["action_endpoint"]["url"] == SERVICE.actions_url
    assert yaml.safe_load(service.credentials_file.read_text()) == {"rest": None}


def test_alone_it_keeps_trackers_in_a_file_and_locks_in_memory(tmp_path: Path) -> None:
    service = replace(SERVICE, folder=tmp_path)
    write_files(service)
    write_files(service)  # a second start finds the files of the first
    told = yaml.safe_load(service.endpoints_file.read_text())
    assert told["tracker_store"] == {"type": "SQL", "dialect": "sqlite", "db": "/var/rasa/trackers.db"}
    assert "lock_store" not in told


@pytest.mark.parametrize("database", ["mysql://x@y/z", "postgresql:///nowhere"])
def test_another_kind_of_database_is_refused(tmp_path: Path, database: str) -> None:
    with pytest.raises(ValueError, match="postgresql://USER"):
        write_files(replace(SERVICE, folder=tmp_path, database=database))


@pytest.mark.parametrize(
    ("address", "shown", "password"),
    [
        ("postgresql://a:b@h/d", "postgresql://a:${X}@h/d", "b"),
        ("postgresql://a:p%2Fq@h:1/d", "postgresql://a:${X}@h:1/d", "p/q"),
        ("postgresql://a@h/d", "postgresql://a@h/d", ""),
        ("postgresql://a:@h/d", "postgresql://a:@h/d", ""),
        ("redis://:b@h:1/0", "redis://:${X}@h:1/0", "b"),
        ("redis://h:1/0", "redis://h:1/0", ""),
        ("/a:b@c.db", "/a:b@c.db", ""),
    ],
)
def test_a_password_is_taken_out_of_an_address(address: str, shown: str, password: str) -> None:
    assert hidden(address, "X") == (shown, password)
