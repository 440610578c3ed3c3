"""What is wrong with the aibot section is said with its key and its cure."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from conversations.errors import ConfigError
from tests.unit.channels.aibot.bot import settings


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"bot_id": ""}, "aibot.bot_id"),
        ({"bot_id": "a:b"}, "aibot.bot_id"),
        ({"api_base": "https://x.cn/"}, "aibot.api_base"),
        ({"token": None}, "aibot.token"),
        ({"token": SecretStr("a" * 33)}, "aibot.token"),
        ({"encoding_aes_key": SecretStr("a" * 42)}, "aibot.encoding_aes_key"),
        ({"mode": "connection", "url": "https://x.cn"}, "aibot.url"),
        ({"mode": "connection", "secret": SecretStr(" ")}, "aibot.secret"),
    ],
)
def test_what_is_missing_or_wrong(changed: dict[str, object], key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(**changed).validate_ready()
    assert caught.value.key == key
    assert caught.value.cure


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"enabled": False, "bot_id": ""},
        {"mode": "connection", "token": None, "encoding_aes_key": None},
        {"secret": None},
    ],
)
def test_what_is_enough(changed: dict[str, object]) -> None:
    settings(**changed).validate_ready()
