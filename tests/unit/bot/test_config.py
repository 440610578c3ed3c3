"""Reading the configuration: whatever is wrong is one line that names the key and the cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import DEFAULT_FILE, Settings, load_settings
from conversations.errors import ConfigError


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("XIAOER_"):
            monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop" / "config.yml"


def load(file: Path, written: dict[str, Any] | str) -> Settings:
    file.parent.mkdir(exist_ok=True)
    text = written if isinstance(written, str) else yaml.safe_dump(written, allow_unicode=True)
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def refusal(file: Path, written: dict[str, Any] | str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(file, written)
    assert caught.value.cure
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_committed_file_is_right() -> None:
    assert load_settings(DEFAULT_FILE).database.url.startswith("sqlite+aiosqlite:///")


def test_an_empty_file_gives_the_defaults(file: Path) -> None:
    settings = load(file, "")
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8080)
    assert load(file, "web:\nofficial:\n") == settings


@pytest.mark.parametrize(
    ("written", "key", "problem"),
    [
        ("web: [", "--config", "not YAML in line 1"),
        ("web: {}\n  port: 1", "--config", "not YAML in line 2"),
        ("- web", "--config", "does not hold sections"),
        ("just words", "--config", "does not hold sections"),
        ("1: {}", "--config", "does not hold sections"),
        ("wbe: {port: 1}", "wbe", "is not a setting"),
        ("web: {prot: 1}", "web.prot", "is not a setting"),
        ("wecom: {kefu: {acounts: []}}", "wecom.kefu.acounts", "is not a setting"),
        ("web: 8080", "web", "valid"),
        ("web: {port: eighty}", "web.port", "integer"),
        ("web: {port: 70000}", "web.port", "65535"),
        ("web: {port: }", "web.port", "integer"),
        ("web: {max_body_bytes: 5}", "web.max_body_bytes", "10000"),
        ("inbox: {passive_wait_seconds: 4.5}", "inbox.passive_wait_seconds", "4"),
        ("inbox: {passive_wait_seconds: -1}", "inbox.passive_wait_seconds", "0"),
        ("inbox: {retry_window_seconds: 0}", "inbox.retry_window_seconds", "0"),
        ("rasa: {parse_budget_seconds: 0}", "rasa.parse_budget_seconds", "0"),
        ("rasa: {guide_budget_seconds: 6}", "rasa.guide_budget_seconds", "5"),
        ("official: {mode: open}", "official.mode", "plain"),
        ("official: {handoff: maybe}", "official.handoff", "native"),
        ("official: {enabled: perhaps}", "official.enabled", "boolean"),
        ("logs: {level: LOUD}", "logs.level", "DEBUG"),
        ("service: {shop_name: ''}", "service.shop_name", "1 character"),
        ("redis: {url: memcached://x}", "redis.url", "match"),
        ("database: {pool_size: 0}", "database.pool_size", "1"),
        ("database: {url: mysql://x}", "database.url", "not a database address"),
        ("database: {url: 'sqlite:///x.db'}", "database.url", "not a database address"),
        ("database: {url: nonsense}", "database.url", "not a database address"),
        ("database: {url: ''}", "database.url", "not a database address"),
        ("database: {url: 'sqlite+aiosqlite://'}", "database.url", "names no file"),
        ("database: {url: 'sqlite+aiosqlite:///:memory:'}", "database.url", "names no file"),
    ],
)
def test_every_kind_of_mistake_names_its_key(file: Path, written: str, key: str, problem: str) -> None:
    error = refusal(file, written)
    assert error.key == key
    assert problem in error.problem


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no file") as caught:
        load_settings(tmp_path / "nothing.yml")
    assert caught.value.key == "--config"
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path)
    (tmp_path / "latin.yml").write_bytes("service: {shop_name: caf\xe9}".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings(tmp_path / "latin.yml")


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("official", "app_secret"),
        ("official", "token"),
        ("official", "encoding_aes_key"),
        ("wecom", "secret"),
        ("wecom", "token"),
        ("wecom", "encoding_aes_key"),
        ("rasa", "token"),
        ("rasa", "action_secret"),
        ("console", "key"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(file: Path, section: str, name: str) -> None:
    error = refusal(file, {section: {name: "hunter2hunter2"}})
    assert error.key == f"{section}.{name}"
    assert f"XIAOER_{section.upper()}__{name.upper()}" in error.cure
    assert "hunter2" not in str(error)
    load(file, {section: {name: None}})  # an empty place is no secret


def test_the_environment_wins_and_carries_secrets(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER_WEB__PORT", "9999")
    monkeypatch.setenv("XIAOER_OFFICIAL__TOKEN", "abc123")
    monkeypatch.setenv("XIAOER_SERVICE__SHOP_NAME", "")  # an empty variable is as if it were not there
    settings = load(file, {"web": {"port": 1000, "host": "127.0.0.2"}, "service": {"shop_name": "禾野集"}})
    assert (settings.web.port, settings.web.host) == (9999, "127.0.0.2")
    assert settings.service.shop_name == "禾野集"
    assert settings.official.token is not None
    assert settings.official.token.get_secret_value() == "abc123"
    assert "abc123" not in repr(settings)


def test_lists_in_the_environment_are_json(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER_WECOM__KEFU__ACCOUNTS", '["wk1", "wk2"]')
    assert load(file, "").wecom.kefu.accounts == ("wk1", "wk2")


@pytest.mark.parametrize(
    ("variable", "value", "key", "named"),
    [
        ("XIAOER_WEB__PORT", "eighty", "web.port", "XIAOER_WEB__PORT"),
        ("XIAOER_WEB__PROT", "80", "web.prot", "docs/configuration.md"),
        ("XIAOER_WEB", "8080", "web", "config.yml or in XIAOER_WEB"),
        ("XIAOER_WEB", "{port", "web", "XIAOER_WEB"),
        ("XIAOER_WECOM__KEFU__ACCOUNTS", "wk1", "wecom", "XIAOER_WECOM"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    file: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, key: str, named: str
) -> None:
    monkeypatch.setenv(variable, value)
    error = refusal(file, "")
    assert error.key == key
    assert named in error.cure


def test_a_wrong_secret_in_the_environment_is_not_repeated(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIAOER_OFFICIAL", '{"token": "hunter2"')
    assert "hunter2" not in str(refusal(file, ""))


def test_relative_paths_start_at_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {
        "database": {"url": "sqlite+aiosqlite:///var/x.db"},
        "knowledge_base": {"path": "kb", "embedder": "./model"},
        "demo": {"enabled": True, "clock_offset_file": "clock"},
    }
    load(file, written)
    monkeypatch.chdir(file.parent)
    settings = load_settings(Path("config.yml"))
    folder = file.parent
    assert settings.database.url == f"sqlite+aiosqlite:///{folder}/var/x.db"
    assert settings.knowledge_base.path == folder / "kb"
    assert settings.knowledge_base.embedder == str(folder / "model")
    assert settings.demo.clock_offset_file == folder / "clock"


def test_absolute_paths_and_names_stay(file: Path, tmp_path: Path) -> None:
    settings = load(
        file,
        {
            "database": {"url": f"sqlite+aiosqlite:///{tmp_path}/x.db"},
            "knowledge_base": {"path": str(tmp_path), "embedder": "BAAI/bge-small-zh"},
        },
    )
    assert settings.database.url == f"sqlite+aiosqlite:///{tmp_path}/x.db"
    assert settings.knowledge_base.path == tmp_path
    assert settings.knowledge_base.embedder == "BAAI/bge-small-zh"


def test_a_postgres_address_keeps_its_password(file: Path) -> None:
    url = "postgresql+asyncpg://shop:p%40ss@db.example/xiaoer"
    assert load(file, {"database": {"url": url}}).database.url == url


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_demo_mode_listens_on_loopback(file: Path, host: str) -> None:
    assert load(file, {"web": {"host": host}, "demo": {"enabled": True}}).demo.enabled


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "shop.example", ""])
def test_demo_mode_refuses_everything_else(file: Path, host: str) -> None:
    assert refusal(file, {"web": {"host": host}, "demo": {"enabled": True}}).key == "web.host"
    assert (
        load(file, {"web": {"host": host}}).web.host == host
    )  # without the demo it is the operator's choice


def test_real_mode_refuses_to_have_its_clock_moved(file: Path) -> None:
    error = refusal(file, {"demo": {"clock_offset_file": "clock"}})
    assert error.key == "demo.clock_offset_file"
    assert "demo.enabled" in error.cure
