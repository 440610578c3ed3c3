"""The corp's settings from file, environment and options."""

from pathlib import Path

import pytest

from simulator.corp.knobs import change, knobs_of
from simulator.corp.settings import CorpSettings
from simulator.requests_in import BadRequest
from simulator.settings import BadSettings, load

ACCOUNT: dict[str, object] = {
    "app_id": "wx1",
    "app_secret": "s",
    "original_id": "gh_1",
    "token": "t",
    "aes_key": "A" * 43,
    "callback_url": "http://127.0.0.1:8080/callback/official",
}
CORP: dict[str, object] = {
    "corp_id": "ww1",
    "corp_secret": "top-secret",
    "corp_token": "ct",
    "corp_aes_key": "B" * 43,
    "corp_callback_url": "http://127.0.0.1:8080/callback/wecom",
}


def corp(**change: object) -> CorpSettings:
    """The corp that options describe."""
    found = load(None, {}, {**ACCOUNT, **CORP, **change}).corp
    assert found is not None
    return found


def test_without_a_corp_id_there_is_no_corp() -> None:
    assert load(None, {}, ACCOUNT).corp is None
    assert load(None, {"SIMULATOR_CORP_SECRET": "s"}, ACCOUNT).corp is None


def test_options_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sim.yml"
    file.write_text("corp: {agent_id: 1, port: 1, servicers: [a, b], members: 'c:丙, d'}\n")
    environment = {"SIMULATOR_CORP_PORT": "2", "SIMULATOR_CORP_AGENT_ID": "2", "SIMULATOR_CORP_ID": "ww2"}
    found = load(file, environment, {**ACCOUNT, **CORP, "corp_id": None, "corp_port": 3}).corp
    assert found is not None
    assert (found.corp_id, found.agent_id, found.port) == ("ww2", 2, 3)
    assert (found.servicers, found.members) == (("a", "b"), ("c:丙", "d"))


def test_secrets_are_not_shown() -> None:
    shown = repr(corp(corp_aibot_secret="hidden", corp_robot_keys="key-1"))
    assert not any(secret in shown for secret in ("top-secret", "B" * 43, "hidden", "key-1"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"corp_secret": ""}, "corp.secret: missing; give --corp-secret"),
        ({"corp_callback_url": None}, "corp.callback_url: missing"),
        ({"corp_callback_url": "ftp://x"}, "corp.callback_url"),
        ({"corp_aes_key": "short"}, "corp.aes_key"),
        ({"corp_aibot_aes_key": "short"}, "corp.aibot_aes_key"),
        ({"corp_port": 70000}, "port"),
        ({"corp_native_reception": "perhaps"}, "native_reception"),
    ],
)
def test_mistakes_are_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        corp(**change)


@pytest.mark.parametrize("text", ["corp: [1]", "corp: {surprise: 1}"])
def test_files_that_hold_no_corp(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sim.yml"
    file.write_text(text)
    with pytest.raises(BadSettings, match="corp"):
        load(file, {}, ACCOUNT)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("native_reception", True, 1),
        ("ban_after", 3, 3.5),
        ("kefu_sync_token_life", 5, "5"),
        ("trusted_ips", ["1.2.3.4"], "1.2.3.4"),
        ("path_calls_per_minute", {"/a": 1}, {"/a": "1"}),
        ("callback_url", "http://127.0.0.1/x", ""),
    ],
)
def test_knobs_keep_their_types(name: str, good: object, bad: object) -> None:
    knobs = knobs_of(corp())
    change(knobs, {name: good})
    assert getattr(knobs, name) == good
    with pytest.raises(BadRequest, match=f"corp.{name}"):
        change(knobs, {name: bad})
    with pytest.raises(BadRequest, match="no such setting"):
        change(knobs, {"surprise": 1})
