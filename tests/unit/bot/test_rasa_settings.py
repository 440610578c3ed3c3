"""With Rasa's address come two secrets."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.settings import RasaSettings
from conversations.errors import ConfigError

GOOD = SecretStr("0123456789abcdef")


def test_without_an_address_nothing_is_asked_for() -> None:
    RasaSettings().validate_ready()


def test_with_an_address_and_two_secrets_it_is_ready() -> None:
    RasaSettings(url="http://127.0.0.1:5005", token=GOOD, action_secret=GOOD).validate_ready()


@pytest.mark.parametrize(
    ("settings", "key", "problem"),
    [
        (RasaSettings(url="127.0.0.1:5005", token=GOOD, action_secret=GOOD), "rasa.url", "not an address"),
        (RasaSettings(url="http://r:5005/", token=GOOD, action_secret=GOOD), "rasa.url", "not an address"),
        (RasaSettings(url="", token=GOOD, action_secret=GOOD), "rasa.url", "not an address"),
        (RasaSettings(url="http://r:5005", action_secret=GOOD), "rasa.token", "is missing"),
        (RasaSettings(url="http://r:5005", token=GOOD), "rasa.action_secret", "is missing"),
        (
            RasaSettings(url="http://r:5005", token=SecretStr("short"), action_secret=GOOD),
            "rasa.token",
            "16 to 128",
        ),
        (
            RasaSettings(url="http://r:5005", token=GOOD, action_secret=SecretStr("${HOME} sweet home")),
            "rasa.action_secret",
            "16 to 128",
        ),
    ],
)
def test_what_is_wrong_is_named(settings: RasaSettings, key: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings.validate_ready()
    assert caught.value.key == key
    assert problem in caught.value.problem
    assert caught.value.cure
    assert "short" not in str(caught.value)
