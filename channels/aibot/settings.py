"""The ``aibot`` section of config.yml, and what makes it ready to serve."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from conversations.errors import ConfigError

_ENVIRONMENT = "Set the environment variable XIAOER_AIBOT__{name}"


class AibotSettings(BaseModel):
    """One 智能机器人. Secrets come from the environment; the other keys from config.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=False, description="Whether this channel is served.")
    mode: Literal["callback", "connection"] = Field(
        default="callback",
        description="callback: WeCom calls our address; connection: we hold a WebSocket open to WeCom.",
    )
    bot_id: str = Field(default="", description="BotID of the 智能机器人.")
    name: str = Field(
        default="",
        description="Name of the bot in groups. Taken out of messages as @name; empty: the first @… is.",
    )
    url: str = Field(default="wss://openws.work.weixin.qq.com", description="Address of the long connection.")
    api_base: str = Field(
        default="https://qyapi.weixin.qq.com",
        description="Scheme and host of the addresses that messages bring for later answers.",
    )
    token: SecretStr | None = Field(default=None, description="Token of the callback. Environment only.")
    encoding_aes_key: SecretStr | None = Field(
        default=None, description="EncodingAESKey of the callback. Environment only."
    )
    secret: SecretStr | None = Field(
        default=None, description="Secret of the long connection. Environment only."
    )
    send_timeout_seconds: float = Field(
        default=5.0, gt=0, le=6, description="Longest time for one attempt to send."
    )
    callback_max_age_seconds: int = Field(
        default=300, gt=0, description="A callback whose timestamp is further from our clock is refused."
    )

    def validate_ready(self) -> None:
        """Raises ConfigError, naming the key and the cure, unless this section is enough to serve with."""
        if not self.enabled:
            return
        _require(
            re.fullmatch(r"[0-9A-Za-z_-]{1,64}", self.bot_id),
            "bot_id",
            "is not a BotID",
            "Copy it from 管理后台 → 安全与管理 → 智能机器人",
        )
        _require(
            re.fullmatch(r"https?://[^/\s?#@]+", self.api_base),
            "api_base",
            "is not an address like https://qyapi.weixin.qq.com",
            "Write scheme and host only, without a slash at the end",
        )
        if self.mode == "callback":
            self.validate_envelope()
            return
        _require(
            re.fullmatch(r"wss?://[^/\s?#@]+(?:/[^\s?#]*)?", self.url),
            "url",
            "is not an address like wss://openws.work.weixin.qq.com",
            "Write the address of the long connection",
        )
        _require(secret_text(self.secret).strip(), "secret", "is missing", _ENVIRONMENT.format(name="SECRET"))

    def validate_envelope(self) -> None:
        """Raises ConfigError unless token and key are of the form that the platform gives out."""
        _require(
            re.fullmatch(r"[0-9A-Za-z]{1,32}", secret_text(self.token)),
            "token",
            "must be 1 to 32 letters or digits",
            _ENVIRONMENT.format(name="TOKEN"),
        )
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
        raise ConfigError(f"aibot.{key}", problem, cure)
