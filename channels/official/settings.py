"""The ``official`` section of config.yml, and what makes it ready to serve."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from conversations.errors import ConfigError

_ENVIRONMENT = "Set the environment variable XIAOER_OFFICIAL__{name}"


class OfficialSettings(BaseModel):
    """One 公众号. Secrets come from the environment; the other keys from config.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Whether this channel is served.")
    api_base: str = Field(
        default="https://api.weixin.qq.com",
        description="Scheme and host of the API; no slash at the end.",
    )
    app_id: str = Field(default="", description="AppID of the account, wx…")
    original_id: str = Field(default="", description="原始ID of the account, gh_…")
    mode: Literal["plain", "compat", "secure"] = Field(
        default="secure",
        description="消息加解密方式 of the account. plain and compat accept bodies that nobody signed.",
    )
    handoff: Literal["native", "desk"] = Field(
        default="native",
        description="native: 转人工 goes to the account's own agents; desk: people answer at our desk.",
    )
    app_secret: SecretStr | None = Field(default=None, description="AppSecret. Environment only.")
    token: SecretStr | None = Field(default=None, description="令牌 of the callback. Environment only.")
    encoding_aes_key: SecretStr | None = Field(
        default=None, description="消息加解密密钥 (not needed in plain mode). Environment only."
    )
    send_timeout_seconds: float = Field(
        default=5.0, gt=0, le=6, description="Longest time for one attempt to send, token included."
    )
    callback_max_age_seconds: int = Field(
        default=300, gt=0, description="A callback whose timestamp is further from our clock is refused."
    )

    def validate_ready(self) -> None:
        """Raises ConfigError, naming the key and the cure, unless this section is enough to serve with."""
        if not self.enabled:
            return
        _require(
            re.fullmatch(r"https?://[^/\s?#@]+", self.api_base),
            "api_base",
            "is not an address like https://api.weixin.qq.com",
            "Write scheme and host only, without a slash at the end",
        )
        _require(
            re.fullmatch(r"wx[0-9A-Za-z]{4,62}", self.app_id),
            "app_id",
            "is not an AppID",
            "Copy it from 设置与开发 → 基本配置; it starts with wx",
        )
        _require(
            re.fullmatch(r"gh_[0-9A-Za-z_-]{1,61}", self.original_id),
            "original_id",
            "is not a 原始ID",
            "Copy it from 设置与开发 → 账号设置 (原始ID); it starts with gh_",
        )
        _require(
            secret_text(self.app_secret).strip(),
            "app_secret",
            "is missing",
            _ENVIRONMENT.format(name="APP_SECRET"),
        )
        self.validate_envelope()

    def validate_envelope(self) -> None:
        """Raises ConfigError unless token and key are of the form that the platform gives out.

        wechatpy meets a key of another length with a bare AssertionError or binascii.Error, so it is checked
        before.
        """
        _require(
            re.fullmatch(r"[0-9A-Za-z]{3,32}", secret_text(self.token)),
            "token",
            "must be 3 to 32 letters or digits",
            _ENVIRONMENT.format(name="TOKEN"),
        )
        if self.mode != "plain":
            _require(
                re.fullmatch(r"[0-9A-Za-z]{43}", secret_text(self.encoding_aes_key)),
                "encoding_aes_key",
                "must be 43 letters or digits",
                _ENVIRONMENT.format(name="ENCODING_AES_KEY"),
            )


def secret_text(secret: SecretStr | None) -> str:
    """The clear value; empty when there is none."""
    return "" if secret is None else secret.get_secret_value()


def _require(good: object, key: str, problem: str, cure: str) -> None:
    if not good:
        raise ConfigError(f"official.{key}", problem, cure)
