"""Settings come from file, environment and arguments, and mistakes are named."""

from pathlib import Path

import pytest

from simulator.acts import DEEDS, BadAct
from simulator.settings import BadSettings, is_loopback, load

GOOD: dict[str, object] = {
    "app_id": "wx1",
    "app_secret": "s",
    "original_id": "gh_1",
    "token": "t",
    "aes_key": "A" * 43,
    "callback_url": "http://127.0.0.1:8080/callback/official",
}


def test_arguments_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sim.yml"
    file.write_text("port: 1\nseed: 1\nattempts: 2\nretry_non_200: false\n")
    settings = load(file, {"SIMULATOR_PORT": "2", "SIMULATOR_SEED": "2"}, {**GOOD, "port": 3, "seed": None})
    assert (settings.port, settings.seed, settings.attempts) == (3, 2, 2)
    assert settings.retry_non_200 is False


def test_secrets_are_not_shown() -> None:
    assert "A" * 43 not in repr(load(None, {}, GOOD))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"app_secret": ""}, "SIMULATOR_APP_SECRET"),
        ({"callback_url": None}, "callback_url: missing"),
        ({"callback_url": "ftp://x"}, "callback_url"),
        ({"aes_key": "short"}, "aes_key"),
        ({"host": "0.0.0.0"}, "loopback"),
        ({"host": "192.168.1.2"}, "loopback"),
        ({"mode": "open"}, "mode: must be one of"),
        ({"port": "many"}, "port"),
        ({"port": 70000}, "port"),
        ({"timeout_scale": 0}, "timeout_scale"),
        ({"response_timeout": "x"}, "response_timeout"),
        ({"verified": "perhaps"}, "verified"),
    ],
)
def test_mistakes_are_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        load(None, {}, {**GOOD, **change})


def test_plain_mode_needs_no_key() -> None:
    assert load(None, {}, {**GOOD, "aes_key": None, "mode": "plain"}).aes_key == ""


@pytest.mark.parametrize("text", ["surprise: 1", "[1, 2]", "a: [", "nothing"])
def test_files_that_are_not_settings(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sim.yml"
    file.write_text(text)
    with pytest.raises(BadSettings):
        load(file, {}, GOOD)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("127.9.9.9", True),
        ("10.0.0.1", False),
        ("x", False),
    ],
)
def test_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) is local


@pytest.mark.parametrize(
    ("name", "data", "fields"),
    [
        ("say", {"text": "好", "menu_id": "101"}, {"Content": "好", "bizmsgmenuid": "101"}),
        ("voice", {"media_id": "m", "recognition": ""}, {"MediaId": "m", "Format": "amr", "Recognition": ""}),
        ("voice", {"media_id": "m"}, {"MediaId": "m", "Format": "amr"}),
        ("follow", {"scene": "7"}, {"Event": "subscribe", "EventKey": "qrscene_7", "Ticket": "TICKET_7"}),
        ("follow", {}, {"Event": "subscribe", "EventKey": ""}),
        ("scan", {"scene": "7"}, {"Event": "SCAN", "EventKey": "7", "Ticket": "TICKET_7"}),
        ("click", {"key": "k"}, {"Event": "CLICK", "EventKey": "k"}),
        ("event", {"event": "poi", "fields": {"A": 1}}, {"Event": "poi", "A": 1}),
    ],
)
def test_acts_make_the_platforms_fields(
    name: str, data: dict[str, object], fields: dict[str, object]
) -> None:
    assert dict(DEEDS[name](data).fields) == fields


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("say", {}),
        ("say", {"text": ""}),
        ("say", {"text": 5}),
        ("image", {}),
        ("click", {"key": ""}),
        ("location", {"latitude": "north"}),
        ("event", {"event": "x", "fields": []}),
        ("event", {"event": "x", "fields": {"a": True}}),
    ],
)
def test_acts_that_cannot_be(name: str, data: dict[str, object]) -> None:
    with pytest.raises(BadAct):
        DEEDS[name](data)
