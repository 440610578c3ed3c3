"""The official section: what is wrong is named with its key and its cure, and secrets stay secret."""

import pytest
from pydantic import SecretStr, ValidationError

from channels.official.settings import OfficialSettings
from conversations.errors import ConfigError
from tests.unit.channels.official.vectors import V2_KEY, settings


@pytest.mark.parametrize("mode", ["plain", "compat", "secure"])
def test_complete_settings_are_ready(mode: str) -> None:
    settings(mode).validate_ready()


@pytest.mark.parametrize(
    ("key", "value", "cure"),
    [
        ("api_base", "api.weixin.qq.com", "scheme and host"),
        ("api_base", "https://api.weixin.qq.com/", "without a slash"),
        ("api_base", "https://user:pass@host", "scheme and host"),
        ("app_id", "ww5823bf96d3bd56c7", "starts with wx"),
        ("app_id", "", "starts with wx"),
        ("original_id", "my-shop", "starts with gh_"),
        ("app_secret", None, "XIAOER_OFFICIAL__APP_SECRET"),
        ("app_secret", SecretStr("  "), "XIAOER_OFFICIAL__APP_SECRET"),
        ("token", None, "XIAOER_OFFICIAL__TOKEN"),
        ("token", SecretStr("ab"), "XIAOER_OFFICIAL__TOKEN"),
        ("token", SecretStr("a" * 33), "XIAOER_OFFICIAL__TOKEN"),
        ("token", SecretStr("with space"), "XIAOER_OFFICIAL__TOKEN"),
        ("encoding_aes_key", None, "XIAOER_OFFICIAL__ENCODING_AES_KEY"),
        ("encoding_aes_key", SecretStr("A" * 44), "XIAOER_OFFICIAL__ENCODING_AES_KEY"),
    ],
)
def test_what_is_wrong_is_named_with_its_cure(key: str, value: object, cure: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings("secure", **{key: value}).validate_ready()
    assert caught.value.key == f"official.{key}"
    assert cure in caught.value.cure


def test_plain_mode_needs_no_key_and_a_disabled_channel_needs_nothing() -> None:
    settings("plain", encoding_aes_key=None).validate_ready()
    OfficialSettings(enabled=False).validate_ready()


def test_unknown_keys_and_modes_are_refused_and_values_cannot_change() -> None:
    for wrong in ({"tokn": "x"}, {"mode": "aes"}, {"handoff": "both"}, {"send_timeout_seconds": 0}):
        with pytest.raises(ValidationError):
            OfficialSettings.model_validate(wrong)
    with pytest.raises(ValidationError):
        settings().app_id = "wx1"


def test_secrets_are_in_no_repr_and_no_error() -> None:
    shown = repr(settings()) + str(settings())
    assert V2_KEY not in shown
    assert "fictional-secret" not in shown
    with pytest.raises(ConfigError) as caught:
        settings(token=SecretStr("bad token!")).validate_ready()
    assert "bad token!" not in str(caught.value)


def test_every_key_is_described() -> None:
    assert all(field.description for field in OfficialSettings.model_fields.values())
