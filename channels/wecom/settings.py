"""The ``wecom`` section of config.yml."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class KefuSettings(BaseModel):
    """微信客服."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: tuple[str, ...] = Field(default=(), description="open_kfid of each 微信客服 account, wk…")
    handoff: Literal["native", "desk"] = Field(
        default="native",
        description="native: the session goes to a servicer; desk: people answer at our desk.",
    )


class WecomSettings(BaseModel):
    """One self-built app of one corp. Secrets come from the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=False, description="Whether this channel is served.")
    api_base: str = Field(default="https://qyapi.weixin.qq.com", description="Scheme and host of the API.")
    corp_id: str = Field(default="", description="企业ID, ww…")
    agent_id: int = Field(default=0, description="AgentId of the self-built app.")
    kefu: KefuSettings = Field(default_factory=KefuSettings, description="微信客服.")
    secret: SecretStr | None = Field(default=None, description="Secret of the app. Environment only.")
    token: SecretStr | None = Field(default=None, description="Token of the callback. Environment only.")
    encoding_aes_key: SecretStr | None = Field(
        default=None, description="EncodingAESKey of the callback. Environment only."
    )
