"""The ``wecom`` section of config.yml, and what makes it ready to serve."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from conversations.errors import ConfigError

_ENVIRONMENT = "Set the environment variable XIAOER_WECOM__{name}"


class KefuSettings(BaseModel):
    """微信客服."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: tuple[str, ...] = Field(default=(), description="open_kfid of each 微信客服 account, wk…")
    handoff: Literal["native", "desk"] = Field(
        default="native",
        description="native: the session goes to a servicer; desk: people answer at our desk.",
    )
    reconcile_seconds: float = Field(
        default=300.0,
        ge=5,
        description="An account is pulled after this long though nobody called: callbacks can be lost. "
        "Pulls without a callback's token are few by the platform's rule.",
    )


class WecomSettings(BaseModel):
    """One self-built app of one corp. Secrets come from the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=False, description="Whether this channel is served.")
    api_base: str = Field(
        default="https://qyapi.weixin.qq.com",
        description="Scheme and host of the API, perhaps with a path (a proxy's); no slash at the end.",
    )
    corp_id: str = Field(default="", description="企业ID, ww…")
    agent_id: int = Field(default=0, description="AgentId of the self-built app.")
    kefu: KefuSettings = Field(default_factory=KefuSettings, description="微信客服.")
    customer_groups: bool = Field(
        default=False,
        description="Keep a mirror of the corp's customer groups; the app needs the 客户联系 permission.",
    )
    customer_tags: bool = Field(
        default=False,
        description="Keep customers' tags in step with the corp's (企业标签); the app needs the 客户联系 permission.",
    )
    tag_group: str = Field(
        default="店小二", min_length=1, max_length=30, description="The group of tags by rules."
    )
    welcome: str = Field(
        default="",
        max_length=1000,
        description="Greets a customer whom a member has just added; empty: the corp's own greeting is used.",
    )
    secret: SecretStr | None = Field(default=None, description="Secret of the app. Environment only.")
    token: SecretStr | None = Field(default=None, description="Token of the callback. Environment only.")
    encoding_aes_key: SecretStr | None = Field(
        default=None, description="EncodingAESKey of the callback. Environment only."
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
            re.fullmatch(r"https?://[^/\s?#@]+(?:/[^/\s?#@]+)*", self.api_base),
            "api_base",
            "is not an address like https://qyapi.weixin.qq.com",
            "Write scheme and host, and a path where a proxy has one, without a slash at the end",
        )
        _require(
            self.agent_id > 0,
            "agent_id",
            "is not an AgentId",
            "Copy it from the page of the app in 应用管理",
        )
        _require(
            secret_text(self.secret).strip(),
            "secret",
            "is missing",
            _ENVIRONMENT.format(name="SECRET"),
        )
        self.validate_envelope()
        for account in self.kefu.accounts:
            _require(
                re.fullmatch(r"wk[0-9A-Za-z_-]{1,62}", account),
                "kefu.accounts",
                "names what is not an open_kfid",
                "Copy them from 微信客服 → the account → 接入链接 or API; they start with wk",
            )
        _require(
            len(set(self.kefu.accounts)) == len(self.kefu.accounts),
            "kefu.accounts",
            "names an account twice",
            "Name each account once",
        )

    def validate_envelope(self) -> None:
        """Raises ConfigError unless corp id, token and key are of the form that the platform gives out (WeCom 90930).

        wechatpy meets a key of another length with a bare AssertionError or binascii.Error, so it is checked
        before.
        """
        _require(
            re.fullmatch(r"(?:ww|wx)[0-9A-Za-z]{4,62}", self.corp_id),
            "corp_id",
            "is not a 企业ID",
            "Copy it from 我的企业 → 企业信息; it starts with ww (old ones with wx)",
        )
        token = secret_text(self.token)
        _require(
            re.fullmatch(r"[0-9A-Za-z]{1,32}", token),
            "token",
            f"must be 1 to 32 letters or digits, and {_has(token)}",
            _ENVIRONMENT.format(name="TOKEN"),
        )
        key = secret_text(self.encoding_aes_key)
        _require(
            re.fullmatch(r"[0-9A-Za-z]{43}", key),
            "encoding_aes_key",
            f"must be 43 letters or digits, and {_has(key)}",
            _ENVIRONMENT.format(name="ENCODING_AES_KEY"),
        )


def secret_text(secret: SecretStr | None) -> str:
    """The clear value; empty when there is none."""
    return "" if secret is None else secret.get_secret_value()


def _has(value: str) -> str:
    """How long a value is, which is all that may be told of a secret."""
    if not value:
        return "is missing"
    return f"has {len(value)} characters" + (
        "" if re.fullmatch(r"[0-9A-Za-z]+", value) else ", others among them"
    )


def _require(good: object, key: str, problem: str, cure: str) -> None:
    if not good:
        raise ConfigError(f"wecom.{key}", problem, cure)
