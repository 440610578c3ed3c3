"""The wecom section: what is wrong is named with its key and its cure, and secrets stay secret."""

import pytest
from pydantic import SecretStr, ValidationError

from channels.wecom.settings import KefuSettings, WecomSettings
from conversations.errors import ConfigError
from tests.unit.channels.wecom.vectors import V1_KEY, settings


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"corp_id": "ww5823bf96d3bd56c7"},
        {"api_base": "http://127.0.0.1:8090"},
        {"api_base": "https://proxy.example.com/wecom/qyapi"},
        {"kefu": {"accounts": ["wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q", "wk-2"]}},
    ],
)
def test_complete_settings_are_ready(changes: dict[str, object]) -> None:
    settings(**changes).validate_ready()


@pytest.mark.parametrize(
    ("key", "value", "cure"),
    [
        ("api_base", "qyapi.weixin.qq.com", "scheme and host"),
        ("api_base", "https://qyapi.weixin.qq.com/", "without a slash"),
        ("api_base", "https://proxy.example.com/a//b", "without a slash"),
        ("api_base", "https://user:pass@host", "scheme and host"),
        ("corp_id", "", "starts with ww"),
        ("corp_id", "gh_1234567", "starts with ww"),
        ("agent_id", 0, "应用管理"),
        ("agent_id", -1, "应用管理"),
        ("secret", None, "XIAOER_WECOM__SECRET"),
        ("secret", SecretStr("  "), "XIAOER_WECOM__SECRET"),
        ("token", None, "XIAOER_WECOM__TOKEN"),
        ("token", SecretStr("a" * 33), "XIAOER_WECOM__TOKEN"),
        ("token", SecretStr("with space"), "XIAOER_WECOM__TOKEN"),
        ("encoding_aes_key", None, "XIAOER_WECOM__ENCODING_AES_KEY"),
        ("encoding_aes_key", SecretStr("A" * 44), "XIAOER_WECOM__ENCODING_AES_KEY"),
    ],
)
def test_what_is_wrong_is_named_with_its_cure(key: str, value: object, cure: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(**{key: value}).validate_ready()
    assert caught.value.key == f"wecom.{key}"
    assert cure in caught.value.cure


@pytest.mark.parametrize("accounts", [["kf_1"], ["wk"], ["wk1", "wk 2"], ["wk1", "wk1"]])
def test_accounts_of_another_form_or_named_twice_are_refused(accounts: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(kefu={"accounts": accounts}).validate_ready()
    assert caught.value.key == "wecom.kefu.accounts"


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        (SecretStr("A" * 42), "has 42 characters"),
        (SecretStr("!" * 43), "others among them"),
        (None, "is missing"),
    ],
)
def test_the_length_of_a_key_is_told_and_nothing_else_of_it(secret: SecretStr | None, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(encoding_aes_key=secret).validate_ready()
    assert told in caught.value.problem
    assert "AAAA" not in str(caught.value)
    assert "!!" not in str(caught.value)


def test_a_disabled_channel_needs_nothing() -> None:
    WecomSettings().validate_ready()


def test_unknown_keys_are_refused_and_values_cannot_change() -> None:
    for wrong in ({"tokn": "x"}, {"kefu": {"handoff": "both"}}, {"send_timeout_seconds": 7}):
        with pytest.raises(ValidationError):
            WecomSettings.model_validate(wrong)
    with pytest.raises(ValidationError):
        settings().agent_id = 3


def test_secrets_are_in_no_repr() -> None:
    shown = repr(settings()) + str(settings())
    assert V1_KEY not in shown
    assert "fictional-secret" not in shown


def test_every_key_is_described() -> None:
    for section in (WecomSettings, KefuSettings):
        assert all(field.description for field in section.model_fields.values())
