"""The commands as people run them: exit codes, one JSON object on standard output, wrong settings in one line."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.functional.bot.commands import Ran, run_command
from tests.functional.bot.shop import QUESTION, VAGUE, right_answer
from tests.servers.ports import choose_free_port

SECRETS = {
    "XIAOER_OFFICIAL__APP_SECRET": "a" * 32,
    "XIAOER_OFFICIAL__TOKEN": "token123",
    "XIAOER_OFFICIAL__ENCODING_AES_KEY": "a" * 43,
}
RASA_SECRETS = {
    "XIAOER_RASA__TOKEN": "token-of-rasas-api",
    "XIAOER_RASA__ACTION_SECRET": "secret-of-the-actions",
}
OFFICIAL = {"app_id": "wx00demo00demo00", "original_id": "gh_demo"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.yml"


def write(config: Path, **sections: Any) -> Path:
    written: dict[str, Any] = {
        "web": {"port": choose_free_port()},
        "official": dict(OFFICIAL),
        "knowledge_base": {"path": "kb"},
        "database": {"url": "sqlite+aiosqlite:///shop.db"},
    }
    for section, values in sections.items():
        written[section] = {**written.get(section, {}), **values} if isinstance(values, dict) else values
    config.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return config


def assert_one_line(ran: Ran, *words: str) -> None:
    """Refused as wrong configuration: exit 2, one line with all of these words, nothing on standard output."""
    assert (ran.code, ran.out) == (2, ""), ran
    assert len(ran.err.splitlines()) == 1, ran.err
    for word in words:
        assert word in ran.err


async def test_serve_names_the_missing_secret(config: Path) -> None:
    missing = {name: value for name, value in SECRETS.items() if "SECRET" not in name}
    ran = await run_command("serve", "--config", str(write(config)), environment=missing)
    assert_one_line(ran, "official.app_secret", "XIAOER_OFFICIAL__APP_SECRET")


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"wbe": {"port": 1}}, ("wbe", "is not a setting")),
        ({"web": {"port": "http"}}, ("web.port", "integer", "config.yml")),
        ({"official": {"enabled": False}}, ("official.enabled", "no channel")),
        ({"official": {"api_base": "api.weixin.qq.com/"}}, ("official.api_base", "https://")),
        ({"official": {"token": "abc"}}, ("official.token", "XIAOER_OFFICIAL__TOKEN")),
        ({"demo": {"enabled": True}, "web": {"host": "0.0.0.0"}}, ("web.host", "127.0.0.1")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_serve_refuses_wrong_settings(
    config: Path, sections: dict[str, Any], words: tuple[str, ...]
) -> None:
    ran = await run_command("serve", "--config", str(write(config, **sections)), environment=SECRETS)
    assert_one_line(ran, *words)


async def test_serve_names_the_missing_secret_of_rasa(config: Path) -> None:
    path = str(write(config, rasa={"url": "http://127.0.0.1:5005"}))
    half = {**SECRETS, "XIAOER_RASA__TOKEN": RASA_SECRETS["XIAOER_RASA__TOKEN"]}
    ran = await run_command("serve", "--config", path, environment=half)
    assert_one_line(ran, "rasa.action_secret: is missing", "XIAOER_RASA__ACTION_SECRET", "rasa.url to null")


async def test_serve_names_a_wrong_secret_without_telling_it(config: Path) -> None:
    wrong = {**SECRETS, "XIAOER_OFFICIAL__ENCODING_AES_KEY": "hunter2"}
    ran = await run_command("serve", "--config", str(write(config)), environment=wrong)
    assert_one_line(ran, "official.encoding_aes_key", "43", "XIAOER_OFFICIAL__ENCODING_AES_KEY")
    assert "hunter2" not in ran.err


async def test_serve_says_that_its_port_is_taken(config: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = await run_command(
            *("serve", "--config", str(write(config, web={"port": port}))), environment=SECRETS
        )
    assert (ran.code, ran.out) == (2, ""), ran
    last = ran.err.splitlines()[-1]
    assert "web.port" in last
    assert str(port) in last
    assert "Traceback" not in ran.err


async def test_a_database_that_is_away_is_one_line_too(config: Path) -> None:
    url = f"postgresql+asyncpg://x@127.0.0.1:{choose_free_port()}/shop"
    path = write(config, database={"url": url})
    for command in (("serve",), ("dead", "list")):
        ran = await run_command(*command, "--config", str(path), environment=SECRETS)
        assert (ran.code, ran.out) == (1, ""), ran
        assert "Traceback" not in ran.err
        assert "OperationalError" in ran.err.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("serve", "--role", "boss"),
        ("dead", "nonsense"),
        ("report", "day"),
    ],
)
async def test_wrong_usage_exits_2(arguments: tuple[str, ...]) -> None:
    ran = await run_command(*arguments)
    assert (ran.code, ran.out) == (2, ""), ran
    assert "Traceback" not in ran.err


async def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    nothing = str(tmp_path / "nothing.yml")
    for command in (("serve",), ("dead", "list")):
        assert_one_line(await run_command(*command, "--config", nothing), "nothing.yml")


async def test_help_lists_the_commands() -> None:
    ran = await run_command("--help")
    assert ran.code == 0
    for command in ("serve", "check", "talk", "dead", "kb"):
        assert command in ran.out


async def test_check_names_everything_that_is_missing(config: Path) -> None:
    path = write(config, official={"api_base": f"http://127.0.0.1:{choose_free_port()}"})
    plain = await run_command("check", "--config", str(path), environment=SECRETS)
    assert plain.code == 1, plain
    assert "✓ database" in plain.out
    assert "✓ redis" in plain.out
    assert "✗ knowledge base: there is no index" in plain.out
    assert "kb import" in plain.out
    assert "✗ 公众号" in plain.out

    as_json = await run_command("check", "--config", str(path), "--json", environment=SECRETS)
    assert as_json.code == 1
    assert len(as_json.out.splitlines()) == 1
    found = json.loads(as_json.out)
    assert found["ok"] is False
    wrong = {one["name"] for one in found["checks"] if one["problem"]}
    assert wrong == {"knowledge base", "公众号"}
    assert all(one["cure"] for one in found["checks"] if one["problem"])


async def test_check_exits_2_without_secrets_and_asks_nobody(config: Path) -> None:
    ran = await run_command("check", "--config", str(write(config)), "--json")
    assert ran.code == 2
    problems = {one["name"]: one["problem"] for one in json.loads(ran.out)["checks"]}
    assert "app_secret" in problems["secrets"]
    assert problems["公众号"] == "not asked"


async def test_check_tells_of_rasa_and_of_a_database_away(config: Path) -> None:
    path = write(
        config,
        rasa={"url": f"http://127.0.0.1:{choose_free_port()}"},
        database={"url": f"postgresql+asyncpg://x@127.0.0.1:{choose_free_port()}/shop"},
        redis={"url": "unix:///nowhere/redis.sock"},
        official={"enabled": False},
    )
    ran = await run_command("check", "--config", str(path), "--json", environment=RASA_SECRETS)
    assert ran.code == 1
    wrong = {one["name"] for one in json.loads(ran.out)["checks"] if one["problem"]}
    assert wrong == {"database", "rasa", "redis", "knowledge base"}


async def test_the_dead_list_of_a_new_shop_is_empty(config: Path) -> None:
    path = str(write(config))
    listed = await run_command("dead", "list", "--config", path)
    assert (listed.code, listed.out) == (0, "")
    assert "0 entries" in listed.err
    as_json = await run_command("dead", "list", "--json", "--config", path)
    assert (as_json.code, json.loads(as_json.out)) == (0, {"dead": []})
    replayed = await run_command("dead", "replay", "in-1", "out-2", "--json", "--config", path)
    assert (replayed.code, json.loads(replayed.out)) == (1, {"replayed": {"in-1": False, "out-2": False}})
    wrong = await run_command("dead", "replay", "nonsense", "--config", path)
    assert (wrong.code, wrong.out) == (2, "")
    assert "in-12" in wrong.err


async def test_talking_needs_neither_secrets_nor_a_platform(config: Path, example_knowledge: Path) -> None:
    path = write(
        config, knowledge_base={"path": str(example_knowledge)}, redis={"url": "redis://127.0.0.1:1"}
    )
    typed = "\n".join(["你好", "", QUESTION, *VAGUE, "2", ""])
    ran = await run_command("talk", "--config", str(path), typed=typed)
    assert ran.code == 0, ran.err
    said = ran.out.split("店小二：")[1:]
    assert len(said) == 3 + len(VAGUE)
    assert said[1].strip() == right_answer()
    assert any("回复数字就行" in text for text in said)
    assert "回复数字就行" not in said[-1]
    assert "Traceback" not in ran.err


async def test_talking_without_an_index_says_so(config: Path) -> None:
    ran = await run_command("talk", "--config", str(write(config)), typed=f"{QUESTION}\n")
    assert ran.code == 0, ran.err
    assert "kb import" in ran.err
    assert "还在准备资料" in ran.out
